//! §5.5.1 and §7: close frames, the closing handshake, and the end of a connection.

use super::*;

/// §5.5.1: "the endpoint typically echos the status code it received", and then ends the connection.
#[test]
fn a_close_frame_is_echoed() {
    for code in [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
        4999,
    ] {
        for reason in ["", "bye", "auf Wiedersehen — 再见"] {
            let mut socket = open();
            let close = Frame::close(code, reason);
            socket
                .send(std::slice::from_ref(&close))
                .expect(CLOSE, close.payload);
            assert!(socket.peer.is_ended(), "{code}");
            let ended = socket.ended();
            assert_eq!((ended.code(), ended.reason()), (code, reason));
        }
    }
}

#[test]
fn the_longest_reason_has_123_bytes() {
    let mut socket = open();
    let close = Frame::close(4000, "é".repeat(61) + "x");
    assert_eq!(close.payload.len(), 125);
    socket
        .send(std::slice::from_ref(&close))
        .expect(CLOSE, close.payload);
    assert_eq!(socket.ended().reason().len(), 123);
}

/// §7.1.5: a close without a code has status 1005, which is never sent.
#[test]
fn a_close_frame_without_a_code_gets_one_without_a_code() {
    let mut socket = open();
    socket.send(&[Frame::new(CLOSE, "")]).expect(CLOSE, "");
    assert!(socket.peer.is_ended());
    assert_eq!(socket.ended(), WsStatus::NO_STATUS);
}

/// §5.5.1: "the first two bytes of the body MUST be a 2-byte unsigned integer"
#[test]
fn half_a_code_fails_the_connection() {
    each_fails_with(1002, &[("one byte", Frame::new(CLOSE, [3]).bytes())]);
}

/// §7.4: codes that must not be sent, reserved codes, and numbers that are not codes.
#[test]
fn a_code_that_must_not_be_sent_fails_the_connection() {
    for code in [
        0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 10_000, 65_535,
    ] {
        for reason in ["", "reason"] {
            let close = Frame::close(code, reason);
            each_fails_with(1002, &[(&format!("{code} {reason}"), close.bytes())]);
        }
    }
}

/// §5.5.1, §8.1: the reason is UTF-8.
#[test]
fn a_reason_that_is_not_utf8_fails_the_connection() {
    for reason in [
        b"\xFF".as_slice(),
        b"ok \xC3",
        b"\xED\xA0\x80",
        b"\xC0\x80",
        b"\xF4\x90\x80\x80",
    ] {
        let close = Frame::close(1000, reason);
        each_fails_with(1007, &[(&format!("{reason:x?}"), close.bytes())]);
    }
}

/// §5.5.1: "The application MUST NOT send any more data frames after sending a Close frame."
#[test]
fn the_close_frame_of_the_server_is_its_last_frame() {
    let mut socket = open();
    socket.send(&[
        Frame::new(TEXT, "before"),
        Frame::new(TEXT, "close:4001"),
        Frame::new(TEXT, "after"),
    ]);
    socket.expect(TEXT, "before");
    socket.expect(CLOSE, Frame::close(4001, "on purpose").payload);
    socket.send(&[Frame::close(4001, "")]);
    assert!(socket.peer.is_ended());
    assert_eq!(socket.ended().code(), 4001);
}

/// §5.5.1: bytes after a close frame are ignored.
#[test]
fn frames_after_the_close_frame_of_the_peer_get_no_response() {
    let mut socket = open();
    socket.send(&[
        Frame::close(1000, ""),
        Frame::new(TEXT, "late"),
        Frame::new(3, "broken"),
        Frame::close(1001, ""),
    ]);
    socket.expect(CLOSE, Frame::close(1000, "").payload);
    assert!(socket.peer.is_ended());
    assert_eq!(socket.ended(), WsStatus::NORMAL);
}

/// §7.1.2: data before the peer's close frame is still data.
#[test]
fn messages_before_a_close_frame_are_processed_before_it() {
    let mut socket = open();
    let messages: Vec<_> = (0..100)
        .map(|number: u32| Frame::new(TEXT, number.to_string()))
        .collect();
    socket.send(&[messages, vec![Frame::close(1000, "")]].concat());
    for number in 0..100_u32 {
        socket.expect(TEXT, number.to_string());
    }
    socket.expect(CLOSE, Frame::close(1000, "").payload);
}

/// §7.1.1: "the server MUST close the TCP connection immediately" after both close frames.
#[test]
fn the_server_ends_the_connection_first() {
    let mut socket = open();
    socket.send(&[Frame::new(TEXT, "close:1000")]);
    socket.expect(CLOSE, Frame::close(1000, "on purpose").payload);
    assert!(
        !socket.peer.hears_within(Duration::from_millis(20)),
        "it waits for our close frame"
    );
    socket.send(&[Frame::close(1000, "")]);
    assert!(socket.peer.is_ended(), "without waiting for our end");
}

/// §7.1.3: two close frames may cross; each side keeps the status that it saw first.
#[test]
fn close_frames_may_cross() {
    let mut socket = open();
    socket.send(&[Frame::new(TEXT, "close:4001")]);
    socket.send(&[Frame::close(4002, "mine")]);
    let (opcode, payload) = socket.peer.frame();
    assert_eq!(opcode, CLOSE);
    assert!(
        payload == Frame::close(4001, "on purpose").payload
            || payload == Frame::close(4002, "mine").payload
    );
    assert!(socket.peer.is_ended());
    let ended = socket.ended().code();
    assert_eq!(payload[..2], ended.to_be_bytes());
}

/// §5.5.1: the server has sent its close frame already, so a broken one needs no other response.
#[test]
fn a_bad_close_frame_after_ours_still_ends_the_connection() {
    for bad in [
        Frame::new(CLOSE, [3]),
        Frame::close(1005, ""),
        Frame::close(1000, b"\xFF"),
    ] {
        let mut socket = open();
        socket.send(&[Frame::new(TEXT, "close:1000")]);
        socket.expect(CLOSE, Frame::close(1000, "on purpose").payload);
        socket.send(&[bad]);
        assert!(socket.peer.is_ended());
        assert_eq!(socket.ended().code(), 1000);
    }
}

/// §7.1.5: "If … no Close control frame was received, … 1006".
#[test]
fn an_end_without_a_close_frame_is_1006() {
    let cases: &[(&str, &[Frame])] = &[
        ("at once", &[]),
        (
            "after a message",
            &[Frame {
                first: 0x81,
                key: Some([0; 4]),
                payload: Vec::new(),
                length: None,
            }],
        ),
        (
            "within a message",
            &[Frame {
                first: 0x01,
                key: Some([0; 4]),
                payload: Vec::new(),
                length: None,
            }],
        ),
    ];
    for (what, frames) in cases {
        let mut socket = open();
        socket.send(frames);
        socket.peer.ends_sending();
        assert_eq!(socket.ended(), WsStatus::ABNORMAL, "{what}");
    }
    for cut in [1, 3, 8] {
        let mut socket = open();
        socket
            .peer
            .send(&Frame::new(TEXT, "cut off").bytes()[..cut]);
        socket.peer.ends_sending();
        assert_eq!(socket.ended(), WsStatus::ABNORMAL, "after {cut} bytes");
    }
    let mut socket = open();
    socket
        .peer
        .send(&Frame::close(1000, "cut off").bytes()[..9]);
    socket.peer.ends_sending();
    assert_eq!(socket.ended(), WsStatus::ABNORMAL, "within a close frame");
}

#[test]
fn a_peer_that_vanishes_ends_the_socket_with_1006() {
    let mut socket = open();
    socket.check_works();
    let Socket {
        peer,
        ends,
        _server,
    } = socket;
    drop(peer);
    let ended = ends.recv_timeout(Duration::from_secs(30));
    assert_eq!(ended, Ok(WsStatus::ABNORMAL));
}

/// §7.1.7: after failing, an endpoint "MUST NOT continue to attempt to process data".
#[test]
fn frames_after_a_failure_are_not_processed() {
    let mut socket = open();
    socket.send(&[
        Frame::new(3, ""),
        Frame::new(TEXT, "late"),
        Frame::new(PING, "late"),
        Frame::close(1000, ""),
    ]);
    socket.expect_failure(1002, "an opcode");
}

/// §7.1.7 and §10.7: the close frame arrives although unread bytes would reset a plain close.
#[test]
fn a_failure_arrives_while_the_peer_still_sends() {
    for unread in [100_000, 200_000] {
        let mut socket = open();
        socket
            .peer
            .send([Frame::new(3, "").bytes(), vec![0; unread]].concat());
        // By now the rest has come, and remains unread.
        let (opcode, payload) = socket.peer.frame();
        assert_eq!(
            (opcode, &payload[..2]),
            (CLOSE, &1002_u16.to_be_bytes()[..])
        );
        assert!(socket.peer.is_ended());
    }
}
