//! Peers that never read while the server sends a lot, beside others that read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::peer::{self, Peer, TEXT};
use crate::process::{Server, mib};
use crate::report::Report;
use crate::{Outcome, Scale};

/// MiB that all of them may cost.
const BAR: f64 = 10.0;

/// The factor over its baseline that the 99th percentile of the others may reach.
const SLOWER: f64 = 4.0;

const OTHERS: usize = 50;

/// The pause between two messages of each of the others.
const PACE: Duration = Duration::from_millis(20);

const BASELINE: Duration = Duration::from_secs(3);

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    // A second more than the server's deadline: 9 s by default, and 2 s in a small run.
    let (count, bar, options) = scale.pick((100, 10.0, &[][..]), (20, 3.0, &["--short-stall"]));
    let server = Server::start(options).await?;
    let mut others = Others::open(server.address).await?;
    let baseline = others.p99_while(sleep(BASELINE)).await?;

    let alone = server.open_files()?;
    let before = server.memory()?;
    server.forget_peak()?;
    let stalled = open(server.address, "/feed", count).await?;
    let cut = async {
        until_full(server.address, count).await?;
        server
            .until_open_files(alone, Duration::from_secs(60))
            .await
    };
    let mut cut_after = Ok(Duration::ZERO);
    let beside = others.p99_while(async { cut_after = cut.await }).await?;
    let growth = mib(before, server.peak()?);
    report.at_most(
        format!("{count} peers that never read one feed: all"),
        growth,
        BAR,
        "MiB",
    );
    let cut_after = cut_after?.as_secs_f64();
    report.at_most(
        "cut, after the queues of all were full",
        cut_after,
        bar,
        "s",
    );
    report.figure(
        "99th percentile of the others' echoes, before",
        format!("{baseline:.2?}"),
    );
    let (what, times) = (
        format!("the same beside them, {beside:.2?}"),
        beside.as_secs_f64() / baseline.as_secs_f64(),
    );
    match scale {
        Scale::Full => report.at_most(what, times, SLOWER, "times"),
        // Too few for a percentile that holds on any machine.
        Scale::Small => report.figure(what, format!("{times:.2} times")),
    }
    drop(stalled);
    own_messages(options, count, report).await
}

/// The same with a buffer for every message, so that the bounds of the queues limit the memory.
async fn own_messages(options: &[&str], count: usize, report: &mut Report) -> Outcome<()> {
    let server = Server::start(options).await?;
    let alone = server.open_files()?;
    let before = server.memory()?;
    server.forget_peak()?;
    let stalled = open(server.address, "/flood", count).await?;
    server
        .until_open_files(alone, Duration::from_secs(60))
        .await?;
    let growth = mib(before, server.peak()?);
    report.figure(
        format!("{count} peers that never read their own: all"),
        format!("{growth:.2} MiB"),
    );
    drop(stalled);
    Ok(())
}

async fn open(server: SocketAddr, path: &str, count: usize) -> Outcome<Vec<Peer>> {
    let mut peers = Vec::new();
    for index in 0..count {
        let stream = peer::connect_narrow(server, index).await?;
        peers.push(Peer::open(stream, path).await?);
    }
    Ok(peers)
}

/// Waits until the queues of `count` sockets are full.
async fn until_full(server: SocketAddr, count: usize) -> Outcome<()> {
    let wanted = count.to_string();
    let waiting = async {
        loop {
            let mut stream = peer::connect(server, 0).await?;
            stream
                .write_all(b"GET /full HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            if answer.ends_with(&format!("\r\n{wanted}")) {
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(60), waiting).await?
}

/// Well-behaved sockets, whose echoes are timed.
struct Others {
    peers: Vec<Peer>,
}

impl Others {
    async fn open(server: SocketAddr) -> Outcome<Self> {
        let mut peers = Vec::new();
        for index in 0..OTHERS {
            peers.push(Peer::open(peer::connect(server, index).await?, "/echo").await?);
        }
        Ok(Self { peers })
    }

    /// Returns the 99th percentile of the time of an echo, while other work goes on.
    async fn p99_while(&mut self, other: impl Future<Output = ()>) -> Outcome<Duration> {
        let over = Arc::new(AtomicBool::new(false));
        let mut timing = JoinSet::new();
        for peer in self.peers.drain(..) {
            timing.spawn(timed(peer, Arc::clone(&over)));
        }
        other.await;
        over.store(true, Ordering::Relaxed);
        let mut times = Vec::new();
        while let Some(timed) = timing.join_next().await {
            let (peer, some) = timed??;
            self.peers.push(peer);
            times.extend(some);
        }
        times.sort();
        let index = times.len() * 99 / 100;
        Ok(*times.get(index).ok_or("nothing was timed")?)
    }
}

async fn timed(mut peer: Peer, over: Arc<AtomicBool>) -> Outcome<(Peer, Vec<Duration>)> {
    let message = peer::encoded(TEXT, &[b't'; 125]);
    let mut times = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let start = Instant::now();
        peer.send(&message).await?;
        peer.message().await?.ok_or("a healthy socket was closed")?;
        times.push(start.elapsed());
        sleep(PACE).await;
    }
    Ok((peer, times))
}
