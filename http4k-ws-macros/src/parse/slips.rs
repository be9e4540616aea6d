//! Entries in the syntax of another library, or in another order. The message names the text to
//! write, and the entry is kept if its meaning is clear.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Error, Expr, LitStr, Result, Token, token};

use super::dialects;
use super::entry::{WANTED, filters, kw, span_or};
use super::guesses;
use super::targets;
use super::text::compact;
use crate::errors::Errors;

/// Parses `with(auth) "/x" => ..`. Filters without a path belong to an entry at the prefix of its
/// block.
pub(super) fn filters_before_path(
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Result<Vec<Expr>> {
    let ahead = input.fork();
    let is_behind = ahead.parse::<Option<kw::with>>()?.is_some()
        && ahead.parse::<TokenTree>().is_ok()
        && ahead.peek(LitStr);
    if !is_behind {
        return Ok(Vec::new());
    }
    let path: LitStr = ahead.parse()?;
    let at = input.span();
    let filters = filters(input, errors)?;
    let message = format!(
        "filters follow the path: write `{} with({})`",
        path.token(),
        list(&filters)
    );
    errors.at(at, message);
    Ok(filters)
}

/// Parses `"/x" as name with(auth)` or `"/x" with(auth) with(logged)`. `before` are the filters
/// before them.
pub(super) fn filters_behind_name(
    input: ParseStream<'_>,
    is_named: bool,
    before: &[Expr],
    errors: &mut Errors,
) -> Result<Vec<Expr>> {
    if !input.peek(kw::with) {
        return Ok(Vec::new());
    }
    let at = input.span();
    let behind = filters(input, errors)?;
    let message = match is_named {
        true => "filters precede the name: write `with(..)` before `as`".to_owned(),
        false => {
            let all: Vec<Expr> = before.iter().chain(&behind).cloned().collect();
            format!("filters are in one list: write `with({})`", list(&all))
        }
    };
    errors.at(at, message);
    Ok(behind)
}

/// Parses `with auth` or `with [auth]`.
pub(super) fn filters_without_parentheses(
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Result<Vec<Expr>> {
    let at = input.span();
    input.parse::<Option<Token![:]>>()?;
    let filters: Vec<Expr> = match input.parse()? {
        Expr::Array(array) => array.elems.into_iter().collect(),
        filter => vec![filter],
    };
    let message = format!(
        "filters must be in parentheses: write `with({})`",
        list(&filters)
    );
    errors.at(at, message);
    Ok(filters)
}

/// Parses `http(home).with(auth)`, `http(home) with(auth)` or `http(home) as name`.
pub(super) fn behind_target(input: ParseStream<'_>, errors: &mut Errors) -> Result<Vec<Expr>> {
    let mut misplaced = Vec::new();
    loop {
        let at = input.span();
        if input.parse::<Option<Token![as]>>()?.is_some() {
            let name = input.call(Ident::parse_any)?;
            let message = format!("a name precedes `=>`: write `as {name} => ..`");
            errors.at(at, message);
        } else if input.parse::<Option<Token![.]>>()?.is_some() {
            if !input.peek(kw::with) {
                let message = "an entry ends after its target: write `,` here";
                return Err(Error::new(input.span(), message));
            }
            misplaced.extend(misplaced_filters(input, at, errors)?);
        } else if let Some(error) = guesses::behind_target(input) {
            return Err(error);
        } else if ends_with_filters(input) {
            misplaced.extend(misplaced_filters(input, at, errors)?);
        } else {
            return Ok(misplaced);
        }
    }
}

fn misplaced_filters(input: ParseStream<'_>, at: Span, errors: &mut Errors) -> Result<Vec<Expr>> {
    let filters = filters(input, errors)?;
    let message = format!(
        "filters precede `=>`: write `with({}) => ..`",
        list(&filters)
    );
    errors.at(at, message);
    Ok(filters)
}

/// Returns `true` for filters that do not begin another entry.
fn ends_with_filters(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    matches!(ahead.parse::<Option<kw::with>>(), Ok(Some(_)))
        && ahead.parse::<TokenTree>().is_ok()
        && ahead.is_empty()
}

/// Parses `->`, `=`, `:` or `,` instead of `=>`, or nothing before a target.
pub(super) fn other_arrow(input: ParseStream<'_>, errors: &mut Errors) -> Result<Option<Span>> {
    let at = input.span();
    let found = if input.peek(Token![->]) {
        input.parse::<Token![->]>()?;
        "->"
    } else if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        "="
    } else if input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        ":"
    } else if input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        ","
    } else if input.peek(token::Brace) || is_target(&input.fork()) {
        errors.at(at, "`=>` is missing before this: write it after the path");
        return Ok(Some(at));
    } else {
        return Ok(None);
    };
    if input.parse::<Option<Token![=>]>>()?.is_some() {
        errors.at(at, format!("`=>` follows the path: remove `{found}`"));
        return Ok(Some(at));
    }
    errors.at(
        at,
        format!("`=>` follows the path: write `=>` instead of `{found}`"),
    );
    Ok(Some(at))
}

/// Returns the target that has this name in other libraries.
pub(super) fn target_of_other_libraries(word: &str) -> Option<&'static str> {
    match word {
        "events" | "event_stream" | "eventsource" | "event_source" | "stream" => Some("sse"),
        "websocket" | "web_socket" | "socket" => Some("ws"),
        _ => None,
    }
}

/// Returns `true` before `http(..)`, `ws(..)`, `sse(..)` or `mount(..)`.
pub(super) fn is_target(input: ParseStream<'_>) -> bool {
    let word = input.parse::<Ident>().map(|word| word.to_string());
    matches!(word.as_deref(), Ok("http" | "ws" | "sse" | "mount")) && input.peek(token::Paren)
}

/// Returns the message for an entry without a path or without `=>`.
pub(super) fn no_path(input: ParseStream<'_>, methods: &[Ident], last: Span) -> Error {
    let at = span_or(input, last);
    if let Some(error) = guesses::in_place_of_an_entry(input, methods, last) {
        return error;
    }
    let Some(method) = methods.last() else {
        let message = match is_fallback(input) {
            true => "`_` matches the requests that no route matches: write `_ => ..`",
            false if input.is_empty() => {
                "these filters are before no route: write `with(..) => { .. }` around the routes"
            }
            false => PATH,
        };
        return Error::new(at, message);
    };
    // `GET, POST "/x"`: the comma ended this entry.
    if input.is_empty() {
        let message = format!(
            "`{method}` needs a path: separate several methods by `|`, as in `{method} | POST \
             \"/users\"`"
        );
        return Error::new(method.span(), message);
    }
    // `GET "/" => http(a), ws(b)`: one path for two protocols.
    if is_protocol(method) && input.peek(syn::token::Paren) {
        let message = format!(
            "`{method}(..)` needs a path of its own: write another entry, as in \
             `\"/\" => {method}(..)`"
        );
        return Error::new(method.span(), message);
    }
    if method == "Method" && input.peek(Token![::]) {
        let rest: Vec<TokenTree> = tokens(&input.fork()).into_iter().collect();
        if let Some(TokenTree::Ident(named)) = rest.get(2) {
            let message = format!("a method is a single name: write `{named}`");
            return Error::new(method.span(), message);
        }
    }
    if let Ok(name) = input.fork().parse::<Ident>() {
        let message = format!(
            "a path must be a literal in quotes, so that the compiler can check it: write it \
             instead of `{name}`"
        );
        return Error::new(at, message);
    }
    Error::new(at, PATH)
}

const PATH: &str = "expected a path in quotes, as in `GET \"/users/<id>\" => http(show(id))`";

/// Returns `true` for `*`, `..` or `else`, which match the rest in other libraries.
fn is_fallback(input: ParseStream<'_>) -> bool {
    input.peek(Token![*]) || input.peek(Token![..]) || input.peek(Token![else])
}

/// Returns the message for the tokens behind `=>` that are not a target.
pub(super) fn not_a_target(found: ParseStream<'_>, path: &str) -> String {
    let all: Vec<TokenTree> = tokens(&found.fork()).into_iter().collect();
    if let Some(message) = targets::as_target(&all, path) {
        return message;
    }
    match all.as_slice() {
        [TokenTree::Ident(word), TokenTree::Group(group), ..] if word == "with" => format!(
            "filters precede `=>`: write `\"{path}\" with({}) => ..`",
            group.stream()
        ),
        [TokenTree::Ident(word), TokenTree::Group(group), ..]
            if dialects::method(word).is_some() =>
        {
            let method = word.to_string().to_uppercase();
            let handler = compact(group.stream());
            format!("the method precedes the path: write `{method} \"{path}\" => http({handler})`")
        }
        [TokenTree::Ident(word), rest @ ..] if is_protocol(word) => {
            let group = rest.iter().find_map(|token| match token {
                TokenTree::Group(group) => Some(group.stream().to_string()),
                _ => None,
            });
            let handler = group.filter(|handler| !handler.is_empty());
            let handler = handler.unwrap_or_else(|| "..".to_owned());
            format!("`{word}` must be followed by parentheses: write `{word}({handler})`")
        }
        [TokenTree::Group(_), ..] => {
            format!("{WANTED}; the routes of a block must be in braces: write `{{ .. }}`")
        }
        [TokenTree::Literal(literal), ..] => {
            format!("{WANTED}; a handler can return a text: write `http(|| {literal})`")
        }
        _ => match found.fork().parse::<Expr>() {
            Ok(handler) => {
                let text = value(&handler);
                let or_mount = match handler {
                    Expr::Call(_) => format!(", or `mount({text})` for an application"),
                    _ => String::new(),
                };
                format!("{WANTED}; a handler needs a protocol: write `http({text})`{or_mount}")
            }
            Err(_) => WANTED.to_owned(),
        },
    }
}

/// Returns the text of a handler. A value such as `StatusCode::OK` needs a closure.
fn value(handler: &Expr) -> String {
    let text = compact(handler.to_token_stream());
    let is_value = match handler {
        Expr::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| {
                path.path.segments.len() > 1
                    && last.ident.to_string().starts_with(char::is_uppercase)
            })
        }
        handler => matches!(handler, Expr::Macro(_) | Expr::Tuple(_) | Expr::Struct(_)),
    };
    if is_value { format!("|| {text}") } else { text }
}

pub(super) fn is_protocol(word: &Ident) -> bool {
    ["http", "ws", "sse", "mount"]
        .iter()
        .any(|target| word == target)
}

fn list(exprs: &[Expr]) -> String {
    let shown: Vec<String> = exprs.iter().map(shown).collect();
    shown.join(", ")
}

/// Returns the text of an expression, usually as the user spaced it.
fn shown(expr: &Expr) -> String {
    let text = match expr {
        Expr::Call(call) => {
            let args: Punctuated<String, Token![,]> = call.args.iter().map(shown).collect();
            let args: Vec<String> = args.into_iter().collect();
            return format!("{}({})", shown(&call.func), args.join(", "));
        }
        expr => expr.to_token_stream().to_string(),
    };
    text.replace(" :: ", "::")
}

pub(super) fn tokens(input: ParseStream<'_>) -> TokenStream {
    input.parse().unwrap_or_default()
}
