//! Chapter 2: messages.

use super::{each_has_status, start};
use crate::server::peer::{self, Peer};

/// §2.2: an empty line before a request is ignored.
#[test]
fn empty_lines_before_a_request_are_ignored() {
    let requests = [
        ("one line", format!("\r\n{}", peer::get("/"))),
        ("two lines", format!("\r\n\r\n{}", peer::get("/"))),
    ];
    each_has_status(200, requests);
}

/// §2.2: a line feed alone may end a line, but a carriage return alone never does.
#[test]
fn a_carriage_return_alone_does_not_end_a_line() {
    let bare = |text: &str| text.to_owned();
    each_has_status(
        400,
        [
            (
                "in a value",
                bare("GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n"),
            ),
            (
                "after a value",
                bare("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
            ),
            (
                "after the request line",
                bare("GET / HTTP/1.1\rHost: a\r\n\r\n"),
            ),
        ],
    );
}

/// §2.2: whitespace between the request line and the first field is never a field.
#[test]
fn whitespace_before_the_first_field_is_refused() {
    let bare = |text: &str| text.to_owned();
    each_has_status(
        400,
        [
            ("a space", bare("GET / HTTP/1.1\r\n Host: a\r\n\r\n")),
            ("a tab", bare("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n")),
            (
                "a line of it",
                bare("GET / HTTP/1.1\r\n  \r\nHost: a\r\n\r\n"),
            ),
        ],
    );
}

/// §2.2: bytes that are not HTTP are refused with 400.
#[test]
fn bytes_that_are_not_http_are_refused() {
    let bare = |text: &str| text.to_owned();
    each_has_status(
        400,
        [
            ("a sentence", bare("no request at all\r\n\r\n")),
            ("bytes", bare("\u{16}\u{3}\u{1}\u{2}\r\n\r\n")),
            ("no version", bare("GET /\r\nHost: a\r\n\r\n")),
        ],
    );
}

/// §2.3: the version is `HTTP/` in capitals and two digits.
#[test]
fn an_invalid_version_is_refused() {
    let with = |version: &str| format!("GET / {version}\r\nHost: a\r\n\r\n");
    each_has_status(
        400,
        [
            "http/1.1",
            "HTTP/1",
            "HTTP/1.1.1",
            "HTTP/11",
            "HTTP/a.b",
            "HTTPS/1.1",
            "HTTP/3.0",
        ]
        .map(|version| (version, with(version))),
    );
}

/// §2.3: a response has the server's own version, for every version of the request.
#[test]
fn the_response_has_the_servers_version() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    let answer = peer.send("GET / HTTP/1.0\r\n\r\n").answer();
    assert_eq!(answer.status, 200);
    assert!(answer.head.starts_with("HTTP/1."), "{answer:?}");
    assert!(peer.is_ended());
}
