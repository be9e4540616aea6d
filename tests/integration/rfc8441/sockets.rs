//! §5 and §6: sockets that share a connection.

use std::sync::Arc;
use std::time::Duration;

use h2::Reason;
use h2::client::Builder;
use http4k_ws::server::{Http2Config, ServerConfig};
use http4k_ws::session::SessionConfig;
use http4k_ws::{PolyHandler, Request, WebSocket, WsMessage, WsStatus};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

use super::app;
use crate::http2::client::{BINARY, CLOSE, Client, TEXT, get, handshake};
use crate::http2::{serve, within};

/// Returns an application that reports the end of each socket.
fn reporting() -> (PolyHandler, mpsc::UnboundedReceiver<WsStatus>) {
    let (tell, told) = mpsc::unbounded_channel();
    let ws = move |mut ws: WebSocket| {
        let tell = tell.clone();
        async move {
            let _ = ws.send("open").await;
            while let Ok(Some(_)) = ws.recv().await {}
            let _ = tell.send(ws.closed().await);
        }
    };
    (PolyHandler::new(|_: Request| "http", ws), told)
}

/// "TCP-level … RST … represented as a stream error … CANCEL".
#[tokio::test(start_paused = true)]
async fn a_reset_or_ended_stream_loses_its_own_socket_only() {
    let (app, mut told) = reporting();
    let mut client = Client::to(app, ServerConfig::default()).await;
    let mut stays = client.open("/", &[]).await;
    let mut reset = client.open("/", &[]).await;
    reset.send.send_reset(Reason::CANCEL);
    assert_eq!(within(told.recv()).await, Some(WsStatus::ABNORMAL));
    let mut ended = client.open("/", &[]).await;
    ended.end();
    assert_eq!(within(told.recv()).await, Some(WsStatus::ABNORMAL));
    assert_eq!(stays.text().await, "open");
    assert_eq!(client.ask(get("/", &[])).await.text(), "http");
}

#[tokio::test(start_paused = true)]
async fn a_broken_connection_loses_all_its_sockets() {
    let (app, mut told) = reporting();
    let (ours, serving) = serve(app, ServerConfig::default());
    let mut client = Client::over(ours, &Builder::new()).await;
    for _ in 0..3 {
        assert_eq!(client.open("/", &[]).await.text().await, "open");
    }
    client.connection.abort();
    for _ in 0..3 {
        assert_eq!(within(told.recv()).await, Some(WsStatus::ABNORMAL));
    }
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn an_abruptly_closed_socket_is_reset() {
    async fn hang_up(_ws: WebSocket) {}
    let app = PolyHandler::new(|_: Request| "http", hang_up);
    let mut client = Client::to(app, ServerConfig::default()).await;
    let mut socket = client.open("/", &[]).await;
    let start = Instant::now();
    assert_eq!(socket.close_code().await, 1000);
    // The peer does not respond to the close frame.
    assert_eq!(socket.ended().await, Some(Reason::CANCEL));
    assert_eq!(start.elapsed().as_secs(), 5);
    assert_eq!(client.ask(get("/", &[])).await.text(), "http");
}

#[tokio::test(start_paused = true)]
async fn long_messages_travel_both_ways_through_small_windows() {
    let http2 = Http2Config::default().with_stream_window(20_000);
    let config = ServerConfig::default().with_http2(http2);
    let mut client = Client::to(app(), config).await;
    let mut socket = client.open("/echo", &[]).await;
    assert_eq!(socket.text().await, "hello");
    let payload: Vec<u8> = (0..1024 * 1024).map(|n| (n % 251) as u8).collect();
    for _ in 0..2 {
        socket.send_frame(BINARY, &payload);
        let (opcode, echoed) = socket.frame().await;
        assert_eq!((opcode, echoed.len()), (BINARY, payload.len()));
        assert!(echoed == payload);
    }
}

#[tokio::test(start_paused = true)]
async fn many_sockets_and_requests_share_a_connection() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let mut sockets = Vec::new();
    for _ in 0..80 {
        let mut socket = client.open("/echo", &[]).await;
        assert_eq!(socket.text().await, "hello");
        sockets.push(socket);
    }
    for (n, socket) in sockets.iter_mut().enumerate() {
        socket.send_frame(TEXT, n.to_string().as_bytes());
    }
    assert_eq!(client.ask(get("/", &[])).await.text(), "http");
    for (n, socket) in sockets.iter_mut().enumerate() {
        assert_eq!(socket.text().await, n.to_string());
    }
}

/// Small frames in great number wait for a slow consumer, within a bound.
#[tokio::test(start_paused = true)]
async fn many_short_messages_wait_for_a_slow_consumer() {
    let gate = Arc::new(Semaphore::new(0));
    let behind = Arc::clone(&gate);
    let ws = move |mut ws: WebSocket| {
        let gate = Arc::clone(&behind);
        async move {
            gate.acquire().await.expect("an open gate").forget();
            let mut count = 0;
            while let Ok(Some(message)) = ws.recv().await {
                if message == "last" {
                    break;
                }
                count += 1;
            }
            let _ = ws.send(count.to_string()).await;
        }
    };
    let app = PolyHandler::new(|_: Request| "http", ws);
    let mut client = Client::to(app, ServerConfig::default()).await;
    let mut socket = client.open("/", &[]).await;
    for _ in 0..5000 {
        socket.send_frame(TEXT, b"x");
    }
    assert_eq!(client.ask(get("/", &[])).await.text(), "http");
    gate.add_permits(1);
    socket.send_frame(TEXT, b"last");
    assert_eq!(socket.text().await, "5000");
}

#[tokio::test(start_paused = true)]
async fn too_many_short_frames_end_the_connection() {
    async fn wait(_ws: WebSocket) {
        std::future::pending::<()>().await;
    }
    let app = PolyHandler::new(|_: Request| "http", wait);
    let http2 = Http2Config::default().with_max_unread_frames(500);
    let mut client = Client::to(app, ServerConfig::default().with_http2(http2)).await;
    let mut socket = client.open("/", &[]).await;
    for _ in 0..20_000 {
        socket.send_frame(TEXT, b"x");
    }
    let ended = within(client.connection).await.expect("a client");
    let reason = ended.expect_err("a failure").reason();
    assert_eq!(reason, Some(Reason::ENHANCE_YOUR_CALM));
}

#[tokio::test(start_paused = true)]
async fn a_message_over_the_limit_closes_with_1009() {
    let config = ServerConfig::default().with_max_message(16);
    let mut client = Client::to(app(), config).await;
    let mut socket = client.open("/echo", &[]).await;
    assert_eq!(socket.text().await, "hello");
    socket.send_frame(TEXT, &[b'x'; 17]);
    assert_eq!(socket.close_code().await, 1009);
}

/// A peer that opens no window counts as one that does not read.
#[tokio::test(start_paused = true)]
async fn a_peer_that_opens_no_window_is_dropped() {
    async fn flood(ws: WebSocket) {
        while ws
            .send(WsMessage::new_binary(vec![0; 10_000]))
            .await
            .is_ok()
        {}
    }
    let app = PolyHandler::new(|_: Request| "http", flood);
    let session = SessionConfig::default().with_write_stall(Duration::from_secs(4));
    let (ours, _serving) = serve(app, ServerConfig::default().with_session(session));
    let mut closed = Builder::new();
    closed.initial_window_size(0);
    let mut client = Client::over(ours, &closed).await;
    let mut socket = client.open("/", &[]).await;
    let start = Instant::now();
    let lost = std::future::poll_fn(|cx| socket.send.poll_reset(cx));
    assert_eq!(within(lost).await.expect("a reset"), Reason::CANCEL);
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn sockets_close_with_1001_when_the_server_stops() {
    let server = app().as_server("127.0.0.1:0").start().expect("a server");
    let stream = TcpStream::connect(server.addr())
        .await
        .expect("a connection");
    let mut client = Client::over(stream, &Builder::new()).await;
    let mut sockets = vec![
        client.open("/echo", &[]).await,
        client.open("/echo", &[]).await,
    ];
    for socket in &mut sockets {
        assert_eq!(socket.text().await, "hello");
    }
    let stopping = tokio::task::spawn_blocking(move || server.stop());
    for socket in &mut sockets {
        assert_eq!(socket.close_code().await, 1001);
        socket.send_frame(CLOSE, &[0x03, 0xE9]);
        assert_eq!(socket.ended().await, None);
    }
    let report = within(stopping).await.expect("a stop");
    assert_eq!((report.sockets, report.cut), (2, 0));
    let connection = within(client.connection).await.expect("a client");
    connection.expect("an end in order");
}

/// Sockets count as streams (§4, RFC 9113 §5.1.2).
#[tokio::test(start_paused = true)]
async fn sockets_and_requests_share_one_bound() {
    let config = ServerConfig::default().with_http2(Http2Config::default().with_max_streams(2));
    let mut client = Client::to(app(), config).await;
    let mut sockets = [
        client.open("/echo", &[]).await,
        client.open("/echo", &[]).await,
    ];
    let (waiting, _stream) = client.begin(handshake("/echo", &[]), false);
    tokio::task::yield_now().await;
    sockets[0].send_frame(CLOSE, &[0x03, 0xE8]);
    sockets[0].end();
    let answer = within(waiting).await.expect("an answer");
    assert_eq!(answer.status(), 200);
}

/// A ping of the application reaches the peer's end of its stream, not the end of the connection.
#[tokio::test(start_paused = true)]
async fn an_explicit_ping_measures_the_round_trip() {
    let ws = |ws: WebSocket| async move {
        let time = ws.ping().await?;
        http4k_ws::WsResult::Ok(ws.send(time.as_millis().to_string()).await?)
    };
    let app = PolyHandler::new(|_: Request| "http", ws);
    let mut client = Client::to(app, ServerConfig::default()).await;
    let mut socket = client.open("/", &[]).await;
    let (opcode, payload) = socket.frame().await;
    assert_eq!(opcode, 9);
    tokio::time::sleep(Duration::from_millis(40)).await;
    socket.send_frame(10, &payload);
    assert_eq!(socket.text().await, "40");
}
