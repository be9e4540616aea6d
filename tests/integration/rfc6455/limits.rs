//! §10.4: implementations "MUST" protect themselves against frames and messages that are too big,
//! and
//! against great numbers of small ones.

use super::*;

fn small() -> SessionConfig {
    SessionConfig::default()
        .with_max_message(1000)
        .with_max_frame(600)
        .with_max_fragments(Some(20))
        .with_max_empty_fragments(Some(4))
        .with_max_control_rate(Some(10))
}

#[track_caller]
fn fails_with(config: SessionConfig, code: u16, what: &str, bytes: Vec<u8>) {
    let mut socket = open_with(config);
    socket.peer.send(bytes);
    socket.expect_failure(code, what);
}

#[test]
fn a_frame_over_the_limit_is_refused_by_its_header() {
    for (what, frame) in [
        ("one more", Frame::new(BINARY, [0; 601])),
        ("much more", Frame::new(BINARY, "").length(1 << 20, 8)),
        ("the most", Frame::new(BINARY, "").length(u64::MAX >> 1, 8)),
        ("a fragment", Frame::new(TEXT, [b'x'; 601]).not_final()),
    ] {
        fails_with(small(), 1009, what, frame.header());
    }
    let frames = [
        Frame::new(TEXT, "x").not_final(),
        Frame::new(CONTINUATION, [b'x'; 601]),
    ];
    let second = [frames[0].bytes(), frames[1].header()].concat();
    fails_with(small(), 1009, "a later fragment", second);
}

#[test]
fn a_message_is_refused_by_the_header_that_exceeds_the_limit() {
    let (half, rest) = ([b'x'; 500], [b'x'; 501]);
    let begun = Frame::new(TEXT, half).not_final().bytes();
    for more in [
        Frame::new(CONTINUATION, rest),
        Frame::new(CONTINUATION, rest).not_final(),
    ] {
        fails_with(
            small(),
            1009,
            "501 more",
            [begun.clone(), more.header()].concat(),
        );
    }
    let mut socket = open_with(small());
    socket
        .peer
        .send([begun, Frame::new(CONTINUATION, half).bytes()].concat());
    socket.expect(TEXT, [half, half].concat());
}

#[test]
fn messages_at_the_limit_pass() {
    let mut socket = open_with(small());
    socket
        .send(&[Frame::new(BINARY, [7; 600])])
        .expect(BINARY, [7; 600]);
    let mut socket = open();
    let longest = vec![b'x'; 1024 * 1024];
    socket
        .send(&[Frame::new(TEXT, &longest)])
        .expect(TEXT, &longest);
    let one_more = Frame::new(TEXT, vec![b'x'; 1024 * 1024 + 1]);
    socket.peer.send(one_more.header());
    socket.expect_failure(1009, "one more than the default");
}

#[test]
fn a_message_has_a_limited_number_of_fragments_for_its_length() {
    let first = || Frame::new(TEXT, "x").not_final();
    let more = |payload: &str| Frame::new(CONTINUATION, payload).not_final();
    // The base is 20, plus one for each 16 bytes.
    let tiny = [vec![first()], vec![more("x"); 21]].concat();
    fails_with(small(), 1008, "22 of a byte", all(&tiny));

    let mut socket = open_with(small().with_max_message(100_000));
    let worth = [
        vec![first()],
        vec![more("sixteen bytes ok"); 500],
        vec![Frame::new(CONTINUATION, "")],
    ];
    socket.send(&worth.concat());
    assert_eq!(socket.peer.text().len(), 1 + 500 * 16);

    // The default is 1,024, plus one for each 16 bytes.
    let mut socket = open();
    socket.send(
        &[
            vec![first()],
            vec![more("x"); 1022],
            vec![Frame::new(CONTINUATION, "x")],
        ]
        .concat(),
    );
    assert_eq!(socket.peer.text().len(), 1024);
    let too_many = [vec![first()], vec![more("x"); 1100]].concat();
    socket.send(&too_many);
    socket.expect_failure(1008, "1,101 of a byte");
}

#[test]
fn empty_fragments_are_limited() {
    let empty = Frame::new(CONTINUATION, "").not_final();
    let begun = || vec![Frame::new(TEXT, "x").not_final()];
    fails_with(
        small(),
        1008,
        "five in a row",
        all(&[begun(), vec![empty.clone(); 5]].concat()),
    );

    let mut socket = open_with(small());
    let broken_up = [
        begun(),
        vec![empty.clone(); 4],
        vec![Frame::new(CONTINUATION, "y").not_final()],
        vec![empty.clone(); 3],
        vec![Frame::new(CONTINUATION, "")],
    ];
    socket.send(&broken_up.concat()).expect(TEXT, "xy");

    let mut socket = open();
    socket.send(
        &[
            begun(),
            vec![empty.clone(); 128],
            vec![Frame::new(CONTINUATION, "y")],
        ]
        .concat(),
    );
    socket.expect(TEXT, "xy");
    socket.send(&[begun(), vec![empty; 129]].concat());
    socket.expect_failure(1008, "129 in a row");
}

#[test]
fn a_flood_of_control_frames_fails_the_connection() {
    for opcode in [PING, PONG] {
        // The rate is 10 a second, saved up over 5.
        fails_with_after_pongs(small(), &vec![Frame::new(opcode, ""); 51]);
    }
    let mut socket = open_with(small());
    socket.send(&vec![Frame::new(PONG, ""); 50]);
    socket.check_works();
}

/// Like `fails_with`, but reads any number of pongs before the close frame.
#[track_caller]
fn fails_with_after_pongs(config: SessionConfig, frames: &[Frame]) {
    let mut socket = open_with(config);
    socket.send(frames);
    let closed =
        std::iter::from_fn(|| Some(socket.peer.frame())).find(|(opcode, _)| *opcode != PONG);
    let (opcode, payload) = closed.expect("frames without end");
    assert_eq!(
        (opcode, &payload[..2]),
        (CLOSE, &1008_u16.to_be_bytes()[..])
    );
    assert_eq!(socket.ended().code(), 1008);
}

#[test]
fn without_bounds_fragments_and_control_frames_pass() {
    let boundless = SessionConfig::default()
        .with_max_fragments(None)
        .with_max_empty_fragments(None)
        .with_max_control_rate(None);
    let mut socket = open_with(boundless);
    let empty = Frame::new(CONTINUATION, "").not_final();
    let many = [
        vec![Frame::new(TEXT, "x").not_final()],
        vec![empty; 5000],
        vec![Frame::new(CONTINUATION, "y")],
        vec![Frame::new(PONG, ""); 10_000],
    ];
    socket.send(&many.concat()).expect(TEXT, "xy");
    socket.check_works();
}
