//! §5.6: data frames.

use super::*;

#[test]
fn text_and_binary_keep_their_kind() {
    let mut socket = open();
    for opcode in [TEXT, BINARY] {
        for payload in ["", "x", "größer als ASCII — 木"] {
            socket
                .send(&[Frame::new(opcode, payload)])
                .expect(opcode, payload);
        }
    }
}

#[test]
fn binary_data_is_arbitrary() {
    let mut socket = open();
    let every: Vec<u8> = (0..=255).collect();
    for payload in [&every, &vec![0xFF; 1000], &vec![0; 70_000]] {
        socket
            .send(&[Frame::new(BINARY, payload)])
            .expect(BINARY, payload);
    }
}

#[test]
fn messages_are_echoed_in_order() {
    let mut socket = open();
    let messages: Vec<_> = (0..500)
        .map(|number: u32| Frame::new(TEXT, number.to_string()))
        .collect();
    socket.send(&messages);
    for number in 0..500_u32 {
        socket.expect(TEXT, number.to_string());
    }
}

#[test]
fn messages_may_come_with_the_handshake() {
    let mut socket = open();
    let bytes = [
        peer::handshake("/", "").into_bytes(),
        Frame::new(TEXT, "early").bytes(),
        Frame::new(BINARY, vec![1; 70_000]).bytes(),
    ];
    let mut peer = Peer::connect(socket._server.addr());
    peer.send(bytes.concat());
    assert_eq!(peer.answer().status, 101);
    assert_eq!(peer.text(), "early");
    assert_eq!(peer.frame(), (BINARY, vec![1; 70_000]));
    socket.check_works();
}
