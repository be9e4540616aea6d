//! Chapter 7: chunks.

use super::{each_has_status, post, start};
use crate::server::peer::{self, Peer};

fn chunked(body: &str) -> String {
    post("Transfer-Encoding: chunked\r\n", body)
}

fn echoed(body: &str) -> String {
    let server = start();
    let answer = Peer::connect(server.addr()).send(chunked(body)).answer();
    assert_eq!(answer.status, 200, "{body}");
    answer.body
}

/// §7.1: a size is hexadecimal, in either case, and may have leading zeros.
#[test]
fn a_chunk_has_a_size_in_hexadecimal() {
    assert_eq!(echoed("3\r\nabc\r\n0\r\n\r\n"), "abc");
    assert_eq!(echoed("a\r\n0123456789\r\n0\r\n\r\n"), "0123456789");
    assert_eq!(echoed("A\r\n0123456789\r\n0\r\n\r\n"), "0123456789");
    assert_eq!(echoed("0003\r\nabc\r\n000\r\n\r\n"), "abc");
}

/// §7.1: an invalid size.
#[test]
fn an_invalid_size_is_refused() {
    each_has_status(
        400,
        [
            "",
            "x",
            "-1",
            "+3",
            "0x3",
            "3 3",
            " 3",
            "\u{e4}",
            "fffffffffffffffff",
            "1_0",
            "3.",
        ]
        .map(|size| (size, chunked(&format!("{size}\r\nabc\r\n0\r\n\r\n")))),
    );
}

/// §7.1, §2.2: lines in a body end with both characters.
#[test]
fn lines_of_a_chunked_body_end_with_crlf() {
    each_has_status(
        400,
        [
            ("size and line feed", chunked("3\nabc\r\n0\r\n\r\n")),
            ("size and carriage return", chunked("3\rabc\r\n0\r\n\r\n")),
            ("data and line feed", chunked("3\r\nabc\n0\r\n\r\n")),
            ("data that is longer", chunked("3\r\nabcd\r\n0\r\n\r\n")),
            ("a second size at once", chunked("3\r\nabc0\r\n\r\n")),
            (
                "an extension and line feed",
                chunked("3;a\nabc\r\n0\r\n\r\n"),
            ),
        ],
    );
}

/// §7.1.1: unknown extensions are ignored, and bounded.
#[test]
fn extensions_are_ignored_up_to_a_length() {
    assert_eq!(echoed("3;a=b;c=\"d\"\r\nabc\r\n0;e\r\n\r\n"), "abc");
    let long = format!("3;{}\r\nabc\r\n0\r\n\r\n", "x".repeat(20_000));
    each_has_status(400, [("one", chunked(&long))]);
    let many = "1;xxxxxxxxxx\r\na\r\n".repeat(2_000) + "0\r\n\r\n";
    each_has_status(400, [("many", chunked(&many))]);
}

/// §7.1.2: trailers may be discarded, and are not fields of the request.
#[test]
fn trailers_are_not_fields() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    peer.send(
        chunked("3\r\nabc\r\n0\r\nHost: evil\r\nContent-Length: 50\r\n\r\n") + &peer::get("/"),
    );
    assert_eq!(peer.answer().body, "abc");
    assert_eq!(peer.answer().body, "hello");
}

/// §7.1.2: the limits of fields apply to trailers.
#[test]
fn trailers_are_bounded() {
    let many = "x: y\r\n".repeat(200);
    let long = format!("x: {}\r\n", "y".repeat(20_000));
    each_has_status(
        400,
        [
            ("many", chunked(&format!("0\r\n{many}\r\n"))),
            ("long", chunked(&format!("0\r\n{long}\r\n"))),
        ],
    );
}

/// §7.1: sizes whose sum exceeds the limit.
#[test]
fn a_size_that_overflows_is_refused() {
    each_has_status(
        400,
        [("seventeen digits", chunked("10000000000000000\r\n"))],
    );
}
