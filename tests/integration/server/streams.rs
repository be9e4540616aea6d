//! The server and the client over in-process streams, on a paused clock.

use std::time::Duration;

use http4k_ws::client::{ConnectError, WebSocketClient};
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use http4k_ws::{PolyHandler, Request, WebSocket, WsMessage, WsResponse, WsStatus};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::peer;

async fn echo(mut ws: WebSocket) {
    while let Ok(Some(message)) = ws.recv().await {
        if ws.send(message).await.is_err() {
            return;
        }
    }
}

fn app() -> PolyHandler {
    PolyHandler::new(|_: Request| "http", echo)
}

/// Serves a pipe with a buffer of one kilobyte. Returns the other end.
fn serve(app: PolyHandler, config: ServerConfig) -> (DuplexStream, JoinHandle<()>) {
    let (ours, theirs) = duplex(1024);
    let serving = tokio::spawn(app.serve_connection(theirs, config));
    (ours, serving)
}

/// The time limit of a test, on the paused clock.
async fn within<T>(work: impl Future<Output = T>) -> T {
    let deadline = Duration::from_secs(3600);
    timeout(deadline, work)
        .await
        .expect("an end within an hour")
}

/// Reads until the stream ends. Returns the bytes and the time that it took.
async fn rest(stream: &mut DuplexStream) -> (String, Duration) {
    let start = Instant::now();
    let mut bytes = Vec::new();
    within(stream.read_to_end(&mut bytes)).await.expect("bytes");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (text, start.elapsed())
}

async fn read_head(stream: &mut DuplexStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(stream.read_u8()).await.expect("a head"));
    }
    String::from_utf8(head).expect("a head of text")
}

#[tokio::test(start_paused = true)]
async fn both_ends_talk_through_a_pipe() {
    let (ours, serving) = serve(app(), ServerConfig::default());
    let handshake = WebSocketClient::to("ws://nowhere.invalid/chat?a=b");
    let mut socket = within(handshake.connect_over(ours))
        .await
        .expect("a socket");
    assert_eq!(socket.request().uri().path(), "/chat");
    // Far longer than the pipe and any buffer.
    let long = "long ".repeat(200_000);
    for message in ["", "short", long.as_str()] {
        socket.send(message).await.expect("an open socket");
        let echoed = within(socket.recv()).await;
        assert_eq!(echoed, Ok(Some(WsMessage::from(message))));
    }
    socket.close(WsStatus::NORMAL);
    assert_eq!(within(socket.closed()).await, WsStatus::NORMAL);
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn a_buffering_stream_is_flushed() {
    let (ours, theirs) = duplex(1024);
    let serving = app().serve_connection(BufStream::new(theirs), ServerConfig::default());
    let serving = tokio::spawn(serving);
    let handshake = WebSocketClient::to("ws://localhost/");
    let connected = handshake.connect_over(BufStream::new(ours));
    let mut socket = within(connected).await.expect("a socket");
    for length in [1, 1000, 100_000] {
        let message = WsMessage::new_binary(vec![7; length]);
        socket.send(message.clone()).await.expect("an open socket");
        assert_eq!(within(socket.recv()).await, Ok(Some(message)));
    }
    drop(socket);
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn responses_keep_their_order_through_a_pipe() {
    let body = "b".repeat(50_000);
    let long = PolyHandler::new(move |_: Request| body.clone(), echo);
    let (mut ours, serving) = serve(long, ServerConfig::default());
    let both = [peer::get("/1"), peer::get("/2")].concat();
    ours.write_all(both.as_bytes()).await.expect("room");
    for _ in 0..2 {
        let head = read_head(&mut ours).await;
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let mut body = vec![0; 50_000];
        within(ours.read_exact(&mut body)).await.expect("a body");
    }
    drop(ours);
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_and_a_slow_head_are_closed_at_the_head_deadline() {
    let config = ServerConfig::default().with_head_timeout(Duration::from_secs(7));
    for begun in ["", "GET / HTTP/1.1\r\nHost"] {
        let (mut ours, serving) = serve(app(), config.clone());
        ours.write_all(begun.as_bytes()).await.expect("room");
        let (answer, took) = rest(&mut ours).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(took.as_secs(), 7, "{begun:?}");
        drop(ours);
        within(serving).await.expect("a connection that ended");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_drips_is_closed_at_the_head_deadline() {
    let (mut ours, _serving) = serve(app(), ServerConfig::default());
    let start = Instant::now();
    for byte in peer::get("/").bytes().cycle() {
        // One byte per second: always alive, never done.
        tokio::time::advance(Duration::from_secs(1)).await;
        if ours.write_u8(byte & 0x5F | 0x40).await.is_err() {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(20));
    }
    assert!(start.elapsed() >= Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_after_keep_alive() {
    let (mut ours, _serving) = serve(app(), ServerConfig::default());
    for _ in 0..3 {
        tokio::time::advance(Duration::from_secs(5)).await;
        ours.write_all(peer::get("/").as_bytes())
            .await
            .expect("room");
        read_head(&mut ours).await;
        let mut body = [0; 4];
        within(ours.read_exact(&mut body)).await.expect("a body");
        assert_eq!(&body, b"http");
    }
    let (more, took) = rest(&mut ours).await;
    assert_eq!((more.as_str(), took.as_secs()), ("", 60));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_ignores_a_close_frame_is_dropped() {
    async fn hang_up(_ws: WebSocket) {}
    let silent = PolyHandler::new(|_: Request| "http", hang_up);
    let session = SessionConfig::default().with_close_timeout(Duration::from_secs(3));
    let config = ServerConfig::default().with_session(session);
    let (mut ours, serving) = serve(silent, config);
    let start = Instant::now();
    ours.write_all(peer::handshake("/", "").as_bytes())
        .await
        .expect("room");
    let head = read_head(&mut ours).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    within(serving).await.expect("a connection that ended");
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_drops_the_connection() {
    let (ours, serving) = serve(app(), ServerConfig::default());
    let handshake = WebSocketClient::to("ws://localhost/");
    let socket = within(handshake.connect_over(ours))
        .await
        .expect("a socket");
    serving.abort();
    assert_eq!(within(socket.closed()).await, WsStatus::ABNORMAL);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_over_a_pipe_is_the_one_of_the_network() {
    let ws = |_: Request| WsResponse::refuse("no room here");
    let closed = PolyHandler::new(|_: Request| "http", ws);
    let (ours, _serving) = serve(closed, ServerConfig::default());
    let handshake = WebSocketClient::to("ws://localhost/");
    match within(handshake.connect_over(ours)).await {
        Err(ConnectError::Refused { response }) => {
            assert_eq!(&response.body()[..], b"no room here");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_dropped_at_the_deadline() {
    let (ours, _theirs) = duplex(1024);
    let start = Instant::now();
    let handshake = WebSocketClient::to("ws://localhost/").with_timeout(Duration::from_secs(9));
    let refused = within(handshake.connect_over(ours)).await;
    assert!(matches!(refused, Err(ConnectError::Timeout { .. })));
    assert_eq!(start.elapsed().as_secs(), 9);
}
