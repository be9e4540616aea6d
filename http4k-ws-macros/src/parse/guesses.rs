//! Guesses at a syntax that a table does not have. The message names the text to write.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Token, token};

use super::dialects;
use super::entry::span_or;
use super::slips::tokens;

/// The registered methods.
pub(crate) const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];

/// The keywords of items and statements.
const ITEMS: [&str; 9] = [
    "let", "use", "fn", "static", "const", "struct", "mod", "type", "for",
];

/// Returns the message for a word that other libraries have in the place of a method.
pub(crate) fn no_method(name: &str) -> Option<String> {
    match name.to_uppercase().as_str() {
        "ANY" | "ALL" => Some(format!(
            "a route without a method matches every method: remove `{name}`"
        )),
        "DEFAULT" | "OTHERWISE" | "FALLBACK" | "CATCH" => Some(format!(
            "`_` matches the requests that no route matches: write `_` instead of `{name}`"
        )),
        "SSE" => Some(format!(
            "the protocol follows `=>`, as in `\"/path\" => sse(feed(sse))`: remove `{name}`"
        )),
        "WS" | "WEBSOCKET" | "HTTP" => Some(format!(
            "the protocol follows `=>`, as in `\"/path\" => ws(chat(ws))`: remove `{name}`"
        )),
        _ => None,
    }
}

/// Returns the message for an entry with a path and without `=>`.
pub(super) fn no_arrow(input: ParseStream<'_>, path: &str) -> String {
    if let Some(message) = dialects::behind_path(input, path) {
        return message;
    }
    no_arrow_at_all(input).to_owned()
}

fn no_arrow_at_all(input: ParseStream<'_>) -> &'static str {
    if input.peek(Token![|]) {
        return "each path has an entry of its own: write `=>` and the handler for this path, and \
                then another entry";
    }
    if input.peek(Token![if]) {
        return "a route does not have a condition: write a filter, as in `with(guard(check)) =>`, \
                or decide in the handler";
    }
    if input.is_empty() {
        return "expected `=>` and a handler, as in `=> http(show)`; each path has an entry of its \
                own";
    }
    "expected `=>` and a handler, as in `=> http(show)`"
}

/// Returns the error for `http(home())?` or `http(home()) | ws(chat(ws))`.
pub(super) fn behind_target(input: ParseStream<'_>) -> Option<Error> {
    let message = if input.peek(Token![?]) {
        "an entry ends after its target: remove `?`; that of a mounted application is inside, as in \
         `mount(users()?)`"
    } else if input.peek(Token![|]) || input.peek(Token![+]) || input.peek(Token![&]) {
        "an entry has one target: write another entry with the same path for the other one"
    } else {
        return None;
    };
    Some(Error::new(input.span(), message))
}

/// Returns the error for an entry without a path that begins like another language of routes.
/// `methods` are the names before it.
pub(super) fn in_place_of_an_entry(
    input: ParseStream<'_>,
    methods: &[Ident],
    last: Span,
) -> Option<Error> {
    if let Some(error) = dialects::in_place_of_a_path(input, methods) {
        return Some(error);
    }
    if !methods.is_empty() {
        return None;
    }
    let at = span_or(input, last);
    if input.peek(token::Brace) {
        let message = "`=>` is missing before these routes: write `with(..) => { .. }`, or \
                       `\"/prefix\" => { .. }`";
        return Some(Error::new(at, message));
    }
    let ahead = input.fork();
    let is_spread = matches!(ahead.parse::<Option<Token![..]>>(), Ok(Some(_)));
    if is_spread && !ahead.peek(Token![=>]) {
        let message = "other routes are mounted: write `\"/prefix\" => mount(users())`";
        return Some(Error::new(at, message));
    }
    let word = input.fork().call(Ident::parse_any).ok()?;
    if !ITEMS.iter().any(|item| word == item) {
        return None;
    }
    let message = format!(
        "only routes stand here: move `{word}` out of the table, and declare the values that routes \
         use as arguments of its function"
    );
    Some(Error::new(at, message))
}

/// Returns the error for `show(id: u64)` inside of `handler`.
pub(super) fn typed_argument(handler: ParseStream<'_>) -> Option<Error> {
    if handler.peek(Token![fn]) {
        let message = "a handler without a name is a closure: write `|id: u64| { .. }`";
        return Some(Error::new(handler.span(), message));
    }
    let arguments = tokens(&handler.fork())
        .into_iter()
        .find_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
            _ => None,
        });
    let (name, at) = typed_name(&arguments?)?;
    let message = format!(
        "an argument has the type of the function's parameter: write `{name}` without a type"
    );
    Some(Error::new(at, message))
}

/// Returns the name before a `:` among arguments, and the place of that.
fn typed_name(arguments: &Group) -> Option<(Ident, Span)> {
    let inside: Vec<TokenTree> = arguments.stream().into_iter().collect();
    inside.windows(3).find_map(|tokens| match tokens {
        [
            TokenTree::Ident(name),
            TokenTree::Punct(colon),
            TokenTree::Ident(_),
        ] if colon.as_char() == ':' && colon.spacing() == Spacing::Alone => {
            Some((name.clone(), colon.span()))
        }
        _ => None,
    })
}
