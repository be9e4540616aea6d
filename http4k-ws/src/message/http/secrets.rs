//! Fields whose values are secrets.

use http::header::{
    AUTHORIZATION, COOKIE, HeaderMap, HeaderName, PROXY_AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL,
    SET_COOKIE,
};

/// Marks the values of fields that may be secrets as sensitive: `Debug` does not show them, and
/// HTTP/2 does not compress them with other fields (RFC 7541 §7.1.3).
///
/// Pages cannot set `Authorization` for a socket, and send tokens among the subprotocols instead.
pub(crate) fn hide_secrets(headers: &mut HeaderMap) {
    // Most messages have none of these fields, and iterating over names alone is faster.
    if !headers.keys().any(is_secret) {
        return;
    }
    for (name, value) in headers.iter_mut() {
        if is_secret(name) {
            value.set_sensitive(true);
        }
    }
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
}
