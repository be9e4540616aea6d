//! Peers that read slowly and steadily, and peers that read nothing, over TCP with the kernel's
//! buffers. The kernel's clock can't be paused, so a slow reader takes real time. Its pace is eight
//! times the required one, which leaves room for busy machines.

use std::time::Duration;

use http4k_ws::server::{RunningServer, ServerConfig};
use http4k_ws::session::SessionConfig;
use http4k_ws::{PolyHandler, Request, WebSocket, WsMessage, WsResult, WsStatus};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, timeout};

use super::peer;

/// The server's deadline for peers that read nothing.
const STALL: Duration = Duration::from_secs(4);

/// The number of bytes that a slow peer reads each tenth of a second.
const PIECE: usize = 1600;

/// The time for which a slow peer reads, which is longer than several deadlines.
const READS: Duration = Duration::from_secs(11);

/// Sends endless messages, and a body longer than the kernel's buffers. Reports how each socket
/// ended.
fn serve() -> (RunningServer, mpsc::UnboundedReceiver<WsStatus>) {
    let (tell, told) = mpsc::unbounded_channel();
    let flood = move |ws: WebSocket| {
        let (tell, ended) = (tell.clone(), ws.closed());
        async move {
            while ws.send(WsMessage::from(vec![0; 1000])).await.is_ok() {}
            let _ = tell.send(ended.await);
            WsResult::Ok(())
        }
    };
    let app = PolyHandler::new(|_: Request| "b".repeat(8_000_000), flood);
    let config = ServerConfig::default()
        .with_write_stall(STALL)
        .with_session(SessionConfig::default().with_write_stall(STALL));
    let server = app.as_server("127.0.0.1:0").with_config(config);
    (server.start().expect("a server"), told)
}

/// Connects a peer with a receive buffer of a few kilobytes.
async fn narrow(server: &RunningServer, request: &str) -> TcpStream {
    connect(server, request, 4096).await
}

async fn connect(server: &RunningServer, request: &str, buffer: u32) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(buffer).expect("a small buffer");
    let mut stream = socket.connect(server.addr()).await.expect("a server");
    stream.write_all(request.as_bytes()).await.expect("room");
    stream
}

/// Reads slowly. Panics if the connection ends early.
async fn reads_on(mut stream: TcpStream) {
    reads(&mut stream, PIECE, READS).await;
}

/// Reads a piece each tenth of a second, and returns the number of bytes. Panics if the connection
/// ends early.
async fn reads(stream: &mut TcpStream, piece: usize, time: Duration) -> usize {
    let start = Instant::now();
    let mut pace = interval(Duration::from_millis(100));
    let (mut piece, mut all) = (vec![0; piece], 0);
    while start.elapsed() < time {
        pace.tick().await;
        let read = stream.read(&mut piece).await.expect("bytes");
        assert!(read > 0, "it ended after {:?}", start.elapsed());
        all += read;
    }
    all
}

/// Waits until the connection has ended. Bytes in the kernel's buffers stay unread until the server
/// closes the connection.
async fn is_dropped(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // A reset may follow the rest.
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.len() < 4_000_000, "{} bytes came", rest.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_slow_reader_lives_and_one_that_reads_nothing_does_not() {
    let (server, mut told) = serve();
    let (handshake, get) = (peer::handshake("/", ""), peer::get("/"));
    let stuck_socket = narrow(&server, &handshake).await;
    let stuck_request = narrow(&server, &get).await;
    let slow_socket = tokio::spawn(reads_on(narrow(&server, &handshake).await));
    let slow_request = tokio::spawn(reads_on(narrow(&server, &get).await));
    let status = timeout(Duration::from_secs(30), told.recv()).await;
    assert_eq!(status.expect("a stall"), Some(WsStatus::TRY_AGAIN_LATER));
    slow_socket.await.expect("a slow reader that lives");
    slow_request.await.expect("a slow reader that lives");
    is_dropped(stuck_socket).await;
    is_dropped(stuck_request).await;
}

/// The length of a payload that is written with a raised bound, and the part of it that its peers
/// read fast.
const LONG: usize = 16_000_000;
const FAST: usize = 4_000_000;

/// The deadline of a long payload, and the time for which its slow peers read. At their pace, half
/// of the raised bound takes three times the deadline, and a step of the usual bound a twentieth.
const LONG_STALL: Duration = Duration::from_secs(2);
const LONG_READS: Duration = Duration::from_secs(9);
const LONG_PIECE: usize = 1600;

/// Sends one long message to each socket, and a body of the same length to each request. Reports
/// how each socket ended.
fn serve_long() -> (RunningServer, mpsc::UnboundedReceiver<WsStatus>) {
    let (tell, told) = mpsc::unbounded_channel();
    let long = move |mut ws: WebSocket| {
        let (tell, ended) = (tell.clone(), ws.closed());
        async move {
            let _ = ws.send(WsMessage::from(vec![0; LONG])).await;
            while let Ok(Some(_message)) = ws.recv().await {}
            let _ = tell.send(ended.await);
            WsResult::Ok(())
        }
    };
    let app = PolyHandler::new(|_: Request| "b".repeat(LONG), long);
    let config = ServerConfig::default()
        .with_write_stall(LONG_STALL)
        .with_session(SessionConfig::default().with_write_stall(LONG_STALL));
    let server = app.as_server("127.0.0.1:0").with_config(config);
    (server.start().expect("a server"), told)
}

/// Connects a peer that reads the start of its payload fast.
async fn fast(server: &RunningServer, request: &str) -> TcpStream {
    let mut stream = connect(server, request, 16 * 1024).await;
    let mut start = vec![0; FAST];
    stream.read_exact(&mut start).await.expect("a payload");
    stream
}

/// Reads slowly, and then the rest fast. The kernel would deliver much of it for a server that has
/// dropped the connection, so only the last byte shows that it has not.
async fn reads_slowly_in_between(mut stream: TcpStream) {
    let read = FAST + reads(&mut stream, LONG_PIECE, LONG_READS).await;
    let mut rest = vec![0; LONG - read];
    stream
        .read_exact(&mut rest)
        .await
        .expect("the whole payload");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_fast_reader_of_a_long_payload_may_become_slow_but_may_not_stop() {
    let (server, mut told) = serve_long();
    let (handshake, get) = (peer::handshake("/", ""), peer::get("/"));
    let stuck_socket = fast(&server, &handshake).await;
    let stuck_request = fast(&server, &get).await;
    let slow = |stream| tokio::spawn(reads_slowly_in_between(stream));
    let slow_socket = slow(fast(&server, &handshake).await);
    let slow_request = slow(fast(&server, &get).await);
    slow_socket.await.expect("a slow reader that lives");
    slow_request.await.expect("a slow reader that lives");
    let status = timeout(Duration::from_secs(30), told.recv()).await;
    assert_eq!(status.expect("a stall"), Some(WsStatus::TRY_AGAIN_LATER));
    is_dropped(stuck_socket).await;
    is_dropped(stuck_request).await;
}
