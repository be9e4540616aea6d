//! Chapter 6: the body and its length.

use http4k_ws::server::ServerConfig;

use super::{each_has_status, post, start, start_with, until_closed};
use crate::server::peer::{self, Peer};

/// §6.1: the response to an unknown coding is 501.
#[test]
fn an_unknown_transfer_coding_is_not_implemented() {
    let with = |fields: &str| post(fields, "0\r\n\r\n");
    each_has_status(
        501,
        [
            ("gzip before", with("Transfer-Encoding: gzip, chunked\r\n")),
            (
                "deflate in a field of its own",
                with("Transfer-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n"),
            ),
            ("a word", with("Transfer-Encoding: xchunked, chunked\r\n")),
            ("identity", with("Transfer-Encoding: identity, chunked\r\n")),
        ],
    );
}

/// §6.3, 4: without chunked as the last coding, the end of the body is unknown.
#[test]
fn chunked_is_the_last_transfer_coding() {
    let with = |fields: &str| post(fields, "0\r\n\r\n");
    each_has_status(
        400,
        [
            (
                "chunked first",
                with("Transfer-Encoding: chunked, gzip\r\n"),
            ),
            ("no chunked", with("Transfer-Encoding: gzip\r\n")),
            ("none at all", with("Transfer-Encoding: \r\n")),
            ("a longer word", with("Transfer-Encoding: xchunked\r\n")),
            (
                "with a parameter",
                with("Transfer-Encoding: chunked;q=1\r\n"),
            ),
            (
                "in a field before",
                with("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n"),
            ),
        ],
    );
}

/// §6.1: chunked is applied once.
#[test]
fn chunked_is_applied_once() {
    let with = |fields: &str| post(fields, "0\r\n\r\n");
    each_has_status(
        400,
        [
            (
                "in one field",
                with("Transfer-Encoding: chunked, chunked\r\n"),
            ),
            (
                "in two",
                with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            ),
        ],
    );
}

/// §7: the names of codings are case-insensitive.
#[test]
fn transfer_codings_are_case_insensitive() {
    each_has_status(
        200,
        [(
            "capitals",
            post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"),
        )],
    );
}

/// §6.1: HTTP/1.0 has no transfer codings, so the framing is faulty.
#[test]
fn http_1_0_has_no_transfer_coding() {
    let request =
        post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0");
    each_has_status(400, [("chunked", request)]);
}

/// §6.1, §6.3, 3: Transfer-Encoding wins if both are present, and the connection is closed, because
/// the
/// following bytes may be an attempt at request smuggling.
#[test]
fn after_both_lengths_the_connection_is_closed() {
    let server = start();
    for fields in [
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
    ] {
        let both = post(fields, "2\r\nab\r\n0\r\n\r\n") + &peer::get("/");
        let answers = until_closed(&server, both);
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!((answers[0].status, answers[0].body.as_str()), (200, "ab"));
    }
}

/// §6.2, §6.3, 5: an invalid length, or two that differ.
#[test]
fn an_invalid_length_is_refused() {
    let with = |length: &str| post(&format!("Content-Length: {length}\r\n"), "abc");
    let lengths = [
        "",
        "+3",
        "-3",
        "3.0",
        "0x3",
        "3a",
        "a",
        "3 3",
        "3, 4",
        "3, 3",
        "99999999999999999999",
    ];
    each_has_status(400, lengths.map(|length| (length, with(length))));
    let two = post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc");
    each_has_status(400, [("two that differ", two)]);
}

/// §6.3, 6: the bytes after the declared length are the next request.
#[test]
fn the_next_request_follows_the_body() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    peer.send(post("Content-Length: 3\r\n", "abc") + &post("Content-Length: 2\r\n", "de"));
    assert_eq!(peer.answer().body, "abc");
    assert_eq!(peer.answer().body, "de");
}

/// §6.3, 7: a request without a declared length has no body.
#[test]
fn a_request_without_a_length_has_no_body() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    peer.send(post("", "") + &peer::get("/"));
    assert_eq!(peer.answer().body, "");
    assert_eq!(peer.answer().body, "hello");
}

/// §6.3: an unread body is not parsed as the next request.
#[test]
fn an_unread_body_is_not_a_request() {
    let server = start();
    let hidden = peer::get("/hello/smuggled");
    let length = format!("Content-Length: {}\r\n", hidden.len());
    let request = post(&length, &hidden).replace("/echo", "/ignore");
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(request).answer().body, "hello");
    peer.send(peer::get("/hello/next"));
    peer.ends_sending();
    // The connection may still be open, or have ended.
    let rest = peer.rest();
    assert!(!rest.contains("smuggled"), "{rest}");
}

/// RFC 9110 §15.5.14: a declared length over the limit is refused with 413 before the body's first
/// byte, and the connection is closed.
#[test]
fn a_length_over_the_limit_is_refused_at_once() {
    let server = start_with(ServerConfig::default().with_max_body(10));
    for path in ["/echo", "/pass"] {
        let announced = post("Content-Length: 11\r\n", "").replace("/echo", path);
        let answers = until_closed(&server, announced);
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].status, 413, "{path}");
        assert_eq!(answers[0].field("connection"), Some("close"), "{path}");
    }
}

/// RFC 9110 §15.5.14: a body without a declared length that exceeds the limit while it is read.
#[test]
fn a_body_that_grows_over_the_limit_is_refused() {
    let server = start_with(ServerConfig::default().with_max_body(10));
    let endless = post(
        "Transfer-Encoding: chunked\r\n",
        &"5\r\nabcde\r\n".repeat(10_000),
    );
    let answers = until_closed(&server, endless);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].status, 413);
}
