//! §5.2: the base framing protocol.

use super::*;

/// "MUST be 0 unless an extension is negotiated"; the server negotiates none.
#[test]
fn a_reserved_bit_fails_the_connection() {
    let cases: Vec<_> = (1..=7)
        .flat_map(|bits| [TEXT, BINARY, PING, PONG].map(|opcode| (bits, opcode)))
        .collect();
    for (bits, opcode) in cases {
        let frame = Frame::new(opcode, "x").reserved_bits(bits);
        each_fails_with(
            1002,
            &[(&format!("bits {bits:03b}, opcode {opcode}"), frame.bytes())],
        );
    }
    let close = Frame::close(1000, "").reserved_bits(1);
    each_fails_with(1002, &[("a close frame", close.bytes())]);
    let fragments = [
        Frame::new(TEXT, "x").not_final(),
        Frame::new(CONTINUATION, "y").reserved_bits(4),
    ];
    each_fails_with(1002, &[("a continuation", all(&fragments))]);
}

/// "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."
#[test]
fn an_unknown_opcode_fails_the_connection() {
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        for payload in ["", "x"] {
            let frame = Frame::new(opcode, payload);
            each_fails_with(
                1002,
                &[(&format!("opcode {opcode}, {payload:?}"), frame.bytes())],
            );
        }
    }
}

/// The header suffices for the refusal; its payload need not arrive.
#[test]
fn a_bad_header_suffices() {
    let header = |frame: Frame| frame.header();
    each_fails_with(
        1002,
        &[
            ("an opcode", header(Frame::new(3, [0; 60_000]))),
            (
                "a bit",
                header(Frame::new(TEXT, [0; 60_000]).reserved_bits(1)),
            ),
            ("a ping", header(Frame::new(PING, [0; 126]))),
            (
                "no mask",
                header(Frame::new(TEXT, [0; 60_000]).masked_with(None)),
            ),
            (
                "a continuation",
                header(Frame::new(CONTINUATION, [0; 60_000])),
            ),
            // The first two bytes of these frames suffice.
            (
                "an opcode at once",
                header(Frame::new(3, [0; 60_000]))[..2].to_vec(),
            ),
            (
                "no mask at once",
                header(Frame::new(TEXT, [0; 60_000]).masked_with(None))[..2].to_vec(),
            ),
        ],
    );
}

/// "the minimal number of bytes MUST be used to encode the length"
#[test]
fn a_length_that_is_not_in_its_shortest_form_fails_the_connection() {
    let frame = |length: usize, form| {
        let frame = Frame::new(BINARY, vec![0; length]).length(length as u64, form);
        (format!("{length} in {form} bytes"), frame.bytes())
    };
    for (what, bytes) in [
        frame(0, 2),
        frame(1, 2),
        frame(125, 2),
        frame(0, 8),
        frame(125, 8),
        frame(126, 8),
        frame(65_535, 8),
    ] {
        each_fails_with(1002, &[(&what, bytes)]);
    }
}

/// "the most significant bit MUST be 0"
#[test]
fn a_length_of_64_bits_fails_the_connection() {
    for length in [1 << 63, u64::MAX, (1 << 63) | 5] {
        let frame = Frame::new(BINARY, "").length(length, 8);
        each_fails_with(1002, &[(&format!("{length:#x}"), frame.bytes())]);
    }
}

#[test]
fn lengths_around_every_form_are_read_and_sent() {
    let mut socket = open();
    for length in [
        0,
        1,
        124,
        125,
        126,
        127,
        128,
        65_534,
        65_535,
        65_536,
        65_537,
        1024 * 1024,
    ] {
        let payload = vec![b'a'; length];
        // `peer` refuses a frame whose length is not in its shortest form.
        socket
            .send(&[Frame::new(TEXT, &payload)])
            .expect(TEXT, payload);
    }
}

/// The boundaries of frames and of reads are independent.
#[test]
fn frames_may_arrive_in_any_pieces() {
    let frames = [
        Frame::new(TEXT, "short"),
        Frame::new(PING, "in between"),
        Frame::new(BINARY, vec![7; 300]),
        Frame::new(TEXT, "a").not_final(),
        Frame::new(CONTINUATION, "b"),
        Frame::new(BINARY, vec![8; 66_000]),
        Frame::new(TEXT, ""),
    ];
    let bytes = all(&frames);
    for piece in [1, 2, 3, 7, 100, 1024, bytes.len()] {
        let mut socket = open();
        let pieces = bytes.chunks(piece.max(bytes.len() / 5000));
        for piece in pieces {
            socket.peer.send(piece);
        }
        let mut messages = Vec::new();
        while messages.len() < 5 {
            let (opcode, payload) = socket.peer.frame();
            match opcode {
                PONG => assert_eq!(payload, b"in between"),
                _ => messages.push((opcode, payload)),
            }
        }
        let expected = [
            (TEXT, b"short".to_vec()),
            (BINARY, vec![7; 300]),
            (TEXT, b"ab".to_vec()),
            (BINARY, vec![8; 66_000]),
            (TEXT, Vec::new()),
        ];
        assert_eq!(messages, expected, "pieces of {piece}");
    }
}

#[test]
fn a_frame_may_pause_at_any_byte() {
    let bytes = Frame::new(TEXT, [b'a'; 130]).bytes();
    let mut socket = open();
    for at in 1..12 {
        socket.peer.send(&bytes[..at]);
        // The echo shows that the first part was read by itself.
        assert!(!socket.peer.hears_within(Duration::from_millis(2)));
        socket.peer.send(&bytes[at..]);
        socket.expect(TEXT, [b'a'; 130]);
    }
}
