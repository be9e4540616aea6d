//! Entries in the words of another library, or in another order: the message says what to write, and the
//! entry is kept if its meaning is clear.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Error, Expr, LitStr, Result, Token, token};

use super::entry::{WANTED, filters, kw, span_or};
use crate::errors::Errors;

/// The methods of requests, as other libraries name their functions.
const METHODS: [&str; 8] = [
    "get", "head", "post", "put", "delete", "options", "trace", "patch",
];

/// `with(auth) "/x" => ..`. Filters without a path belong to an entry at the prefix of its block.
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
        "filters stand behind the path: write `{} with({})`",
        path.token(),
        list(&filters)
    );
    errors.at(at, message);
    Ok(filters)
}

/// `"/x" as name with(auth)`.
pub(super) fn filters_behind_name(
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Result<Vec<Expr>> {
    if !input.peek(kw::with) {
        return Ok(Vec::new());
    }
    errors.at(
        input.span(),
        "filters stand before the name: write `with(..)` before `as`",
    );
    filters(input, errors)
}

/// `with auth`, or `with [auth]`.
pub(super) fn filters_without_parentheses(
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Result<Vec<Expr>> {
    let at = input.span();
    let filters: Vec<Expr> = match input.parse()? {
        Expr::Array(array) => array.elems.into_iter().collect(),
        filter => vec![filter],
    };
    let message = format!(
        "filters stand in parentheses: write `with({})`",
        list(&filters)
    );
    errors.at(at, message);
    Ok(filters)
}

/// `http(home).with(auth)`, `http(home) with(auth)` or `http(home) as name`.
pub(super) fn behind_target(input: ParseStream<'_>, errors: &mut Errors) -> Result<Vec<Expr>> {
    let mut misplaced = Vec::new();
    loop {
        let at = input.span();
        if input.parse::<Option<Token![as]>>()?.is_some() {
            let name = input.call(Ident::parse_any)?;
            let message = format!("a name stands before `=>`: write `as {name} => ..`");
            errors.at(at, message);
        } else if input.parse::<Option<Token![.]>>()?.is_some() {
            if !input.peek(kw::with) {
                let message = "an entry ends behind its target: write `,`";
                return Err(Error::new(input.span(), message));
            }
            misplaced.extend(misplaced_filters(input, at, errors)?);
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
        "filters stand before `=>`: write `with({}) => ..`",
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

/// `->`, `=`, `:` or `,` in the place of `=>`, or nothing before a target.
pub(super) fn other_arrow(input: ParseStream<'_>, errors: &mut Errors) -> Result<Option<Span>> {
    let at = input.span();
    let written = if input.peek(Token![->]) {
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
        errors.at(at, "`=>` stands before this: write it behind the path");
        return Ok(Some(at));
    } else {
        return Ok(None);
    };
    errors.at(
        at,
        format!("`=>` stands behind the path: write `=>` for `{written}`"),
    );
    Ok(Some(at))
}

/// Returns `true` before `http(..)`, `ws(..)`, `sse(..)` or `mount(..)`.
pub(super) fn is_target(input: ParseStream<'_>) -> bool {
    let word = input.parse::<Ident>().map(|word| word.to_string());
    matches!(word.as_deref(), Ok("http" | "ws" | "sse" | "mount")) && input.peek(token::Paren)
}

/// Returns the message for an entry that lacks its path, or its `=>`.
pub(super) fn no_path(input: ParseStream<'_>, methods: &[Ident], last: Span) -> Error {
    let at = span_or(input, last);
    let Some(method) = methods.last() else {
        return match is_fallback(input) {
            true => Error::new(
                at,
                "requests that no route takes are matched by `_`: write `_ => ..`",
            ),
            false => Error::new(at, PATH),
        };
    };
    // `GET, POST "/x"`: the comma ended this entry.
    if input.is_empty() {
        let message = format!(
            "`{method}` lacks a path: several methods are separated by `|`, as in `{method} | POST \
             \"/users\"`"
        );
        return Error::new(method.span(), message);
    }
    // `GET "/" => http(a), ws(b)`: one path for two protocols.
    if is_protocol(method) && input.peek(syn::token::Paren) {
        let message = format!(
            "`{method}(..)` lacks a path here: each entry has its own, as in `\"/\" => {method}(..)`"
        );
        return Error::new(method.span(), message);
    }
    if method == "Method" && input.peek(Token![::]) {
        let rest: Vec<TokenTree> = tokens(&input.fork()).into_iter().collect();
        if let Some(TokenTree::Ident(named)) = rest.get(2) {
            let message = format!("a method stands by itself: write `{named}`");
            return Error::new(method.span(), message);
        }
    }
    if let Ok(name) = input.fork().parse::<Ident>() {
        let message = format!(
            "a path is a literal in quotes, so that the compiler can check it: write it in the place \
             of `{name}`"
        );
        return Error::new(at, message);
    }
    Error::new(at, PATH)
}

const PATH: &str = "expected a path in quotes, as in `GET \"/users/<id>\" => http(show(id))`";

/// `*`, `..` or `else`, as other tables match the rest.
fn is_fallback(input: ParseStream<'_>) -> bool {
    input.peek(Token![*]) || input.peek(Token![..]) || input.peek(Token![else])
}

/// Returns the message for `written`, which stands behind `=>` and is not a target.
pub(super) fn not_a_target(written: ParseStream<'_>, path: &str) -> String {
    let all: Vec<TokenTree> = tokens(&written.fork()).into_iter().collect();
    match all.as_slice() {
        [TokenTree::Ident(word), TokenTree::Group(group), ..] if word == "with" => format!(
            "filters stand before `=>`: write `\"{path}\" with({}) => ..`",
            group.stream()
        ),
        [TokenTree::Ident(word), TokenTree::Group(group), ..] if is_method(word) => {
            let method = word.to_string().to_uppercase();
            let handler = group.stream();
            format!(
                "the method stands before the path: write `{method} \"{path}\" => http({handler})`"
            )
        }
        [TokenTree::Ident(word), rest @ ..] if is_protocol(word) => {
            let group = rest.iter().find_map(|token| match token {
                TokenTree::Group(group) => Some(group.stream().to_string()),
                _ => None,
            });
            let handler = group.filter(|handler| !handler.is_empty());
            let handler = handler.unwrap_or_else(|| "..".to_owned());
            format!("`{word}` is followed by parentheses: write `{word}({handler})`")
        }
        [TokenTree::Group(_), ..] => {
            format!("{WANTED}; the routes of a block stand in braces: write `{{ .. }}`")
        }
        [TokenTree::Literal(literal), ..] => {
            format!("{WANTED}; a text is the response of a handler: write `http(|| {literal})`")
        }
        _ => match written.fork().parse::<Expr>() {
            Ok(handler) => {
                let handler = shown(&handler);
                format!("{WANTED}; a handler says what it protocol, as in `http({handler})`")
            }
            Err(_) => WANTED.to_owned(),
        },
    }
}

fn is_method(word: &Ident) -> bool {
    METHODS.iter().any(|method| word == method)
}

fn is_protocol(word: &Ident) -> bool {
    ["http", "ws", "sse", "mount"]
        .iter()
        .any(|target| word == target)
}

fn list(exprs: &[Expr]) -> String {
    let shown: Vec<String> = exprs.iter().map(shown).collect();
    shown.join(", ")
}

/// An expression as it is written, most often.
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

fn tokens(input: ParseStream<'_>) -> TokenStream {
    input.parse().unwrap_or_default()
}
