//! §8.1: errors in UTF-8 encoded data.

use super::*;

const NOT_UTF8: &[(&str, &[u8])] = &[
    ("a lone continuation", b"\x80"),
    ("a lone continuation after text", b"ab\xBF"),
    ("a start without its continuation", b"\xC3("),
    ("FE", b"\xFE"),
    ("FF", b"\xFF"),
    ("overlong NUL", b"\xC0\x80"),
    ("overlong slash", b"\xC0\xAF"),
    ("overlong in three bytes", b"\xE0\x80\xAF"),
    ("overlong in four bytes", b"\xF0\x80\x80\xAF"),
    ("a high surrogate", b"\xED\xA0\x80"),
    ("a low surrogate", b"\xED\xBF\xBF"),
    ("surrogates in a pair", b"\xED\xA0\x80\xED\xB0\x80"),
    ("over 10FFFF", b"\xF4\x90\x80\x80"),
    ("five bytes", b"\xF8\x88\x80\x80\x80"),
    ("cut off after one of two", b"\xC3"),
    ("cut off after two of three", b"\xE2\x82"),
    ("cut off after three of four", b"\xF0\x9F\x98"),
];

/// "the endpoint MUST _Fail the WebSocket Connection_"
#[test]
fn text_that_is_not_utf8_fails_the_connection() {
    for (what, bytes) in NOT_UTF8 {
        each_fails_with(1007, &[(what, Frame::new(TEXT, bytes).bytes())]);
    }
}

/// "This rule applies both during the opening handshake and during subsequent data exchange", and
/// to
/// the message as a whole.
#[test]
fn text_in_fragments_is_checked_as_a_whole() {
    for (what, bytes) in NOT_UTF8 {
        let mut frames = vec![Frame::new(TEXT, "fine so far ").not_final()];
        frames.extend(
            bytes
                .iter()
                .map(|byte| Frame::new(CONTINUATION, [*byte]).not_final()),
        );
        frames.push(Frame::new(CONTINUATION, ""));
        each_fails_with(1007, &[(what, all(&frames))]);
    }
}

#[test]
fn an_invalid_fragment_fails_at_once() {
    let cases: &[(&str, &[u8])] = &[
        ("the first one", b"\xFF"),
        ("a surrogate", b"ab\xED\xA0\x80"),
        ("an overlong one", b"\xC0\x80"),
    ];
    for (what, bytes) in cases {
        let mut socket = open();
        // The rest of the message never comes.
        socket.send(&[Frame::new(TEXT, bytes).not_final()]);
        socket.expect_failure(1007, what);
    }
}

#[test]
fn a_character_may_be_split_between_fragments() {
    let mut socket = open();
    for text in [
        "é",
        "€",
        "😀",
        "a😀b€cé",
        "\u{0}",
        "\u{FFFF}",
        "\u{10FFFF}",
        "\u{D7FF}\u{E000}",
    ] {
        let bytes = text.as_bytes();
        for at in 0..=bytes.len() {
            let (first, last) = bytes.split_at(at);
            let fragments = [
                Frame::new(TEXT, first).not_final(),
                Frame::new(CONTINUATION, last),
            ];
            socket.send(&fragments).expect(TEXT, text);
        }
        let mut each: Vec<_> = bytes
            .iter()
            .map(|byte| Frame::new(CONTINUATION, [*byte]).not_final())
            .collect();
        each[0].first = TEXT;
        each.push(Frame::new(CONTINUATION, ""));
        socket.send(&each).expect(TEXT, text);
    }
}

#[test]
fn binary_data_is_not_checked() {
    let mut socket = open();
    for (_what, bytes) in NOT_UTF8 {
        socket
            .send(&[Frame::new(BINARY, bytes)])
            .expect(BINARY, bytes);
        let fragments = [
            Frame::new(BINARY, bytes).not_final(),
            Frame::new(CONTINUATION, bytes),
        ];
        socket
            .send(&fragments)
            .expect(BINARY, [*bytes, *bytes].concat());
    }
}
