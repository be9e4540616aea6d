//! Compressed sockets of this library's client and server.

use http4k_ws::client::WebSocketClient;
use http4k_ws::contract_test;
use http4k_ws::testing::contract::Backend;
use tokio::io::{AsyncRead, AsyncWriteExt, copy, duplex, split};

use super::*;
use crate::peer::within;

fn app() -> PolyHandler {
    let on = |config: SessionConfig| config.with_deflate(Deflate::default().with_min_length(1));
    routes! {
        "/echo" with(http4k_ws::filter::session_config(on)) => ws(echo(ws)),
    }
}

/// In memory nothing is negotiated, and the same messages arrive.
#[contract_test(app())]
fn messages_return_unchanged_on_a_route_with_compression(backend: &impl Backend) {
    let mut client = backend.ws("/echo");
    for message in messages() {
        client.send(message.clone()).expect("an open socket");
        assert!(client.received().next() == Some(Ok(message)));
    }
}

fn messages() -> Vec<WsMessage> {
    let mut messages: Vec<WsMessage> = vec![
        "".into(),
        Vec::new().into(),
        "grüße — 🦀".into(),
        vec![0xFF, 0].into(),
        (0..=255).collect::<Vec<u8>>().into(),
    ];
    for length in [255, 256, 65_536, 300_000] {
        messages.push(text(length).into());
        messages.push(text(length).into_bytes().into());
    }
    messages
}

/// Connects a client with `ours` to a server with `theirs`. Returns the messages that came back, and
/// the bytes that the server sent after its handshake.
async fn exchanged(ours: Option<Deflate>, theirs: Option<Deflate>, sent: &[WsMessage]) -> usize {
    let (client_end, near) = duplex(256 * 1024);
    let (far, server_end) = duplex(256 * 1024);
    let config = SessionConfig::default().with_deflate(theirs);
    let config = ServerConfig::default().with_session(config);
    tokio::spawn(echo.serve_connection(server_end, config));
    let (near_read, near_write) = split(near);
    let (far_read, far_write) = split(far);
    tokio::spawn(copied(near_read, far_write));
    let counted = tokio::spawn(copied(far_read, near_write));
    let client = WebSocketClient::to("ws://localhost/")
        .with_config(SessionConfig::default().with_deflate(ours))
        .connect_over(client_end);
    let mut client = within(client).await.expect("a socket");
    for message in sent {
        within(client.send(message.clone()))
            .await
            .expect("an open socket");
        let back = within(client.recv()).await.expect("a message");
        assert!(back.as_ref() == Some(message), "{back:.100?}");
    }
    client.close(WsStatus::NORMAL);
    assert_eq!(within(client.closed()).await, WsStatus::NORMAL);
    drop(client);
    within(counted).await.expect("no panic")
}

async fn copied(
    mut from: impl AsyncRead + Unpin,
    mut to: impl tokio::io::AsyncWrite + Unpin,
) -> usize {
    let bytes = copy(&mut from, &mut to).await.unwrap_or_default();
    let _ = to.shutdown().await;
    bytes as usize
}

#[tokio::test]
async fn both_sides_compress_if_both_are_configured() {
    let on = Some(Deflate::default());
    let plain = exchanged(None, None, &messages()).await;
    for (ours, theirs) in [(on, None), (None, on)] {
        // The handshake has another field at most.
        let bytes = exchanged(ours, theirs, &messages()).await;
        assert!(bytes.abs_diff(plain) < 200, "{bytes} and {plain}");
    }
    let alone = exchanged(on, on, &messages()).await;
    assert!(alone < plain / 2, "{alone} of {plain}");
}

#[tokio::test]
async fn settings_of_both_sides_combine() {
    let repeated = vec![WsMessage::from(text(2000)); 20];
    let on = Deflate::default();
    let mut lengths = Vec::new();
    for ours in [
        on,
        with_takeover(),
        on.with_window_bits(9),
        with_takeover().with_level(9),
    ] {
        for theirs in [on, with_takeover(), with_takeover().with_window_bits(9)] {
            lengths.push(exchanged(Some(ours), Some(theirs), &repeated).await);
        }
    }
    // The server keeps its context only if both let it.
    assert!(lengths[4] < lengths[3] / 3, "{lengths:?}");
    assert!(lengths[4] < lengths[1] / 3, "{lengths:?}");
}
