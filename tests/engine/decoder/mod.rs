//! Frames of a peer, and the answers of a socket in both roles.

use std::future::pending;

use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;

use crate::peer::{Peer, head_of, within};

/// Sends `head` to a server of `app`. Returns the client's end of the open connection, and the head
/// of the response.
async fn accepted<Kind>(app: impl Serve<Kind>, head: &str) -> (DuplexStream, String) {
    let (mut ours, theirs) = duplex(256 * 1024);
    tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    ours.write_all(head.as_bytes()).await.expect("room");
    let response = head_of(&mut ours).await;
    assert!(response.starts_with("HTTP/1.1 101"));
    (ours, response)
}

const HANDSHAKE: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A frame header with a key of zeros, which changes nothing.
fn masked(opcode: u8, length: u8) -> [u8; 6] {
    [0x80 | opcode, 0x80 | length, 0, 0, 0, 0]
}

/// Returns the code of the close frame that arrives next.
async fn close_code(stream: &mut DuplexStream) -> u16 {
    let mut header = [0; 2];
    within(stream.read_exact(&mut header))
        .await
        .expect("a frame");
    assert_eq!(header[0], 0x88, "a close frame");
    let mut key = [0; 4];
    if header[1] & 0x80 != 0 {
        within(stream.read_exact(&mut key)).await.expect("a key");
    }
    let mut code = [0; 2];
    within(stream.read_exact(&mut code)).await.expect("a code");
    u16::from_be_bytes([code[0] ^ key[0], code[1] ^ key[1]])
}

async fn silent(_ws: WebSocket) {
    pending::<()>().await;
}

#[tokio::test]
async fn text_fails_at_the_server_before_its_frame_has_arrived() {
    let (mut client, _) = accepted(silent, HANDSHAKE).await;
    let arrived = [&masked(1, 100)[..], b"abc\xFF"].concat();
    client.write_all(&arrived).await.expect("room");
    assert_eq!(close_code(&mut client).await, 1007);
}

#[tokio::test]
async fn text_fails_at_the_client_before_its_frame_has_arrived() {
    let (ours, theirs) = duplex(256 * 1024);
    let client = tokio::spawn(WebSocketClient::to("ws://localhost/").connect_over(ours));
    let mut server = Peer::accept(theirs).await;
    let mut ws = within(client).await.expect("no panic").expect("open");
    server.write_all(b"\x81\x02ok").await.expect("room");
    server.write_all(b"\x81\x64abc\xFF").await.expect("room");
    assert_eq!(close_code(&mut server).await, 1007);
    // What came before it arrives.
    let first = within(ws.recv()).await.expect("open").expect("a message");
    assert_eq!(first, "ok");
}

#[tokio::test]
async fn a_close_frame_of_a_peer_that_has_left_is_read() {
    let (sender, mut ends) = mpsc::unbounded_channel();
    let app = move |mut ws: WebSocket| {
        let sender = sender.clone();
        async move {
            while let Ok(Some(message)) = ws.recv().await {
                sender.send(message.text().into_owned()).expect("a test");
            }
            sender.send(ws.closed().await.to_string()).expect("a test");
        }
    };
    let (mut client, _) = accepted(app, HANDSHAKE).await;
    let sent = [
        &masked(1, 1)[..],
        b"a",
        &masked(8, 5)[..],
        &4321_u16.to_be_bytes(),
        b"bye",
    ];
    client.write_all(&sent.concat()).await.expect("room");
    drop(client);
    assert_eq!(within(ends.recv()).await.expect("a message"), "a");
    let status = within(ends.recv()).await.expect("an end");
    assert!(
        status.contains("4321") && status.contains("bye"),
        "{status}"
    );
}
