//! §4.2.2, 5: the server's opening handshake.

use super::{answer, handshake, start_with};
use crate::server::peer::{self, Peer};
use http4k_ws::server::ServerConfig;

/// §4.2.2, 5, 1–3: the status line, and the two fields that name the new protocol.
#[test]
fn the_response_switches_to_websocket() {
    let answer = answer(&[]);
    assert!(
        answer
            .head
            .starts_with("HTTP/1.1 101 Switching Protocols\r\n"),
        "{answer:?}"
    );
    assert_eq!(answer.field("upgrade"), Some("websocket"));
    let connection = answer.field("connection").expect("Connection");
    assert!(connection.eq_ignore_ascii_case("upgrade"), "{connection}");
}

/// §4.2.2, 5, 4: the hash of the key and the GUID, in base64.
#[test]
fn the_accept_field_is_the_hash_of_the_key() {
    for (key, accept) in [
        ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
        ("AQIDBAUGBwgJCgsMDQ4PEC==", "OfS0wDaT5NoxF2gqm7Zj2YtetzM="),
        ("AAAAAAAAAAAAAAAAAAAAAA==", "ICX+Yqv66kxgM0FcWaLWlFLwTAI="),
    ] {
        let answer = answer(&[&format!("Sec-WebSocket-Key: \t{key} ")]);
        assert_eq!(answer.field("sec-websocket-accept"), Some(accept), "{key}");
    }
}

/// RFC 9110 §8.6: a 101 has neither a body nor a Content-Length.
#[test]
fn the_response_has_no_body() {
    let answer = answer(&[]);
    assert_eq!(answer.field("content-length"), None);
    assert_eq!(answer.field("transfer-encoding"), None);
}

/// §4.2.2, 5, 5: the server chooses one of the offered subprotocols, or none.
#[test]
fn one_of_the_offered_subprotocols_is_chosen() {
    for (offers, chosen) in [
        (&[][..], None),
        (&["Sec-WebSocket-Protocol: a"], Some("a")),
        (&["Sec-WebSocket-Protocol: c"], None),
        (&["Sec-WebSocket-Protocol: A"], None),
        (&["Sec-WebSocket-Protocol: a, b"], Some("b")),
        (&["Sec-WebSocket-Protocol: c,a"], Some("a")),
        (
            &["Sec-WebSocket-Protocol: c", "Sec-WebSocket-Protocol: a"],
            Some("a"),
        ),
        (&["Sec-WebSocket-Protocol: ,, a ,"], Some("a")),
        (&["Sec-WebSocket-Protocol:"], None),
    ] {
        let answer = answer(offers);
        assert_eq!(answer.status, 101, "{offers:?}");
        assert_eq!(answer.field("sec-websocket-protocol"), chosen, "{offers:?}");
    }
}

/// §4.2.2, 5, 6, §9.1: a server declines extensions by its silence; reserved bits are then invalid.
#[test]
fn extensions_are_declined() {
    for offer in [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits, x-other; a=1",
    ] {
        let server = start_with(ServerConfig::default());
        let mut peer = Peer::connect(server.addr());
        let request = handshake(&[&format!("Sec-WebSocket-Extensions: {offer}")]);
        let answer = peer.send(request).answer();
        assert_eq!(answer.status, 101);
        assert_eq!(answer.field("sec-websocket-extensions"), None);
        // RSV1 would mark a compressed message.
        peer.send([0xC1, 0x81, 0, 0, 0, 0, b'x']);
        assert_eq!(peer.close_code(), 1002);
    }
}

/// §4.2.2: the connection becomes a WebSocket, even after several plain requests.
#[test]
fn a_connection_may_be_http_first() {
    let server = start_with(ServerConfig::default());
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(peer::get("/")).answer().body, "http");
    assert_eq!(peer.send(handshake(&["Upgrade: h2c"])).answer().status, 426);
    assert_eq!(peer.send(handshake(&[])).answer().status, 101);
    assert_eq!(peer.send(peer::text("x")).text(), "x");
}
