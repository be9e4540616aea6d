//! §5.4: fragmentation.

use super::*;

fn fragments(opcode: u8, parts: &[&str]) -> Vec<Frame> {
    let last = parts.len() - 1;
    let frame = |(at, part): (usize, &&str)| {
        let frame = Frame::new(if at == 0 { opcode } else { CONTINUATION }, part);
        if at == last { frame } else { frame.not_final() }
    };
    parts.iter().enumerate().map(frame).collect()
}

/// "the message type is that of the first fragment"
#[test]
fn fragments_are_joined_in_order() {
    let mut socket = open();
    let cases: &[&[&str]] = &[
        &["one", "two"],
        &["a", "b", "c", "d", "e"],
        &["", ""],
        &["", "last"],
        &["first", ""],
        &["", "", "middle", "", ""],
        &[
            "long ".repeat(20_000).leak(),
            "short",
            "long ".repeat(30_000).leak(),
        ],
    ];
    for parts in cases {
        for opcode in [TEXT, BINARY] {
            socket
                .send(&fragments(opcode, parts))
                .expect(opcode, parts.concat());
        }
    }
}

/// "Control frames MAY be injected in the middle of a fragmented message"; the response is
/// immediate.
#[test]
fn control_frames_are_seen_between_fragments() {
    let mut socket = open();
    socket.send(&[Frame::new(TEXT, "a").not_final(), Frame::new(PING, "1")]);
    socket.expect(PONG, "1");
    socket.send(&[
        Frame::new(CONTINUATION, "b").not_final(),
        Frame::new(PONG, "unasked"),
    ]);
    socket.send(&[Frame::new(PING, "2")]).expect(PONG, "2");
    socket
        .send(&[Frame::new(CONTINUATION, "c")])
        .expect(TEXT, "abc");
}

#[test]
fn a_close_frame_between_fragments_closes() {
    let mut socket = open();
    socket.send(&[
        Frame::new(TEXT, "a").not_final(),
        Frame::close(1001, "gone"),
    ]);
    socket.expect(CLOSE, Frame::close(1001, "gone").payload);
    assert_eq!(
        socket.ended(),
        WsStatus::new(1001, "gone").expect("a status")
    );
}

/// "Control frames themselves MUST NOT be fragmented."
#[test]
fn a_control_frame_in_fragments_fails_the_connection() {
    each_fails_with(
        1002,
        &[
            ("a ping", Frame::new(PING, "x").not_final().bytes()),
            ("a pong", Frame::new(PONG, "").not_final().bytes()),
            ("a close frame", Frame::close(1000, "").not_final().bytes()),
            (
                "a ping within a message",
                all(&[
                    Frame::new(TEXT, "a").not_final(),
                    Frame::new(PING, "").not_final(),
                ]),
            ),
        ],
    );
}

/// "The fragments of one message MUST NOT be interleaved between the fragments of another message."
#[test]
fn a_message_within_a_message_fails_the_connection() {
    let begun = Frame::new(TEXT, "a").not_final();
    each_fails_with(
        1002,
        &[
            ("text", all(&[begun.clone(), Frame::new(TEXT, "b")])),
            ("binary", all(&[begun.clone(), Frame::new(BINARY, "b")])),
            (
                "begun text",
                all(&[begun.clone(), Frame::new(TEXT, "b").not_final()]),
            ),
            (
                "after a continuation",
                all(&[
                    begun,
                    Frame::new(CONTINUATION, "b").not_final(),
                    Frame::new(TEXT, "c"),
                ]),
            ),
        ],
    );
}

#[test]
fn a_continuation_without_a_message_fails_the_connection() {
    let whole = fragments(TEXT, &["", ""]);
    each_fails_with(
        1002,
        &[
            ("the last one", Frame::new(CONTINUATION, "x").bytes()),
            (
                "one of several",
                Frame::new(CONTINUATION, "").not_final().bytes(),
            ),
            (
                "after a ping",
                all(&[Frame::new(PONG, ""), Frame::new(CONTINUATION, "x")]),
            ),
        ],
    );
    let mut socket = open();
    socket.send(&whole).expect(TEXT, "");
    socket.send(&[Frame::new(CONTINUATION, "x")]);
    socket.expect_failure(1002, "after a whole message");
}

/// "A fragmented message … is semantically equivalent to a single message": the server sends whole
/// ones.
#[test]
fn the_server_sends_whole_messages() {
    let mut socket = open();
    let parts = vec!["part "; 500];
    // `peer` does not accept fragments.
    socket
        .send(&fragments(TEXT, &parts))
        .expect(TEXT, parts.concat());
}
