//! Entries in the words of other libraries: of axum, actix, Rocket, Express, FastAPI and http4k.
//! The message names the entry to write.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenTree};
use syn::parse::ParseStream;
use syn::{Attribute, Error, Expr, LitStr};

use super::guesses::METHODS;
use super::slips::{is_protocol, tokens};
use super::text::compact;

/// The words for filters.
const FILTERS: [&str; 11] = [
    "layer",
    "wrap",
    "middleware",
    "filter",
    "filters",
    "guard",
    "before",
    "after",
    "using",
    "use",
    "attach",
];

/// The words for other routes.
const ROUTERS: [&str; 8] = [
    "nest",
    "merge",
    "mount",
    "include",
    "include_router",
    "scope",
    "service",
    "nest_service",
];

/// Returns the method that has this name in any library.
pub(super) fn method(word: &Ident) -> Option<&'static str> {
    let word = word.to_string();
    let is_named = |method: &&&str| word == **method || word == method.to_lowercase();
    METHODS.iter().find(is_named).copied()
}

/// Returns the method that an expression names.
pub(super) fn names_method(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::Path(path) => method(path.path.get_ident()?),
        _ => None,
    }
}

/// Returns `true` for a word for other routes.
pub(super) fn is_router(word: &str) -> bool {
    ROUTERS.contains(&word)
}

/// Returns the error for Rocket's `#[get("/x")] fn home() ..`.
pub(super) fn as_attribute(attributes: &[Attribute], item: ParseStream<'_>) -> Option<Error> {
    let (attribute, method) = attributes.iter().find_map(|attribute| {
        let method = method(attribute.path().get_ident()?)?;
        Some((attribute, method))
    })?;
    let path: LitStr = attribute.parse_args().ok()?;
    let item: Vec<TokenTree> = tokens(&item.fork()).into_iter().collect();
    let name = item.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)] if word == "fn" => Some(name.to_string()),
        _ => None,
    });
    let handler = name.map_or("..".to_owned(), |name| format!("{name}(..)"));
    let message = format!(
        "a route is an entry, and its function is outside of the table: write `{method} {} => \
         http({handler})`",
        path.token()
    );
    Some(Error::new(attribute.pound_token.span, message))
}

/// Returns the error for tokens that stand in the place of an entry's path. `methods` are the names
/// before them.
pub(super) fn in_place_of_a_path(input: ParseStream<'_>, methods: &[Ident]) -> Option<Error> {
    let found: Vec<TokenTree> = tokens(&input.fork()).into_iter().collect();
    let (at, message) = match methods {
        [] => without_words(&found)?,
        [word] => (word.span(), behind_word(word, &found)?),
        _ => return None,
    };
    Some(Error::new(at, message))
}

fn without_words(found: &[TokenTree]) -> Option<(Span, String)> {
    let at = found.first()?.span();
    let message = match found {
        // `.route("/x", get(home))`
        [TokenTree::Punct(dot), ..] if dot.as_char() == '.' => chained(found)?,
        // `use(logged())`
        [TokenTree::Ident(word), TokenTree::Group(group), ..] if is_filter(word) => {
            around(word, group)
        }
        // `("/x") => ..` and `(GET | POST) "/x"`
        [TokenTree::Group(group), ..] => in_brackets(group)?,
        _ => return None,
    };
    Some((at, message))
}

/// Returns the message for the tokens behind a lone word.
fn behind_word(word: &Ident, found: &[TokenTree]) -> Option<String> {
    match found {
        [TokenTree::Punct(colon), TokenTree::Literal(path), ..] if colon.as_char() == ':' => {
            Some(match method(word) {
                Some(method) => {
                    format!("a method and its path are two words: write `{method} {path}`")
                }
                None => format!("a name follows its path: write `{path} as {word} => ..`"),
            })
        }
        // `home: GET "/x"`
        [
            TokenTree::Punct(colon),
            TokenTree::Ident(named),
            TokenTree::Literal(path),
            ..,
        ] if colon.as_char() == ':' => {
            let method = method(named)?;
            Some(format!(
                "a name follows its path: write `{method} {path} as {word} => ..`"
            ))
        }
        [TokenTree::Punct(one), ..] if one.as_char() == '.' || one.spacing() == Spacing::Joint => {
            chained(found)
        }
        [TokenTree::Punct(colon), target @ ..] if colon.as_char() == ':' => {
            let method = method(word)?;
            let is_target =
                matches!(target.first(), Some(TokenTree::Ident(word)) if is_protocol(word));
            let target = compact(target.iter().cloned());
            let target = if is_target {
                target
            } else {
                format!("http({target})")
            };
            Some(format!(
                "`=>` follows a method: write `{method} => {target}`"
            ))
        }
        [TokenTree::Group(group), rest @ ..] if group.delimiter() == Delimiter::Parenthesis => {
            as_function(word, group).or_else(|| called(word, group, rest))
        }
        _ => None,
    }
}

/// Returns the message for `GET("/x") => ..`, `get(home)`, `merge(users())` and `layer(auth()) =>`.
fn called(word: &Ident, group: &Group, rest: &[TokenTree]) -> Option<String> {
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let is_filter = is_filter(word);
    match (inside.as_slice(), method(word)) {
        ([TokenTree::Literal(path)], Some(method)) => Some(format!(
            "a method and its path are two words: write `{method} {path}`"
        )),
        (_, Some(method)) if rest.is_empty() => {
            let handler = compact(inside);
            Some(format!(
                "`=>` follows a method: write `{method} => http({handler})`"
            ))
        }
        _ if is_filter => Some(around(word, group)),
        ([_, ..], None) if is_router(&word.to_string()) && word != "mount" => {
            let routes = compact(inside);
            Some(format!(
                "other routes are mounted: write `\"/\" => mount({routes})`"
            ))
        }
        _ => None,
    }
}

/// Returns `true` for a word for filters.
pub(super) fn is_filter(word: &Ident) -> bool {
    FILTERS.iter().any(|filter| word == filter)
}

/// Returns the message for `layer(logged())` before routes.
fn around(word: &Ident, group: &Group) -> String {
    let filter = filter(word, group);
    format!("filters are around their routes: write `with({filter}) => {{ .. }}`")
}

/// Returns the filter that `layer(logged())` means. `guard` is one of ours.
fn filter(word: &Ident, group: &Group) -> String {
    let inside = compact(group.stream());
    match word == "guard" {
        true => format!("guard({inside})"),
        false => inside,
    }
}

/// Returns the message for a path, or methods, in parentheses or brackets.
fn in_brackets(group: &Group) -> Option<String> {
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    if let [TokenTree::Literal(path)] = inside.as_slice() {
        return Some(format!("a path is not in parentheses: write `{path}`"));
    }
    let words: Vec<String> = inside
        .iter()
        .filter_map(|token| match token {
            TokenTree::Ident(word) => method(word).map(str::to_owned),
            _ => None,
        })
        .collect();
    let methods = words.join(" | ");
    (!words.is_empty()).then(|| format!("methods are not in brackets: write `{methods}`"))
}

/// Returns the message for the first `route("/x", get(home))` of a chain of calls.
fn chained(found: &[TokenTree]) -> Option<String> {
    found.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Group(group)] => as_function(word, group),
        _ => None,
    })
}

/// Returns the message for `route("/x", http(home()))`, `get("/x", home)` and the like.
pub(super) fn as_function(word: &Ident, group: &Group) -> Option<String> {
    let mut inside = group.stream().into_iter();
    let path = match inside.next()? {
        TokenTree::Literal(path) if path.to_string().starts_with('"') => path,
        _ => return None,
    };
    if !matches!(inside.next(), Some(TokenTree::Punct(comma)) if comma.as_char() == ',') {
        return None;
    }
    let handler: Vec<TokenTree> = inside.collect();
    let entry = match handler.as_slice() {
        [TokenTree::Ident(target), ..] if is_protocol(target) => {
            format!("{path} => {}", compact(handler))
        }
        // `route("/x", get(home))`
        [TokenTree::Ident(named), TokenTree::Group(group)] if method(named).is_some() => {
            let method = method(named).unwrap_or_default();
            format!("{method} {path} => http({})", compact(group.stream()))
        }
        _ => {
            let text = compact(handler);
            let method = method(word).map_or(String::new(), |method| format!("{method} "));
            match word.to_string().as_str() {
                word if is_protocol_word(word) => format!("{path} => {word}({text})"),
                word if is_router(word) => format!("{path} => mount({text})"),
                _ => format!("{method}{path} => http({text})"),
            }
        }
    };
    Some(format!("the path precedes the handler: write `{entry}`"))
}

fn is_protocol_word(word: &str) -> bool {
    ["http", "ws", "sse", "mount"].contains(&word)
}

/// Returns the message for the tokens behind `path` in the place of `=>`.
pub(super) fn behind_path(input: ParseStream<'_>, path: &str) -> Option<String> {
    let found: Vec<TokenTree> = tokens(&input.fork()).into_iter().collect();
    match found.as_slice() {
        // http4k's `"/x" bind GET to home`
        [
            TokenTree::Ident(bind),
            TokenTree::Ident(named),
            TokenTree::Ident(to),
            handler @ ..,
        ] if bind == "bind" && to == "to" => {
            let method = method(named)?;
            let handler = target(handler);
            Some(format!(
                "`=>` is between the path and its handler: write `{method} \"{path}\" => {handler}`"
            ))
        }
        [TokenTree::Ident(bind), handler @ ..] if bind == "bind" || bind == "to" => {
            let handler = target(handler);
            Some(format!(
                "`=>` is between the path and its handler: write `\"{path}\" => {handler}`"
            ))
        }
        [TokenTree::Ident(word), TokenTree::Group(group), ..] if is_filter(word) => Some(format!(
            "filters are in `with(..)`: write `with({})`",
            filter(word, group)
        )),
        [TokenTree::Ident(word), ..] => {
            let method = method(word)?;
            Some(format!(
                "the method precedes the path: write `{method} \"{path}\"`"
            ))
        }
        [TokenTree::Punct(slash), ..] if slash.as_char() == '/' => Some(format!(
            "a path is one text in quotes: write `\"/{}/<name>\"`",
            path.trim_matches('/')
        )),
        _ => None,
    }
}

/// Returns the target that a handler without a protocol means.
fn target(handler: &[TokenTree]) -> String {
    let text = compact(handler.iter().cloned());
    match handler.first() {
        Some(TokenTree::Ident(word)) if is_protocol(word) => text,
        _ => format!("http({text})"),
    }
}
