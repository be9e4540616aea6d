use http::header::{AUTHORIZATION, HOST};

use super::*;

fn opened(uri: &str) -> Result<Opening, ConnectError> {
    OpeningHandshake::new(uri.to_owned()).opening()
}

#[test]
fn the_host_and_port_are_those_of_the_uri() {
    for (uri, host, port, field) in [
        ("ws://localhost", "localhost", 80, "localhost"),
        (
            "WS://localhost:9000/a?b",
            "localhost",
            9000,
            "localhost:9000",
        ),
        ("ws://[::1]:1/", "::1", 1, "[::1]:1"),
        ("ws://user:secret@host/", "host", 80, "host"),
        ("ws://host:65535/", "host", 65535, "host:65535"),
        ("ws://host:/", "host", 80, "host:"),
        ("http://host:9000/a", "host", 9000, "host:9000"),
        #[cfg(feature = "tls")]
        ("wss://host", "host", 443, "host"),
        #[cfg(feature = "tls")]
        ("WSS://host:80", "host", 80, "host:80"),
        #[cfg(feature = "tls")]
        ("https://host", "host", 443, "host"),
    ] {
        let opening = opened(uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
        assert_eq!(
            (opening.remote.host.as_str(), opening.remote.port),
            (host, port),
            "{uri}"
        );
        assert_eq!(opening.request.headers()[HOST], field, "{uri}");
    }
}

#[test]
fn the_user_of_the_uri_is_sent_and_not_kept_in_it() {
    let opening = opened("ws://user:pass@host:9000/a?b").expect("a URI");
    let sent = &opening.request.headers()[AUTHORIZATION];
    assert_eq!(sent, "Basic dXNlcjpwYXNz");
    assert!(sent.is_sensitive());
    assert_eq!(opening.request.uri(), "ws://host:9000/a?b");

    let twice = OpeningHandshake::new("ws://user:pass@host".to_owned())
        .with_header("Authorization", "Bearer x");
    let refused = twice
        .opening()
        .map(|opening| opening.remote.host)
        .unwrap_err();
    let text = refused.to_string();
    assert!(matches!(refused, ConnectError::BadUri { .. }), "{text}");
    assert!(
        text.contains("Authorization") && !text.contains("pass"),
        "{text}"
    );
}

#[test]
fn only_websocket_uris_are_accepted() {
    for uri in [
        "",
        "/chat",
        "localhost:9000",
        "ws://",
        "ws://a b/",
        "ws://a/#b",
        "ws://a:65536/",
        "ws://user:pass@a:65536/",
        "ws://us%3Aer@a/",
        "ws://:80/",
        "ws://user@:80/",
        "ws://[fe80::1%25eth0]/",
    ] {
        let refused = opened(uri).map(|opening| opening.remote.host);
        assert!(
            matches!(refused, Err(ConnectError::BadUri { .. })),
            "{uri}: {refused:?}"
        );
    }
    for uri in [
        #[cfg(not(feature = "tls"))]
        "wss://a",
        #[cfg(not(feature = "tls"))]
        "https://a",
        "ftp://a",
        "file://a",
    ] {
        let refused = opened(uri).map(|opening| opening.remote.host);
        assert!(
            matches!(refused, Err(ConnectError::UnsupportedScheme { .. })),
            "{uri}: {refused:?}"
        );
    }
}

#[test]
fn invalid_fields_and_subprotocols_are_refused() {
    for (name, value) in [
        ("a b", "c"),
        ("", "c"),
        ("a", "b\r\nc: d"),
        ("content-length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Sec-WebSocket-Extensions", "permessage-deflate"),
    ] {
        let handshake = OpeningHandshake::new("ws://a".to_owned()).with_header(name, value);
        let refused = handshake.opening().map(|opening| opening.remote.host);
        assert!(matches!(refused, Err(ConnectError::BadField { .. })));
    }
    for name in ["", "a b", "a,b", "ä"] {
        let handshake = OpeningHandshake::new("ws://a".to_owned()).with_subprotocol(name);
        let refused = handshake.opening().map(|opening| opening.remote.host);
        assert!(
            matches!(refused, Err(ConnectError::BadField { .. })),
            "{name}"
        );
    }
}
