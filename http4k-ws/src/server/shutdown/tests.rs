//! The shutdown of a server, over pipes and on a paused clock.

use std::future::pending;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::ShutdownReport;
use crate::handler::PolyHandler;
use crate::message::Request;
use crate::server::ServerConfig;
use crate::server::connection::{self, ConnectionInfo};
use crate::server::state::ServerState;
use crate::session::{SessionConfig, WebSocket};

const HANDSHAKE: &[u8] =
    b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
/// 1001 from a client, masked with zeros.
const GOING_AWAY: &[u8] = &[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE9];

/// A server that responds after as many seconds as the path names.
fn server(config: ServerConfig) -> Arc<ServerState> {
    let slowly = |request: Request| async move {
        let seconds = request.uri().path()[1..].parse().unwrap_or(0);
        sleep(Duration::from_secs(seconds)).await;
        "answered"
    };
    let listen = |mut ws: WebSocket| async move { while let Ok(Some(_)) = ws.recv().await {} };
    ServerState::new(PolyHandler::new(slowly, listen), config)
}

async fn connect(server: &Arc<ServerState>, request: &[u8]) -> DuplexStream {
    let (mut ours, theirs) = duplex(1024);
    let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let total = server.admission.acquire(&server.refusals).await;
    let permit = server
        .admission
        .admit(total, Some(localhost))
        .expect("a permit");
    let state = Arc::clone(server);
    let info = ConnectionInfo::default();
    server
        .connections
        .spawn(|guard| connection::serve(theirs, None, info, Some(permit), state, guard));
    ours.write_all(request).await.expect("room");
    ours
}

/// Opens a socket. Its client responds to a close frame if it is polite, and returns the time at
/// which the frame arrived.
async fn open(server: &Arc<ServerState>, polite: bool) -> JoinHandle<Instant> {
    let mut stream = connect(server, HANDSHAKE).await;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    tokio::spawn(async move {
        let mut header = [0; 4];
        stream.read_exact(&mut header).await.expect("a close frame");
        assert_eq!((header[0], &header[2..]), (0x88, &[0x03, 0xE9][..]));
        let closed = Instant::now();
        if polite {
            stream.write_all(GOING_AWAY).await.expect("an open socket");
        }
        // The reason, and then the end.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        closed
    })
}

async fn open_many(
    server: &Arc<ServerState>,
    number: usize,
    polite: bool,
) -> Vec<JoinHandle<Instant>> {
    let mut sockets = Vec::new();
    for _ in 0..number {
        sockets.push(open(server, polite).await);
    }
    sockets
}

/// Ends the server, and fails if that takes an hour.
async fn end(server: &ServerState) -> ShutdownReport {
    let ended = server.connections.end(&server.config, pending());
    let hour = Duration::from_secs(3600);
    timeout(hour, ended).await.expect("an end")
}

/// Returns the times from `begun` to the close frame of each socket, in ascending order.
async fn close_times(sockets: Vec<JoinHandle<Instant>>, begun: Instant) -> Vec<Duration> {
    let mut after = Vec::new();
    for socket in sockets {
        after.push(socket.await.expect("a client") - begun);
    }
    after.sort();
    after
}

fn numbers(report: ShutdownReport) -> (usize, usize, usize) {
    (report.connections, report.sockets, report.cut)
}

#[tokio::test(start_paused = true)]
async fn a_hundred_sockets_are_closed_at_once() {
    let server = server(ServerConfig::default());
    let sockets = open_many(&server, 100, true).await;
    let begun = Instant::now();
    let report = end(&server).await;
    assert_eq!(numbers(report), (0, 100, 0));
    let times = close_times(sockets, begun).await;
    assert!(times[99] < Duration::from_millis(10), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn more_sockets_are_closed_in_batches_spread_over_time() {
    let server = server(ServerConfig::default());
    let sockets = open_many(&server, 1000, true).await;
    let begun = Instant::now();
    let report = end(&server).await;
    assert_eq!(numbers(report), (0, 1000, 0));
    let spread = Duration::from_secs(3);
    assert!(
        report.took <= spread + Duration::from_millis(10),
        "{report:?}"
    );
    let times = close_times(sockets, begun).await;
    for (batch, times) in times.chunks(100).enumerate() {
        // Each socket has its share of the time.
        let share = spread / 10 * batch as u32;
        let late = times[99] - share;
        assert!(
            times[0] >= share.saturating_sub(Duration::from_millis(1)),
            "{batch}: {times:?}"
        );
        assert!(
            late <= spread / 10 + Duration::from_millis(10),
            "{batch}: {times:?}"
        );
    }
    // No two gaps are the same: the moments are random.
    let gaps: Vec<_> = (1..9)
        .map(|n| times[(n + 1) * 100] - times[n * 100])
        .collect();
    assert!(gaps.windows(2).any(|two| two[0] != two[1]), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn the_spread_leaves_half_of_the_grace_for_closing_handshakes() {
    let config = ServerConfig::default()
        .with_shutdown_grace(Duration::from_secs(2))
        .with_shutdown_spread(Duration::from_secs(100));
    let server = server(config);
    let sockets = open_many(&server, 300, true).await;
    let begun = Instant::now();
    assert_eq!(numbers(end(&server).await), (0, 300, 0));
    assert!(close_times(sockets, begun).await[299] <= Duration::from_millis(1010));
}

#[tokio::test(start_paused = true)]
async fn sockets_that_do_not_close_are_dropped_after_the_grace() {
    let session = SessionConfig::default().with_close_timeout(Duration::from_secs(60));
    let server = server(ServerConfig::default().with_session(session));
    let silent = open_many(&server, 3, false).await;
    let polite = open_many(&server, 2, true).await;
    let begun = Instant::now();
    let report = end(&server).await;
    assert_eq!(numbers(report), (0, 2, 3));
    assert_eq!(report.took, Duration::from_secs(10));
    // These sockets received a close frame too, and their streams ended.
    close_times(silent, begun).await;
    close_times(polite, begun).await;
}

#[tokio::test(start_paused = true)]
async fn requests_are_served_within_the_grace_and_dropped_after_it() {
    let server = server(ServerConfig::default());
    let request = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut quick = connect(&server, request("/4").as_bytes()).await;
    let mut slow = connect(&server, request("/600").as_bytes()).await;
    let _idle = connect(&server, b"").await;
    // The handlers are running.
    sleep(Duration::from_secs(1)).await;
    let report = end(&server).await;
    assert_eq!(numbers(report), (2, 0, 1));
    assert_eq!(report.took, Duration::from_secs(10));

    let mut response = String::new();
    quick
        .read_to_string(&mut response)
        .await
        .expect("a response");
    assert!(response.ends_with("\r\n\r\nanswered"), "{response}");
    assert!(response.contains("connection: close"), "{response}");
    let mut nothing = Vec::new();
    let _ = slow.read_to_end(&mut nothing).await;
    assert_eq!(nothing, b"");
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_ends_the_wait() {
    let server = server(ServerConfig::default());
    let _slow = connect(&server, b"GET /600 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(Duration::from_secs(1)).await;
    let hurry = sleep(Duration::from_secs(2));
    let report = server.connections.end(&server.config, hurry).await;
    assert_eq!(numbers(report), (0, 0, 1));
    assert_eq!(report.took, Duration::from_secs(2));
}
