//! Words for the request, the socket and their parts, as other libraries have them in the place of
//! `req`, `ws` and `_`.

use proc_macro2::Ident;

use crate::parse::Protocol;

const REQUEST: [&str; 2] = ["request", "Request"];

const SOCKET: [&str; 6] = [
    "socket",
    "websocket",
    "web_socket",
    "conn",
    "connection",
    "WebSocket",
];

const STREAM: [&str; 2] = ["stream", "events"];

/// Names of parts of a request. An argument `_` reads one, by the type of the function's parameter.
const PARTS: [&str; 7] = [
    "body", "query", "headers", "json", "form", "cookies", "payload",
];

/// Returns `req`, `ws` or `sse` for another word, which may be marked as ignored.
pub(super) fn meant(name: &str, protocol: Protocol) -> Option<&'static str> {
    let word = name.trim_start_matches('_');
    match protocol {
        _ if REQUEST.contains(&word) || (word == "req" && word != name) => Some("req"),
        Protocol::Ws if SOCKET.contains(&word) || (word == "ws" && word != name) => Some("ws"),
        Protocol::Sse if STREAM.contains(&word) || (word == "sse" && word != name) => Some("sse"),
        _ => None,
    }
}

/// Returns the message for an argument with this name, which nothing declares.
pub(super) fn mistake(name: &Ident, protocol: Protocol) -> Option<String> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| name == word);
    if is_one_of(&REQUEST) {
        return Some(format!(
            "the request is called `req`: write `req` instead of `{name}`"
        ));
    }
    if protocol == Protocol::Ws && is_one_of(&SOCKET) {
        return Some(format!(
            "the socket is called `ws`: write `ws` instead of `{name}`"
        ));
    }
    is_one_of(&PARTS).then(|| {
        format!(
            "`{name}` is not a parameter of the path, and what is read from the request is called `_`: write \
             `_`, for a parameter with a type such as `Json<T>` or `Query<T>`"
        )
    })
}
