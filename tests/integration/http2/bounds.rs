//! The limits of one connection (RFC 9113 §10.5).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use h2::client::Builder;
use http::StatusCode;
use http4k_ws::server::{Http2Config, ServerConfig};
use http4k_ws::{PolyHandler, Request, WebSocket, WsStatus};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::client::{Client, get, handshake};
use super::frames::{
    CANCEL, END_HEADERS, ENHANCE_YOUR_CALM, Frame, GOAWAY, HEADERS, PING, Peer, REFUSED_STREAM,
    RST_STREAM, SETTINGS,
};
use super::{serve, within};

async fn no_socket(ws: WebSocket) {
    ws.close(WsStatus::NORMAL);
}

fn app() -> PolyHandler {
    PolyHandler::new(|_: Request| "fine", no_socket)
}

/// Returns an application that never responds, and counts its requests.
fn silent() -> (PolyHandler, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let http = move |_: Request| {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::pending::<&str>()
    };
    (PolyHandler::new(http, no_socket), asked)
}

/// RFC 9113 §6.5.2.
#[tokio::test(start_paused = true)]
async fn the_settings_declare_the_limits() {
    let config = ServerConfig::default().with_max_head(5000);
    let http2 = Http2Config::default()
        .with_max_streams(7)
        .with_stream_window(70_000);
    let (ours, _serving) = serve(app(), config.with_http2(http2));
    let mut peer = Peer::new(ours, &[]).await;
    let settings = peer.next_of(&[SETTINGS]).await.expect("settings");
    let told: Vec<_> = settings
        .payload
        .chunks(6)
        .map(|six| {
            let name = u16::from_be_bytes([six[0], six[1]]);
            (name, u32::from_be_bytes([six[2], six[3], six[4], six[5]]))
        })
        .collect();
    // Streams, window, field list; extended CONNECT (RFC 8441 §3).
    for setting in [(3, 7), (4, 70_000), (6, 5000), (8, 1)] {
        assert!(told.contains(&setting), "{setting:?} in {told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_stream_too_many_is_refused() {
    let (app, asked) = silent();
    let config = ServerConfig::default().with_http2(Http2Config::default().with_max_streams(3));
    let mut peer = Peer::new(serve(app, config).0, &[]).await;
    for stream in [1, 3, 5, 7] {
        peer.send(Frame::get(stream, "/")).await;
    }
    let refused = peer
        .next_of(&[RST_STREAM, GOAWAY])
        .await
        .expect("a refusal");
    assert_eq!((refused.stream, refused.code()), (7, REFUSED_STREAM));
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

/// The attack of CVE-2023-44487.
#[tokio::test(start_paused = true)]
async fn requests_that_are_cancelled_at_once_end_the_connection() {
    let (app, asked) = silent();
    let (ours, serving) = serve(app, ServerConfig::default());
    let peer = Peer::new(ours, &[]).await;
    let mut bytes = Vec::new();
    for stream in (1..4001).step_by(2) {
        bytes.extend(Frame::get(stream, "/").bytes());
        bytes.extend(Frame::reset(stream, CANCEL).bytes());
    }
    // All requests at once, until the server stops reading.
    let (mut reading, mut writing) = tokio::io::split(peer.stream);
    let writes = tokio::spawn(async move {
        let _ = tokio::io::AsyncWriteExt::write_all(&mut writing, &bytes).await;
    });
    let mut answer = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut reading, &mut answer);
    super::within(read).await.expect("an end");
    super::within(writes).await.expect("a writer");
    super::within(serving)
        .await
        .expect("a connection that ended");
    assert_eq!(last_goaway(&answer), Some(ENHANCE_YOUR_CALM));
    let asked = asked.load(Ordering::Relaxed);
    assert!(asked <= 200, "{asked} requests were begun");
}

/// Returns the error code of the last GOAWAY in a run of frames.
fn last_goaway(mut bytes: &[u8]) -> Option<u32> {
    let mut found = None;
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = bytes {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        if *kind == GOAWAY {
            let code = rest.get(4..8)?;
            found = Some(u32::from_be_bytes(code.try_into().ok()?));
        }
        bytes = rest.get(length..)?;
    }
    found
}

#[tokio::test(start_paused = true)]
async fn a_head_that_is_too_long_is_refused() {
    let mut client = Client::to(app(), ServerConfig::default()).await;
    let long = "b".repeat(17_000);
    let answer = client.ask(get("/", &[("x", &long)])).await;
    assert_eq!(answer.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let many = vec![("x", "y"); 100];
    let answer = client.ask(get("/", &many)).await;
    assert_eq!(answer.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let target = format!("/{}", "b".repeat(8192));
    let answer = client.ask(get(&target, &[])).await;
    assert_eq!(answer.status, StatusCode::URI_TOO_LONG);
    assert_eq!(client.ask(get("/", &many[..50])).await.text(), "fine");
}

/// An endless head, in frames of its own (CVE-2024-27316).
#[tokio::test(start_paused = true)]
async fn a_head_that_never_ends_ends_the_connection() {
    const CONTINUATION: u8 = 9;
    let (ours, serving) = serve(app(), ServerConfig::default());
    let mut peer = Peer::new(ours, &[]).await;
    let head = Frame::get(1, "/");
    peer.send(Frame::new(HEADERS, 0, 1, head.payload)).await;
    let field = [&[0, 1, b'x', 100][..], &[b'y'; 100]].concat().repeat(100);
    for _ in 0..200 {
        let bytes = Frame::new(CONTINUATION, 0, 1, field.clone()).bytes();
        let sent = tokio::io::AsyncWriteExt::write_all(&mut peer.stream, &bytes);
        if super::within(sent).await.is_err() {
            break;
        }
    }
    super::within(serving)
        .await
        .expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_stops_in_the_middle_is_given_up() {
    let (ours, serving) = serve(app(), ServerConfig::default());
    let mut peer = Peer::new(ours, &[]).await;
    let start = Instant::now();
    let head = Frame::get(1, "/");
    assert_eq!(head.flags & END_HEADERS, END_HEADERS);
    peer.send(Frame::new(HEADERS, 0, 1, head.payload)).await;
    while peer.next().await.is_some() {}
    super::within(serving)
        .await
        .expect("a connection that ended");
    // The head's 10 s, and the time to leave after GOAWAY.
    assert!(start.elapsed() <= Duration::from_secs(21));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_is_gone_is_noticed() {
    let (app, _) = silent();
    let (ours, serving) = serve(app, ServerConfig::default());
    let mut peer = Peer::new(ours, &[]).await;
    peer.polite = false;
    let start = Instant::now();
    peer.send(Frame::get(1, "/")).await;
    let asked = peer.next_of(&[PING]).await.expect("a ping");
    assert_eq!((asked.flags, start.elapsed().as_secs()), (0, 20));
    super::within(serving)
        .await
        .expect("a connection that ended");
    assert_eq!(start.elapsed().as_secs(), 40);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_is_there_is_waited_for() {
    let (app, _) = silent();
    let (ours, _serving) = serve(app, ServerConfig::default());
    let mut peer = Peer::new(ours, &[]).await;
    let start = Instant::now();
    peer.send(Frame::get(1, "/")).await;
    for _ in 0..10 {
        peer.next_of(&[PING]).await.expect("a ping");
    }
    assert_eq!(start.elapsed().as_secs(), 200);
}

/// A socket on a stream counts as a connection, in addition to its own connection.
#[tokio::test]
async fn sockets_on_streams_count_as_connections() {
    let held = |ws: WebSocket| async move { drop(ws.closed().await) };
    let app = PolyHandler::new(|_: Request| "fine", held);
    let limits = [
        ServerConfig::default().with_max_connections(3),
        ServerConfig::default().with_max_connections_per_address(3),
    ];
    for config in limits {
        let server = app.clone().as_server("127.0.0.1:0").with_config(config);
        let server = server.start().expect("a server");
        let stream = TcpStream::connect(server.addr())
            .await
            .expect("a connection");
        let mut client = Client::over(stream, &Builder::new()).await;
        let first = client.open("/", &[]).await;
        let _second = client.open("/", &[]).await;
        let third = client.ask(handshake("/", &[])).await;
        assert_eq!(third.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(third.text().contains("too many connections"), "{third:?}");
        // Requests do not count.
        assert_eq!(client.ask(get("/", &[])).await.text(), "fine");
        // A socket that ended releases its permit a moment later.
        drop(first);
        let start = Instant::now();
        loop {
            let (answer, _send) = client.begin(handshake("/", &[]), false);
            let answer = within(answer).await.expect("a response");
            if answer.status() == StatusCode::OK {
                break;
            }
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "no place is free"
            );
            tokio::task::yield_now().await;
        }
    }
}
