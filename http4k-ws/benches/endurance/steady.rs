//! Peers that read slowly and steadily, and peers that read nothing: sockets and responses.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::interval;

use crate::peer;
use crate::process::Server;
use crate::report::Report;
use crate::{Outcome, Scale};

/// Bytes per second that a slow peer reads.
const RATE: usize = 2_000;

/// Seconds after which a peer that reads nothing is dropped: the deadline is 10.
const BAR: f64 = 11.0;

const PEERS: usize = 10;

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    // Longer than every deadline, also in a small run.
    let time = Duration::from_secs(scale.pick(60, 15));
    let server = Server::start(&[]).await?;
    let alone = server.open_files()?;
    let mut slow = JoinSet::new();
    for index in 0..PEERS {
        for request in [handshake("/flood"), get("/long")] {
            let stream = peer::connect_narrow(server.address, index).await?;
            slow.spawn(reads(stream, request, RATE, time));
        }
    }
    let lived = slow.join_all().await.into_iter().filter(|lived| *lived);
    let what = format!("peers at {RATE} B/s that live for {} s", time.as_secs());
    report.exactly(what, lived.count(), 2 * PEERS);
    server
        .until_open_files(alone, Duration::from_secs(60))
        .await?;

    let mut stuck = Vec::new();
    for index in 0..PEERS {
        for request in [handshake("/flood"), get("/long")] {
            let mut stream = peer::connect_narrow(server.address, index).await?;
            stream.write_all(request.as_bytes()).await?;
            stuck.push(stream);
        }
    }
    // The system connects them before the server accepts them.
    server
        .until_accepted(alone + stuck.len(), Duration::from_secs(10))
        .await?;
    let start = Instant::now();
    server
        .until_open_files(alone, Duration::from_secs(60))
        .await?;
    let what = format!("{} peers that read nothing: dropped after", 2 * PEERS);
    report.at_most(what, start.elapsed().as_secs_f64(), BAR, "s");
    Ok(())
}

pub(crate) fn handshake(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

/// Reads at `rate` bytes per second for `time`. Returns `false` if the connection ends before.
pub(crate) async fn reads(
    mut stream: TcpStream,
    request: String,
    rate: usize,
    time: Duration,
) -> bool {
    if stream.write_all(request.as_bytes()).await.is_err() {
        return false;
    }
    let start = Instant::now();
    let mut pace = interval(Duration::from_millis(100));
    let mut piece = vec![0; (rate / 10).max(1)];
    while start.elapsed() < time {
        pace.tick().await;
        match stream.read(&mut piece).await {
            Ok(1..) => {}
            _ => return false,
        }
    }
    true
}
