//! Handlers that panic beside healthy sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::peer::{self, Peer, TEXT};
use crate::process::{Server, needs_files};
use crate::report::Report;
use crate::{Outcome, Scale};

const INTERNAL_ERROR: u16 = 1011;

/// The number of panics, over each protocol.
const PANIC_PACE: Duration = Duration::from_millis(5);

/// The pause between two messages of a healthy socket.
const PACE: Duration = Duration::from_millis(50);

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let (count, healthy) = scale.pick((1_000, 900), (100, 90));
    needs_files(count + healthy + 500)?;
    let server = Server::start(&[]).await?;
    let over = Arc::new(AtomicBool::new(false));
    let mut beside = JoinSet::new();
    for index in 0..healthy {
        let peer = Peer::open(peer::connect(server.address, index).await?, "/echo").await?;
        beside.spawn(counts(peer, Arc::clone(&over)));
    }
    let (mut answered, mut closed) = (0, 0);
    for index in 0..count / 2 {
        answered += usize::from(http(server.address, index).await?);
        closed += usize::from(socket(server.address, index).await?);
        sleep(PANIC_PACE).await;
    }
    over.store(true, Ordering::Relaxed);
    let (mut sent, mut lost) = (0, 0);
    while let Some(counted) = beside.join_next().await {
        let (ours, theirs) = counted??;
        sent += ours;
        lost += ours - theirs;
    }
    report.exactly(
        "panics in http handlers with response 500",
        answered,
        count / 2,
    );
    report.exactly("panics in consumers closed with 1011", closed, count / 2);
    report.exactly(
        format!("of {sent} messages of {healthy} others, lost"),
        lost,
        0,
    );
    Ok(())
}

async fn http(server: SocketAddr, index: usize) -> Outcome<bool> {
    let mut stream = peer::connect(server, index).await?;
    stream
        .write_all(b"GET /panic HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer.starts_with(b"HTTP/1.1 500 "))
}

async fn socket(server: SocketAddr, index: usize) -> Outcome<bool> {
    let mut peer = Peer::open(peer::connect(server, index).await?, "/panics").await?;
    peer.send(&peer::encoded(TEXT, b"now")).await?;
    let frame = peer.message().await?.ok_or("no close frame arrived")?;
    Ok(frame.code() == Some(INTERNAL_ERROR))
}

/// Sends numbers until the end. Returns the number sent, and the number that came back in order.
async fn counts(mut peer: Peer, over: Arc<AtomicBool>) -> Outcome<(usize, usize)> {
    let (mut sent, mut back) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        let number = sent.to_string();
        sent += 1;
        peer.send(&peer::encoded(TEXT, number.as_bytes())).await?;
        match peer.message().await? {
            Some(frame) if frame.payload == number => back += 1,
            _ => return Ok((sent, back)),
        }
        sleep(PACE).await;
    }
    Ok((sent, back))
}
