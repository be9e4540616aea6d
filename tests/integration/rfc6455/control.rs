//! §5.5: control frames, and §5.5.2, §5.5.3: ping and pong.

use super::*;

/// "All control frames MUST have a payload length of 125 bytes or less"
#[test]
fn a_long_control_frame_fails_the_connection() {
    let cases = [PING, PONG, CLOSE].map(|opcode| {
        let long = Frame::new(opcode, [b'x'; 126]);
        let longer = Frame::new(opcode, vec![b'x'; 70_000]);
        [
            ("126 bytes", long.bytes()),
            ("70,000 bytes", longer.bytes()),
        ]
    });
    each_fails_with(1002, &cases.concat());
}

/// §5.5.3: "A Pong frame sent in response to a Ping frame must have identical Application data"
#[test]
fn a_pong_carries_the_data_of_its_ping() {
    let mut socket = open();
    let longest: Vec<u8> = (0..125).collect();
    for payload in [b"".as_slice(), b"x", b"\xFF\xFE\0", &longest] {
        socket
            .send(&[Frame::new(PING, payload)])
            .expect(PONG, payload);
    }
}

/// §5.5.3: an endpoint may respond to the most recent of several pings only.
#[test]
fn the_last_of_many_pings_gets_a_pong() {
    let mut socket = open();
    let pings: Vec<_> = (0..1000)
        .map(|number: u32| Frame::new(PING, number.to_string()))
        .collect();
    socket.send(&pings);
    let mut answered = 0;
    loop {
        let (opcode, payload) = socket.peer.frame();
        assert_eq!(opcode, PONG);
        let number: u32 = String::from_utf8_lossy(&payload).parse().expect("a number");
        assert!(number >= answered, "in order");
        answered = number;
        if number == 999 {
            break;
        }
    }
    socket.check_works();
}

/// §5.5.3: "A response to an unsolicited Pong frame is not expected."
#[test]
fn an_unsolicited_pong_changes_nothing() {
    let mut socket = open();
    for payload in ["", "unasked"] {
        socket.send(&[Frame::new(PONG, payload)]);
        socket.check_works();
    }
}

/// §5.5.2: "unless it already received a Close frame"
#[test]
fn a_ping_after_a_close_frame_gets_no_pong() {
    let mut socket = open();
    socket.send(&[Frame::close(1000, ""), Frame::new(PING, "late")]);
    socket.expect(CLOSE, Frame::close(1000, "").payload);
    assert!(socket.peer.is_ended());
}

#[test]
fn a_ping_does_not_wait_for_the_consumer() {
    let never = |_ws: WebSocket| std::future::pending::<WsResult>();
    let server = never
        .into_poly_handler()
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server");
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 101);
    peer.send(all(&[
        Frame::new(TEXT, "never read"),
        Frame::new(PING, "alive?"),
    ]));
    assert_eq!(peer.frame(), (PONG, b"alive?".to_vec()));
}
