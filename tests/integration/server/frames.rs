//! Frames that break a rule, and peers that do.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use http4k_ws::{
    IntoPolyHandler, RunningServer, ServerConfig, SessionConfig, WebSocket, WsResult, WsStatus,
};

use super::peer::{self, Peer};

/// Echoes, and tells how each socket ended.
fn start(session: SessionConfig) -> (RunningServer, Receiver<WsStatus>) {
    let (tell, told) = channel();
    let echo = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            while let Some(message) = ws.recv().await? {
                if message.as_text() == Some("bye") {
                    ws.close(WsStatus::NORMAL);
                }
                // Nothing can be sent after that.
                let _ = ws.send(message).await;
            }
            tell.send(ws.closed().await)?;
            WsResult::Ok(())
        }
    };
    let server = echo.into_poly_handler().as_server("127.0.0.1:0");
    let config = ServerConfig::default().with_session(session);
    (server.with_config(config).start().expect("a server"), told)
}

fn open(server: &RunningServer) -> Peer {
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 101);
    peer
}

fn ended(told: &Receiver<WsStatus>) -> u16 {
    told.recv_timeout(Duration::from_secs(5))
        .expect("the consumer ends")
        .code()
}

#[test]
fn a_broken_frame_is_answered_with_its_close_code() {
    const FIN: u8 = 0x80;
    let cases: &[(&str, &[u8], u16)] = &[
        ("an unmasked frame", &[FIN | 1, 1, b'x'], 1002),
        ("an unknown opcode", &[FIN | 3, 0x80, 0, 0, 0, 0], 1002),
        ("a reserved bit", &[FIN | 0x40 | 1, 0x80, 0, 0, 0, 0], 1002),
        ("a fragmented ping", &[9, 0x80, 0, 0, 0, 0], 1002),
        ("a continuation of nothing", &[FIN, 0x80, 0, 0, 0, 0], 1002),
        (
            "a close frame of one byte",
            &[FIN | 8, 0x81, 0, 0, 0, 0, 3],
            1002,
        ),
        (
            "text that is no UTF-8",
            &[FIN | 1, 0x81, 0, 0, 0, 0, 0xFF],
            1007,
        ),
        (
            "a frame over the limit, by its header",
            &[FIN | 2, 0xFF, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0],
            1009,
        ),
    ];
    for (what, bytes, code) in cases {
        let (server, told) = start(SessionConfig::default());
        let mut peer = open(&server);
        // What came before is answered first.
        peer.send([peer::text("before"), bytes.to_vec()].concat());
        assert_eq!(peer.text(), "before", "{what}");
        assert_eq!(peer.close_code(), *code, "{what}");
        peer.ends_sending();
        assert!(peer.is_ended(), "{what}");
        assert_eq!(ended(&told), *code, "{what}");
    }
}

#[test]
fn a_close_frame_is_not_lost_to_what_the_peer_still_sends() {
    let (server, _told) = start(SessionConfig::default());
    let mut peer = open(&server);
    let mut broken = vec![0x83, 0x80, 0, 0, 0, 0];
    broken.extend(vec![0; 100_000]);
    peer.send(broken);
    assert_eq!(peer.close_code(), 1002);
}

#[test]
fn a_peer_that_vanishes_is_an_end_with_1006() {
    let (server, told) = start(SessionConfig::default());
    let mut peer = open(&server);
    peer.send(peer::text("x"));
    assert_eq!(peer.text(), "x");
    drop(peer);
    assert_eq!(ended(&told), 1006);
}

#[test]
fn a_close_frame_without_a_code_is_an_end_with_1005() {
    let (server, told) = start(SessionConfig::default());
    let mut peer = open(&server);
    peer.send(peer::frame(peer::CLOSE, &[]));
    assert_eq!(peer.frame(), (peer::CLOSE, Vec::new()));
    assert_eq!(ended(&told), 1005);
}

#[test]
fn a_close_frame_that_is_not_answered_ends_the_connection_after_a_while() {
    let session = SessionConfig::default().with_close_timeout(Duration::from_millis(100));
    let (server, told) = start(session);
    let mut peer = open(&server);
    peer.send(peer::text("bye"));
    assert_eq!(peer.close_code(), 1000);
    assert_eq!(ended(&told), 1000);
    assert!(peer.is_ended());
}

#[test]
fn a_ping_is_answered_with_its_payload() {
    let (server, _told) = start(SessionConfig::default());
    let mut peer = open(&server);
    peer.send(peer::frame(9, b"are you there"));
    assert_eq!(peer.frame(), (10, b"are you there".to_vec()));
}
