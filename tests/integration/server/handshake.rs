//! The opening handshake, as the server reads it and responds to it (RFC 6455 §4.2).

use http4k_ws::server::RunningServer;
use http4k_ws::session::WsEvent;
use http4k_ws::{PolyHandler, Request, SendError, Serve, WebSocket, WsConsumer, WsResponse};

use super::peer::{self, Answer, Peer};

/// Sends the handshake's values that the socket knows, then echoes.
async fn greet(mut ws: WebSocket) -> Result<(), SendError> {
    let token = ws.request().headers().get("x-token");
    let token = token.map_or("none", |token| token.to_str().unwrap_or("?"));
    let greeting = format!(
        "{} {token} {}",
        ws.request().uri(),
        ws.subprotocol().unwrap_or("-")
    );
    ws.send(greeting).await?;
    while let Ok(Some(message)) = ws.recv().await {
        ws.send(message).await?;
    }
    Ok(())
}

fn choose(request: Request) -> WsResponse {
    match request.uri().path() {
        "/refused" => WsResponse::refuse("not you"),
        "/switching" => WsResponse::refuse(http4k_ws::StatusCode::SWITCHING_PROTOCOLS),
        "/panic" => panic!("a ws handler that panics, in a test"),
        _ => WsResponse::accept(WsConsumer::new(greet)).with_subprotocol("chat"),
    }
}

fn start() -> RunningServer {
    PolyHandler::new(|_: Request| "http", choose)
        .as_server("127.0.0.1:0")
        .start()
        .expect("a server")
}

fn answer(request: &str) -> Answer {
    let server = start();
    Peer::connect(server.addr()).send(request).answer()
}

#[test]
fn a_valid_handshake_returns_101_and_the_accept_key() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    let answer = peer
        .send(peer::handshake("/a?b=c", "X-Token: t\r\n"))
        .answer();
    assert_eq!(answer.status, 101);
    assert_eq!(answer.field("upgrade"), Some("websocket"));
    assert_eq!(answer.field("connection"), Some("Upgrade"));
    // RFC 6455 §1.3.
    assert_eq!(
        answer.field("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    assert_eq!(answer.field("sec-websocket-protocol"), None);
    assert_eq!(answer.field("content-length"), None);
    assert_eq!(peer.text(), "/a?b=c t -");
    assert_eq!(peer.send(peer::text("ho")).text(), "ho");
}

#[test]
fn names_are_case_insensitive_and_lists_may_span_fields() {
    let request = "GET / HTTP/1.1\r\nhOST: localhost\r\nUPGRADE: h2c\r\nUpgrade: foo, WebSocket\r\n\
                   Connection: keep-alive\r\nConnection: x , UPGRADE\r\n\
                   SEC-WEBSOCKET-KEY: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    assert_eq!(answer(request).status, 101);
}

#[test]
fn the_chosen_subprotocol_is_returned_if_it_was_offered() {
    let server = start();
    for (offer, expected) in [
        ("Sec-WebSocket-Protocol: chat\r\n", Some("chat")),
        ("Sec-WebSocket-Protocol: a, chat ,b\r\n", Some("chat")),
        (
            "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: chat\r\n",
            Some("chat"),
        ),
        ("Sec-WebSocket-Protocol: CHAT\r\n", None),
        ("Sec-WebSocket-Protocol: chats\r\n", None),
        ("", None),
    ] {
        let mut peer = Peer::connect(server.addr());
        let answer = peer.send(peer::handshake("/", offer)).answer();
        assert_eq!(answer.status, 101, "{offer}");
        assert_eq!(answer.field("sec-websocket-protocol"), expected, "{offer}");
        assert_eq!(peer.text(), format!("/ none {}", expected.unwrap_or("-")));
    }
}

#[test]
fn a_malformed_handshake_is_refused_with_the_rule_it_breaks() {
    let good = peer::handshake("/", "");
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let version = "Sec-WebSocket-Version: 13\r\n";
    let doubled = |field: &str| format!("{field}{field}");
    let cases = [
        (good.replace("HTTP/1.1", "HTTP/1.0"), 400, "§4.2.1, 1"),
        (good.replace("Host: localhost\r\n", ""), 400, "one Host"),
        (
            good.replace("Host: localhost\r\n", &doubled("Host: a\r\n")),
            400,
            "one Host",
        ),
        (good.replace(key, ""), 400, "§4.2.1, 5"),
        (good.replace(key, &doubled(key)), 400, "§4.2.1, 5"),
        (
            good.replace("dGhlIHNhbXBsZSBub25jZQ==", ""),
            400,
            "§4.2.1, 5",
        ),
        (
            good.replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ=="),
            400,
            "§4.2.1, 5",
        ),
        (
            good.replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZWEh"),
            400,
            "§4.2.1, 5",
        ),
        (good.replace("dGhl", "d-hl"), 400, "§4.2.1, 5"),
        (good.replace(version, &doubled(version)), 400, "§11.3.5"),
        (good.replace("Version: 13", "Version: 8"), 426, "§4.4"),
        (good.replace("Version: 13", "Version: 13, 8"), 426, "§4.4"),
        (good.replace(version, ""), 426, "§4.4"),
        (
            peer::handshake("/", "Content-Length: 3\r\n") + "abc",
            400,
            "§4.1",
        ),
        (
            peer::handshake("/", "Transfer-Encoding: chunked\r\n") + "1\r\na\r\n0\r\n\r\n",
            400,
            "§4.1",
        ),
        (peer::handshake("/", "Content-Length: 0\r\n"), 101, ""),
    ];
    for (request, status, section) in cases {
        let answer = answer(&request);
        assert_eq!(answer.status, status, "{request}");
        assert!(answer.body.contains(section), "{request}{answer:?}");
        if status == 426 {
            assert_eq!(answer.field("sec-websocket-version"), Some("13"));
        }
    }
}

#[test]
fn a_request_without_an_upgrade_is_ordinary() {
    let good = peer::handshake("/", "");
    for request in [
        good.replace("GET", "POST"),
        good.replace("Upgrade: websocket", "Upgrade: h2c"),
        good.replace("Upgrade: websocket", "Upgrade: websockets"),
        good.replace("Connection: Upgrade", "Connection: keep-alive"),
        good.replace("Upgrade: websocket\r\n", ""),
        peer::get("/"),
    ] {
        let answer = answer(&request);
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, "http"),
            "{request}"
        );
    }
}

#[test]
fn a_refusal_is_sent_unchanged_and_the_connection_continues() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    let refusal = peer.send(peer::handshake("/refused", "")).answer();
    assert_eq!((refusal.status, refusal.body.as_str()), (200, "not you"));
    assert_eq!(peer.send(peer::get("/")).answer().body, "http");
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 101);
}

#[test]
fn a_refusal_never_switches_protocols() {
    assert_eq!(answer(&peer::handshake("/switching", "")).status, 500);
}

#[test]
fn a_ws_handler_that_panics_returns_500() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    assert_eq!(
        peer.send(peer::handshake("/panic", "")).answer().status,
        500
    );
    assert_eq!(peer.send(peer::handshake("/", "")).answer().status, 101);
}

#[test]
fn frames_sent_along_with_the_handshake_are_not_lost() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    let mut bytes = peer::handshake("/", "").into_bytes();
    bytes.extend(peer::text("early"));
    bytes.extend(peer::text("bird"));
    assert_eq!(peer.send(bytes).answer().status, 101);
    assert_eq!(peer.text(), "/ none -");
    assert_eq!(peer.text(), "early");
    assert_eq!(peer.text(), "bird");
}

#[test]
fn an_observer_sees_frames_sent_along_with_the_handshake() {
    let (tell, listen) = std::sync::mpsc::channel();
    let app = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            ws.observe(move |event: WsEvent<'_>| {
                // The test may have ended.
                drop(tell.send(format!("{event:?}")));
            });
            while let Ok(Some(_message)) = ws.recv().await {}
        }
    };
    let server = app.as_server("127.0.0.1:0").start().expect("a free port");
    let mut peer = Peer::connect(server.addr());
    let mut bytes = peer::handshake("/", "").into_bytes();
    bytes.extend(peer::text("early"));
    assert_eq!(peer.send(bytes).answer().status, 101);
    let first = listen.recv_timeout(std::time::Duration::from_secs(30));
    let first = first.expect("an event");
    assert!(first.starts_with("Received("), "{first}");
}

#[test]
fn a_handshake_may_follow_pipelined_requests() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    let mut bytes = (peer::get("/") + &peer::get("/") + &peer::handshake("/", "")).into_bytes();
    bytes.extend(peer::text("early"));
    peer.send(bytes);
    assert_eq!(peer.answer().body, "http");
    assert_eq!(peer.answer().body, "http");
    assert_eq!(peer.answer().status, 101);
    assert_eq!(peer.text(), "/ none -");
    assert_eq!(peer.text(), "early");
}

#[test]
fn a_socket_is_closed_in_order() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::handshake("/", "")).answer();
    peer.text();
    peer.send(peer::frame(peer::CLOSE, &[0x03, 0xE8]));
    assert_eq!(peer.close_code(), 1000);
    assert!(peer.is_ended());
}

#[test]
fn a_frame_without_a_mask_is_a_protocol_error() {
    let server = start();
    let mut peer = Peer::connect(server.addr());
    peer.send(peer::handshake("/", "")).answer();
    peer.text();
    // RFC 6455 §5.1.
    peer.send([0x81, 0x01, b'a']);
    assert_eq!(peer.close_code(), 1002);
    assert!(peer.is_ended());
}
