//! Bounds on the memory of a client, for any amount of data from a server.

use std::time::Duration;

use allocation_counter::measure;
use http4k_ws::client::{HttpClient, WebSocketClient};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::session::SessionConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::TcpListener;
use tokio::time::timeout;

const MIB: u64 = 1024 * 1024;

/// The number of bytes that each server sends, unless the client stops it.
const FLOOD: usize = 3 * 1024 * 1024;

/// Returns the head that accepts a handshake, as our own server sends it.
async fn response_to(head: &[u8]) -> Vec<u8> {
    let (mut client, server) = duplex(16 * 1024);
    let app = (|_ws: WebSocket| std::future::pending::<()>()).into_poly_handler();
    tokio::spawn(async move { app.serve_connection(server, ServerConfig::default()).await });
    client.write_all(head).await.expect("a server");
    head_of(&mut client).await
}

async fn head_of(stream: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    head
}

/// Sends `first`, then `again` until the flood is complete or the client is gone.
async fn flood(mut stream: impl AsyncWriteExt + Unpin, first: &[u8], again: &[u8]) {
    let mut chunk = again.to_vec();
    while chunk.len() < 16 * 1024 && !again.is_empty() {
        chunk.extend_from_slice(again);
    }
    let mut sent = 0;
    if stream.write_all(first).await.is_err() {
        return;
    }
    while sent < FLOOD && !chunk.is_empty() && stream.write_all(&chunk).await.is_ok() {
        sent += chunk.len();
    }
    // The connection stays open, without further bytes.
    tokio::time::sleep(Duration::from_secs(3600)).await;
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(work)
}

/// Returns the most bytes allocated at a time while `work` runs, runtime and server included.
fn peak(work: impl FnOnce()) -> u64 {
    measure(work).bytes_max
}

/// Returns the memory of an opening handshake with a server that sends `first`, then `again`
/// without end.
fn memory_of_handshake(first: &'static str, again: &'static str) -> u64 {
    peak(|| {
        run(async {
            let (ours, mut theirs) = duplex(16 * 1024);
            tokio::spawn(async move {
                head_of(&mut theirs).await;
                flood(theirs, first.as_bytes(), again.as_bytes()).await;
            });
            let opened = WebSocketClient::to("ws://localhost/")
                .connect_over(ours)
                .await;
            assert!(opened.is_err());
        });
    })
}

#[test]
fn a_handshake_is_bounded() {
    for (first, again) in [
        ("HTTP/1.1 101 ", "x"),
        ("HTTP/1.1 101 Switching Protocols\r\nX: ", "x"),
        ("HTTP/1.1 101 Switching Protocols\r\n", "X: y\r\n"),
        ("", "HTTP/1.1 102 Processing\r\n\r\n"),
        ("HTTP/1.1 404 Not Found\r\n\r\n", "x"),
        (
            "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1\r\nx\r\n",
        ),
        (
            "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n1;",
            "x",
        ),
    ] {
        let used = memory_of_handshake(first, again);
        assert!(used < MIB, "{first}{again}: {used}");
    }
}

/// Returns the memory of a socket whose server sends `first`, then `again` without end, and reads
/// nothing, while the client does not receive.
fn memory_of_socket(config: &SessionConfig, first: &[u8], again: &[u8]) -> u64 {
    let (first, again) = (first.to_vec(), again.to_vec());
    peak(|| {
        run(async {
            let (ours, mut theirs): (_, DuplexStream) = duplex(16 * 1024);
            tokio::spawn(async move {
                let head = head_of(&mut theirs).await;
                let answer = response_to(&head).await;
                flood(theirs, &[answer, first].concat(), &again).await;
            });
            let handshake = WebSocketClient::to("ws://localhost/").with_config(config.clone());
            let ws = handshake.connect_over(ours).await.expect("a socket");
            let _ = timeout(Duration::from_secs(600), ws.closed()).await;
        });
    })
}

#[test]
fn a_socket_is_bounded() {
    let given = SessionConfig::default();
    // Only the memory bounds small frames here.
    let lifted = SessionConfig::default()
        .with_max_control_rate(None)
        .with_max_empty_fragments(None)
        .with_max_fragments(None);
    let announced = |bytes: u64| [&[0x82, 127][..], &bytes.to_be_bytes()].concat();
    let message = [&[0x82, 125][..], &[b'x'; 125]].concat();
    for (what, config, first, again) in [
        (
            "a frame of four exabytes",
            &given,
            announced(1 << 62),
            &b"x"[..],
        ),
        (
            "the longest message, whose payload never arrives",
            &given,
            announced(MIB),
            b"",
        ),
        ("messages", &given, Vec::new(), &message),
        ("empty messages", &given, Vec::new(), b"\x82\x00"),
        ("pings", &given, Vec::new(), b"\x89\x04ping"),
        ("pings, however many", &lifted, Vec::new(), b"\x89\x04ping"),
        ("fragments", &given, b"\x02\x00".to_vec(), b"\x00\x01x"),
        (
            "fragments, however many",
            &lifted,
            b"\x02\x00".to_vec(),
            b"\x00\x01x",
        ),
        ("empty fragments", &given, b"\x02\x00".to_vec(), b"\x00\x00"),
        (
            "empty fragments, however many",
            &lifted,
            b"\x02\x00".to_vec(),
            b"\x00\x00",
        ),
    ] {
        let used = memory_of_socket(config, &first, again);
        // The bound covers the messages queued for the consumer, and one message in transit.
        assert!(used < 2 * MIB, "{what}: {used}");
    }
}

/// Returns the memory of a request whose server sends `first`, then `again` without end.
fn memory_of_request(first: &'static str, again: &'static str) -> u64 {
    peak(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("its address");
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.expect("a client");
                head_of(&mut stream).await;
                flood(stream, first.as_bytes(), again.as_bytes()).await;
            });
            let client = HttpClient::new()
                .with_max_body(MIB / 2)
                .with_timeout(Duration::from_secs(1));
            assert!(client.send(format!("http://{address}/")).await.is_err());
        });
    })
}

#[test]
fn a_request_is_bounded() {
    for (first, again) in [
        ("HTTP/1.1 200 ", "x"),
        ("HTTP/1.1 200 OK\r\n", "X: y\r\n"),
        ("HTTP/1.1 200 OK\r\n\r\n", "x"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
            "x",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1\r\nx\r\n",
        ),
    ] {
        let used = memory_of_request(first, again);
        assert!(used < 2 * MIB, "{first}{again}: {used}");
    }
}
