//! The end of an encrypted connection (RFC 8446 §6.1), and of the socket over it.

use std::time::Duration;

use http4k_ws::client::WebSocketClient;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{PolyHandler, Request, WebSocket, WsStatus};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio_rustls::client::TlsStream;

use super::certificates::{Pair, self_signed};
use super::handshake::{BOTH, shake_hands, within};
use super::{server_tls, start, trusting};

/// Returns an application that reports how each of its sockets ended.
fn reporting() -> (PolyHandler, mpsc::UnboundedReceiver<WsStatus>) {
    let (tell, told) = mpsc::unbounded_channel();
    let app = PolyHandler::new(
        |_: Request| "http",
        move |mut ws: WebSocket| {
            let tell = tell.clone();
            async move {
                while let Ok(Some(_)) = ws.recv().await {}
                let _ = tell.send(ws.closed().await);
            }
        },
    );
    (app, told)
}

async fn end_of(mut told: mpsc::UnboundedReceiver<WsStatus>) -> WsStatus {
    within(told.recv()).await.expect("a socket that ended")
}

/// Opens a socket over TLS, with frames made by hand.
async fn opened(app: PolyHandler, pair: &Pair, session: SessionConfig) -> TlsStream<DuplexStream> {
    let config = ServerConfig::default()
        .with_tls(server_tls(pair))
        .with_session(session);
    let (ours, theirs) = duplex(64 * 1024);
    tokio::spawn(app.serve_connection(theirs, config));
    let stream = shake_hands(ours, pair, BOTH, &[]).await;
    let mut stream = stream.expect("TLS");
    let handshake = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\r\n";
    stream.write_all(handshake.as_bytes()).await.expect("room");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(stream.read_u8()).await.expect("a head"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    stream
}

/// A masked close frame with 1000.
const CLOSE: [u8; 8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8];

#[tokio::test(start_paused = true)]
async fn the_server_sends_close_notify() {
    let (app, told) = reporting();
    let pair = self_signed(&["localhost"]);
    let mut stream = opened(app, &pair, SessionConfig::default()).await;
    stream.write_all(&CLOSE).await.expect("room");
    let mut rest = Vec::new();
    // Without close_notify, rustls fails here: an attacker could have caused the end.
    within(stream.read_to_end(&mut rest))
        .await
        .expect("an end in order");
    assert_eq!(rest, [0x88, 2, 0x03, 0xE8]);
    stream.shutdown().await.expect("an end");
    drop(stream);
    assert_eq!(end_of(told).await, WsStatus::NORMAL);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_ends_tls_without_a_close_frame_is_lost() {
    for orderly in [true, false] {
        let (app, told) = reporting();
        let pair = self_signed(&["localhost"]);
        let mut stream = opened(app, &pair, SessionConfig::default()).await;
        if orderly {
            stream.shutdown().await.expect("an end");
        }
        drop(stream);
        assert_eq!(end_of(told).await, WsStatus::ABNORMAL);
    }
}

#[tokio::test(start_paused = true)]
async fn a_close_frame_arrives_although_the_peer_goes_on_sending() {
    let (app, _told) = reporting();
    let pair = self_signed(&["localhost"]);
    let session = SessionConfig::default().with_max_frame(16);
    let mut stream = opened(app, &pair, session).await;
    // A frame of one megabyte, rejected from its header, and its complete payload.
    stream
        .write_all(&[0x82, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0])
        .await
        .expect("room");
    let payload = [0; 16 * 1024];
    for _ in 0..12 {
        within(stream.write_all(&payload)).await.expect("room");
    }
    let mut frame = [0; 4];
    within(stream.read_exact(&mut frame))
        .await
        .expect("a frame");
    assert_eq!(frame[0], 0x88);
    assert_eq!(u16::from_be_bytes([frame[2], frame[3]]), 1009);
}

#[test]
fn sockets_over_tls_close_with_1001_when_the_server_stops() {
    let pair = self_signed(&["localhost"]);
    let server = start(&pair);
    let uri = format!("wss://localhost:{}/", server.port());
    let handshake = WebSocketClient::to(uri).with_tls(trusting(&pair.chain));
    let client = handshake.blocking().expect("a socket");
    let mut client = client.with_patience(Duration::from_secs(20));
    let stopping = std::thread::spawn(move || server.stop());
    assert_eq!(client.closed().as_ref().map(WsStatus::code), Some(1001));
    assert_eq!(stopping.join().expect("a stop").cut, 0);
}
