//! Targets in the words of other libraries, and bodies of handlers in their place.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::dialects::{is_filter, is_router, method};
use super::slips::is_protocol;
use super::text::compact;

/// Returns the message for the tokens behind `=>` that are not a target.
pub(super) fn as_target(found: &[TokenTree], path: &str) -> Option<String> {
    match found {
        // `(http(a()))` and `[http(a()), ws(b(ws))]`
        [TokenTree::Group(group)] if group.delimiter() != Delimiter::Brace => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            let [TokenTree::Ident(word), TokenTree::Group(_), rest @ ..] = inside.as_slice() else {
                return None;
            };
            is_protocol(word).then(|| match rest {
                [] => format!(
                    "a target is not in parentheses: write `{}`",
                    compact(group.stream())
                ),
                _ => format!("an entry has one target: write `\"{path}\" => ..` for each of these"),
            })
        }
        // `GET => http(a())`
        [TokenTree::Ident(word), TokenTree::Punct(arrow), ..] if arrow.as_char() == '=' => {
            let method = method(word)?;
            Some(format!(
                "the method precedes the path: write `{method} \"{path}\" => ..`"
            ))
        }
        // `get(a).post(b)`
        [
            TokenTree::Ident(first),
            TokenTree::Group(handler),
            TokenTree::Punct(dot),
            rest @ ..,
        ] if method(first).is_some() && dot.as_char() == '.' => {
            let first = [
                TokenTree::Ident(first.clone()),
                TokenTree::Group(handler.clone()),
            ];
            let entries = entries_of_methods(first.chunks(2).chain(rest.chunks(3)), path)?;
            Some(format!(
                "the method precedes the path, and each has an entry: write {entries}"
            ))
        }
        [TokenTree::Ident(word), TokenTree::Group(group), ..] if is_router(&word.to_string()) => {
            Some(match group.delimiter() {
                Delimiter::Brace => {
                    format!("routes follow `=>`: write `\"{path}\" => {{ .. }}` without `{word}`")
                }
                _ => format!(
                    "other routes are mounted: write `mount({})`",
                    compact(group.stream())
                ),
            })
        }
        _ => None,
    }
}

/// Returns the entries for methods with their handlers, as in `get(a)` and `post(b)`.
fn entries_of_methods<'a>(
    pairs: impl Iterator<Item = &'a [TokenTree]>,
    path: &str,
) -> Option<String> {
    let mut entries = Vec::new();
    for pair in pairs {
        if let [TokenTree::Ident(word), TokenTree::Group(handler), ..] = pair {
            let (method, handler) = (method(word)?, compact(handler.stream()));
            entries.push(format!("`{method} \"{path}\" => http({handler})`"));
        }
    }
    Some(entries.join(" and "))
}

/// Returns the message for a handler's body in braces, which hold the routes of a block.
pub(super) fn as_body(body: &TokenStream, params: &[String]) -> Option<String> {
    let inside: Vec<TokenTree> = body.clone().into_iter().collect();
    let has_arrow = inside.windows(2).any(|pair| {
        matches!(pair, [TokenTree::Punct(one), TokenTree::Punct(other)]
            if [('=', '>'), ('-', '>')].contains(&(one.as_char(), other.as_char())))
    });
    let is_like_entries = match inside.first()? {
        TokenTree::Literal(path) => path.to_string().starts_with("\"/"),
        TokenTree::Ident(word) => {
            method(word).is_some()
                || is_protocol(word)
                || is_filter(word)
                || word == "with"
                || is_router(&word.to_string())
                || word == "route"
        }
        TokenTree::Punct(punct) => ['.', '#', '_', '*', '=', '/'].contains(&punct.as_char()),
        TokenTree::Group(_) => false,
    };
    if has_arrow || is_like_entries {
        return None;
    }
    let is_handler = match inside.as_slice() {
        [TokenTree::Ident(_)] => true,
        [TokenTree::Ident(_), TokenTree::Group(group)] => {
            group.delimiter() == Delimiter::Parenthesis
        }
        _ => false,
    };
    if is_handler {
        let handler = compact(inside);
        return Some(format!(
            "braces hold the routes of a block: write `http({handler})`"
        ));
    }
    let text = compact(inside);
    let is_async = if text.contains(".await") {
        "async "
    } else {
        ""
    };
    let params = params.join(", ");
    Some(format!(
        "braces hold the routes of a block: write `http({is_async}|{params}| {{ {text} }})`"
    ))
}
