//! Opening handshakes: those that are accepted at once, without the parser of other requests, and
//! those that are accepted later, refused, or sent after another request. All look alike.

use std::collections::BTreeSet;
use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{sleep, timeout};

/// A masked text frame with `a`.
const FRAME: &[u8] = b"\x81\x81\0\0\0\0a";

/// The echo of [`FRAME`].
const ECHO: &[u8] = b"\x81\x01a";

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Responds to `/now` at once, to `/later` after a second, and with a field of its own.
async fn deciding(request: Request, next: WsNext) -> WsResponse {
    match request.uri().path() {
        "/later" => sleep(Duration::from_secs(1)).await,
        "/no" => return WsResponse::refuse(StatusCode::UNAUTHORIZED),
        _ => {}
    }
    next.call(request).await.with_header("x-kind", "echo")
}

fn serve(config: ServerConfig) -> DuplexStream {
    let (ours, theirs) = duplex(64 * 1024);
    let app = PolyHandler::new(|_request: Request| "page", deciding.then(echo));
    tokio::spawn(app.serve_connection(theirs, config));
    ours
}

fn handshake(path: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    .into_bytes()
}

async fn head(stream: &mut DuplexStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = timeout(Duration::from_secs(60), stream.read_u8()).await;
        head.push(byte.expect("a head in time").expect("an open connection"));
    }
    String::from_utf8(head).expect("text")
}

async fn echoed(stream: &mut DuplexStream) {
    let mut echo = [0; ECHO.len()];
    stream.read_exact(&mut echo).await.expect("an echo");
    assert_eq!(echo, ECHO);
}

/// Returns the status line and the fields of a response, without the time of day.
fn fields(head: &str) -> BTreeSet<String> {
    let lines = head.lines().map(|line| match line.split_once(": ") {
        Some(("date", date)) => {
            assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
            "date".to_owned()
        }
        _ => line.to_owned(),
    });
    lines.collect()
}

#[tokio::test(start_paused = true)]
async fn a_handshake_has_one_response_whenever_it_is_accepted() {
    let mut heads = Vec::new();
    for (before, path) in [(false, "/now"), (false, "/later"), (true, "/now")] {
        let mut stream = serve(ServerConfig::default());
        if before {
            let page = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
            stream.write_all(page).await.expect("room");
            assert!(head(&mut stream).await.starts_with("HTTP/1.1 200"));
            stream.read_exact(&mut [0; 4]).await.expect("a page");
        }
        stream.write_all(&handshake(path)).await.expect("room");
        heads.push(fields(&head(&mut stream).await));
        stream.write_all(FRAME).await.expect("room");
        echoed(&mut stream).await;
    }
    assert!(heads[0].contains("x-kind: echo"), "{heads:?}");
    assert!(heads[0].contains("date"), "{heads:?}");
    assert!(heads.iter().all(|head| *head == heads[0]), "{heads:?}");
}

#[tokio::test(start_paused = true)]
async fn a_frame_behind_the_head_arrives() {
    for path in ["/now", "/later"] {
        let mut stream = serve(ServerConfig::default());
        let bytes = [&handshake(path)[..], FRAME, FRAME].concat();
        stream.write_all(&bytes).await.expect("room");
        assert!(head(&mut stream).await.starts_with("HTTP/1.1 101"));
        echoed(&mut stream).await;
        echoed(&mut stream).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_in_pieces_opens_a_socket() {
    let mut stream = serve(ServerConfig::default());
    for piece in handshake("/now").chunks(7) {
        stream.write_all(piece).await.expect("room");
        sleep(Duration::from_millis(1)).await;
    }
    assert!(head(&mut stream).await.starts_with("HTTP/1.1 101"));
    stream.write_all(FRAME).await.expect("room");
    echoed(&mut stream).await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_handshake_may_be_followed_by_another() {
    let mut stream = serve(ServerConfig::default());
    stream.write_all(&handshake("/no")).await.expect("room");
    let refused = head(&mut stream).await;
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    assert!(refused.contains("content-length: 0"), "{refused}");
    stream.write_all(&handshake("/now")).await.expect("room");
    assert!(head(&mut stream).await.starts_with("HTTP/1.1 101"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_before_the_response_opens_no_socket() {
    let (done, is_done) = tokio::sync::oneshot::channel::<()>();
    let mut done = Some(done);
    let (mut ours, theirs) = duplex(64 * 1024);
    let slow = std::sync::Mutex::new(done.take());
    let waiting = move |_request: Request| {
        let guard = slow.lock().unwrap().take();
        async move {
            // Dropped with the handshake.
            let _guard = guard;
            sleep(Duration::from_secs(3600 * 24 * 365)).await;
            StatusCode::OK
        }
    };
    let waiting = move |request: Request| {
        let waiting = waiting(request);
        async move { WsResponse::refuse(waiting.await) }
    };
    let app = PolyHandler::new(|_request: Request| "page", waiting);
    tokio::spawn(app.serve_connection(theirs, ServerConfig::default()));
    ours.write_all(&handshake("/")).await.expect("room");
    sleep(Duration::from_secs(1)).await;
    drop(ours);
    let left = timeout(Duration::from_secs(3600), is_done).await;
    assert!(left.expect("the handler is dropped").is_err());
}
