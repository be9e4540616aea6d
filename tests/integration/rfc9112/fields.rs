//! Chapter 5: fields.

use super::{each_has_status, get_with, start};
use crate::server::peer::Peer;

/// §5.1: whitespace must not stand between the name and the colon.
#[test]
fn whitespace_before_a_colon_is_refused() {
    each_has_status(
        400,
        [
            ("a space", get_with("Host : a\r\n")),
            ("a tab", get_with("Host\t: a\r\n")),
            (
                "before the length",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc".to_owned(),
            ),
        ],
    );
}

/// §5: a line is a name, a colon and a value; RFC 9110 §5.1: a name is a token.
#[test]
fn a_line_without_a_name_is_refused() {
    each_has_status(
        400,
        [
            ("no colon", get_with("Host: a\r\nX\r\n")),
            ("no name", get_with("Host: a\r\n: b\r\n")),
            ("a name of two words", get_with("Host: a\r\nX Y: b\r\n")),
            ("a name with a bracket", get_with("Host: a\r\nX(): b\r\n")),
            (
                "a name that is not ASCII",
                get_with("Host: a\r\n\u{e4}: b\r\n"),
            ),
        ],
    );
}

/// RFC 9110 §5.5: control characters must not occur in a value.
#[test]
fn a_control_character_in_a_value_is_refused() {
    each_has_status(
        400,
        [
            ("NUL", get_with("Host: a\r\nX: b\0c\r\n")),
            ("bell", get_with("Host: a\r\nX: b\u{7}c\r\n")),
            ("DEL", get_with("Host: a\r\nX: b\u{7f}c\r\n")),
        ],
    );
}

/// §5.2: a field that continues on a second line is refused.
#[test]
fn folded_lines_are_refused() {
    each_has_status(
        400,
        [
            ("with a space", get_with("Host: a\r\nX: b\r\n c\r\n")),
            ("with a tab", get_with("Host: a\r\nX: b\r\n\tc\r\n")),
            (
                "as a length",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n 3\r\n\r\nabc".to_owned(),
            ),
        ],
    );
}

/// §5.1: whitespace around a value is not part of it; RFC 9110 §5.1: names are case-insensitive.
#[test]
fn whitespace_around_a_value_is_not_part_of_it() {
    let server = start();
    let request = "POST /echo HTTP/1.1\r\nHOST: \t a \t\r\ncontent-LENGTH:\t3 \r\n\r\nabc";
    let answer = Peer::connect(server.addr()).send(request).answer();
    assert_eq!((answer.status, answer.body.as_str()), (200, "abc"));
}

/// RFC 9110 §5.4: fields over a limit are refused with 431 (RFC 6585 §5).
#[test]
fn fields_over_the_limit_are_refused() {
    let long = "v".repeat(16 * 1024);
    each_has_status(
        431,
        [
            (
                "one long field",
                get_with(&format!("Host: a\r\nX: {long}\r\n")),
            ),
            (
                "many fields",
                get_with(&format!("Host: a\r\n{}", "X: y\r\n".repeat(100))),
            ),
            ("a name without end", format!("GET / HTTP/1.1\r\n{long}")),
        ],
    );
}
