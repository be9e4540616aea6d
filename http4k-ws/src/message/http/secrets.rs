//! Fields and query parameters whose values are secrets.
//!
//! Some names are known to everyone. An application declares others, by a source of credentials.
//! The names of a process only grow, and only with the sources that it creates.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use http::Uri;
use http::header::{
    AUTHORIZATION, COOKIE, HeaderMap, HeaderName, PROXY_AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL,
    SET_COOKIE,
};

use super::query;

/// Marks the values of fields that may be secrets as sensitive: `Debug` does not show them, and
/// HTTP/2 does not compress them with other fields (RFC 7541 §7.1.3).
///
/// Pages cannot set `Authorization` for a socket, and send tokens among the subprotocols instead.
pub(crate) fn hide_secrets(headers: &mut HeaderMap) {
    // Most messages have none of these fields, and iterating over names alone is faster.
    if !headers.keys().any(is_secret) && !DECLARED_FIELDS.load(Ordering::Relaxed) {
        return;
    }
    let declared = DECLARED.read().unwrap_or_else(PoisonError::into_inner);
    for (name, value) in headers.iter_mut() {
        if is_secret(name) || declared.fields.contains(name) {
            value.set_sensitive(true);
        }
    }
}

/// The names that sources of credentials declared.
static DECLARED: RwLock<Names> = RwLock::new(Names {
    fields: Vec::new(),
    parameters: Vec::new(),
});

/// `true` once a field is declared, so that other programs do not pay for the list.
static DECLARED_FIELDS: AtomicBool = AtomicBool::new(false);

struct Names {
    fields: Vec<HeaderName>,
    parameters: Vec<String>,
}

/// Declares that the values of the field `name` are secrets.
pub(crate) fn declare_secret_field(name: &HeaderName) {
    let mut declared = DECLARED.write().unwrap_or_else(PoisonError::into_inner);
    if !declared.fields.contains(name) {
        declared.fields.push(name.clone());
    }
    DECLARED_FIELDS.store(true, Ordering::Relaxed);
}

/// Declares that the values of the query parameter `name` are secrets.
pub(crate) fn declare_secret_parameter(name: &str) {
    let mut declared = DECLARED.write().unwrap_or_else(PoisonError::into_inner);
    if !declared.parameters.iter().any(|known| known == name) {
        declared.parameters.push(name.to_owned());
    }
}

/// Returns the path and the query of `uri` for a log or a transcript, with `***` for each value of
/// a declared parameter.
pub(crate) fn shown_target(uri: &Uri) -> Cow<'_, str> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let declared = DECLARED.read().unwrap_or_else(PoisonError::into_inner);
    let Some(query) = uri.query().filter(|_| !declared.parameters.is_empty()) else {
        return Cow::Borrowed(target);
    };
    let is_declared = |pair: &str| {
        let mut names = query::pairs_of(pair).map(|(name, _)| name);
        names
            .next()
            .is_some_and(|name| declared.parameters.iter().any(|known| *known == *name))
    };
    if !query.split('&').any(is_declared) {
        return Cow::Borrowed(target);
    }
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_declared(pair) => Cow::Owned(format!("{name}=***")),
        _ => Cow::Borrowed(pair),
    });
    let shown = pairs.collect::<Vec<_>>().join("&");
    Cow::Owned(format!("{}?{shown}", uri.path()))
}

fn is_secret(name: &HeaderName) -> bool {
    *name == AUTHORIZATION
        || *name == COOKIE
        || *name == SEC_WEBSOCKET_PROTOCOL
        || *name == PROXY_AUTHORIZATION
        || *name == SET_COOKIE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_hidden_and_no_other_field() {
        let request = http::Request::get("/")
            .header("authorization", "Bearer one")
            .header("proxy-authorization", "Basic two")
            .header("cookie", "three=3")
            .header("cookie", "four=4")
            .header("sec-websocket-protocol", "chat, five")
            .header("host", "six");
        let mut request = request.body(()).expect("a request");
        hide_secrets(request.headers_mut());
        let shown = format!("{request:?}");
        for secret in ["one", "two", "three", "four", "five"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("six"), "{shown}");
        assert_eq!(request.headers()["authorization"], "Bearer one");
    }

    #[test]
    fn a_declared_field_is_hidden() {
        let request = http::Request::get("/").header("x-declared-here", "one");
        let mut request = request.body(()).expect("a request");
        declare_secret_field(&HeaderName::from_static("x-declared-here"));
        hide_secrets(request.headers_mut());
        assert!(!format!("{request:?}").contains("one"), "{request:?}");
    }

    #[test]
    fn a_declared_parameter_is_hidden() {
        declare_secret_parameter("declared here");
        for (target, shown) in [
            ("/a", "/a"),
            ("/a?b=1", "/a?b=1"),
            ("/a?declared+here=1", "/a?declared+here=***"),
            (
                "/a?b=1&declared%20here=2&c&declared+here",
                "/a?b=1&declared%20here=***&c&declared+here",
            ),
            ("/a?%64eclared+here=1=2", "/a?%64eclared+here=***"),
            ("/a?declared=1&&", "/a?declared=1&&"),
            ("http://h/a?declared+here=1", "/a?declared+here=***"),
        ] {
            assert_eq!(shown_target(&target.parse().unwrap()), shown, "{target}");
        }
    }
}
