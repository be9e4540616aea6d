//! A peer that breaks a rule, whose earlier messages have their responses first.

use std::time::Instant;

use http4k_ws::session::SessionConfig;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::time::sleep;

use super::*;
use crate::peer::{FIN, Peer, TEXT};

/// Two messages, and a frame with a reserved bit.
const TWO_AND_A_VIOLATION: &[u8] = b"\x81\x01a\x81\x01b\xC1\x01c";

/// Opens a client over a pipe. Returns the server's end, and what the client has connected to.
async fn client_of_raw_server() -> (WebSocket, DuplexStream) {
    let (ours, theirs) = duplex(256 * 1024);
    let client = tokio::spawn(WebSocketClient::to("ws://localhost/").connect_over(ours));
    let server = Peer::accept(theirs).await;
    (client.await.expect("no panic").expect("open"), server)
}

/// Reads frames of the client until the end of its connection, which it leaves in order.
async fn frames_of(server: DuplexStream) -> Vec<(u8, Vec<u8>)> {
    let mut peer = Peer::over(server);
    let mut frames = Vec::new();
    loop {
        let (first, payload) = peer.next().await;
        let is_close = first == 0x88;
        frames.push((first, payload));
        if is_close {
            return frames;
        }
    }
}

fn texts(frames: &[(u8, Vec<u8>)]) -> Vec<&str> {
    let texts = frames.iter().filter(|(first, _)| *first == FIN | TEXT);
    texts
        .map(|(_, payload)| std::str::from_utf8(payload).expect("text"))
        .collect()
}

fn code(frames: &[(u8, Vec<u8>)]) -> u16 {
    let (first, payload) = frames.last().expect("a frame");
    assert_eq!(*first, 0x88);
    u16::from_be_bytes([payload[0], payload[1]])
}

async fn echo_slowly(mut ws: WebSocket, pause: Duration) -> WsResult {
    while let Some(message) = ws.recv().await? {
        sleep(pause).await;
        ws.send(message).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_client_responds_to_the_messages_before_a_violation() {
    for pause in [0, 100].map(Duration::from_millis) {
        let (ws, mut server) = client_of_raw_server().await;
        let consumer = tokio::spawn(echo_slowly(ws, pause));
        server.write_all(TWO_AND_A_VIOLATION).await.expect("room");
        let frames = within(frames_of(server)).await;
        assert_eq!(texts(&frames), ["a", "b"], "{pause:?}");
        assert_eq!(code(&frames), 1002);
        within(consumer).await.expect("no panic").expect("open");
    }
}

/// The peer sends the violation while the consumer still works on the message before it.
#[tokio::test]
async fn a_violation_waits_for_a_response_that_is_on_its_way() {
    let (mut ws, mut server) = client_of_raw_server().await;
    server.write_all(b"\x81\x01a").await.expect("room");
    assert_eq!(within(ws.recv()).await, Ok(Some("a".into())));
    server.write_all(b"\xC1\x01c").await.expect("room");
    sleep(Duration::from_millis(50)).await;
    ws.send("b")
        .await
        .expect("the connection has not failed yet");
    assert_eq!(within(ws.recv()).await, Ok(None));
    let frames = within(frames_of(server)).await;
    assert_eq!((texts(&frames), code(&frames)), (vec!["b"], 1002));
}

/// The socket was moved out of the handler, so its session does not poll its consumer.
#[tokio::test]
async fn a_server_responds_from_another_task_before_a_violation() {
    let app = |ws: WebSocket| drop(tokio::spawn(echo_slowly(ws, Duration::from_millis(20))));
    let mut peer = Peer::open(app, ServerConfig::default(), "/", &[]).await;
    peer.send(FIN | TEXT, "a").await;
    peer.send(FIN | TEXT, "b").await;
    peer.send(0x40 | FIN | TEXT, "c").await;
    assert_eq!(peer.next().await, (FIN | TEXT, b"a".to_vec()));
    assert_eq!(peer.next().await, (FIN | TEXT, b"b".to_vec()));
    assert_eq!(peer.closed().await.0, 1002);
}

/// Returns the time until the close frame of a client, of which `consumer` receives.
async fn time_to_fail<F: Future<Output = ()> + Send + 'static>(
    consumer: impl FnOnce(WebSocket) -> F,
    first: &[u8],
) -> Duration {
    let (ws, mut server) = client_of_raw_server().await;
    let consumer = tokio::spawn(consumer(ws));
    tokio::task::yield_now().await;
    let started = Instant::now();
    server.write_all(first).await.expect("room");
    assert_eq!(code(&within(frames_of(server)).await), 1002);
    consumer.abort();
    started.elapsed()
}

#[tokio::test]
async fn a_consumer_that_does_not_respond_delays_a_failure_by_a_second_at_most() {
    let second = Duration::from_millis(900)..Duration::from_secs(5);
    let never = |ws: WebSocket| async move {
        std::future::pending::<()>().await;
        drop(ws);
    };
    let time = time_to_fail(never, TWO_AND_A_VIOLATION).await;
    assert!(second.contains(&time), "{time:?}");
    // A consumer that sends on and on does not put it off.
    let flood = |ws: WebSocket| async move {
        while ws.send("more").await.is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let time = time_to_fail(flood, TWO_AND_A_VIOLATION).await;
    assert!(second.contains(&time), "{time:?}");
}

#[tokio::test]
async fn nothing_delays_a_failure_that_no_response_precedes() {
    let soon = Duration::from_millis(500);
    let never = |ws: WebSocket| async move {
        std::future::pending::<()>().await;
        drop(ws);
    };
    assert!(time_to_fail(never, b"\xC1\x01c").await < soon);
    let callbacks = |ws: WebSocket| async move { ws.on_message(|_message| WsResult::Ok(())) };
    assert!(time_to_fail(callbacks, TWO_AND_A_VIOLATION).await < soon);
}

/// The peer reads nothing, and the consumer responds without end.
#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_is_left_after_the_stall_of_a_write() {
    let (ours, theirs) = duplex(4096);
    let config = SessionConfig::default().with_write_stall(Duration::from_secs(10));
    let client = WebSocketClient::to("ws://localhost/").with_config(config);
    let client = tokio::spawn(client.connect_over(ours));
    let mut server = Peer::accept(theirs).await;
    let ws = client.await.expect("no panic").expect("open");
    let (sender, closed) = (ws.sender(), ws.closed());
    tokio::spawn(async move {
        while sender.send("x".repeat(1000)).await.is_ok() {}
        drop(ws);
    });
    server.write_all(TWO_AND_A_VIOLATION).await.expect("room");
    let started = tokio::time::Instant::now();
    assert_eq!(closed.await.code(), 1002);
    let time = started.elapsed();
    assert!(time < Duration::from_secs(12), "{time:?}");
    drop(server);
}
