//! Peers that send without end and never read: each answer waits for them.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::timeout;

use crate::peer::{self, Peer, TEXT};
use crate::process::{Server, mib};
use crate::report::Report;
use crate::{Outcome, Scale};

/// MiB that a hundred of them may cost, and what may be left of it when they are gone.
const BAR: f64 = 10.0;
const LEFT: f64 = 5.0;

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let (count, options) = scale.pick((100, &[][..]), (40, &["--short-stall"]));
    for length in [125, 4 * 1024, 15_000, 60_000] {
        let server = Server::start(options).await?;
        let alone = server.open_files()?;
        let before = server.memory()?;
        server.forget_peak()?;
        let greedy = open(server.address, count).await?;
        let sent = flood(greedy, &peer::encoded(TEXT, &vec![b'g'; length])).await;
        server
            .until_open_files(alone, Duration::from_secs(60))
            .await?;
        let what = format!("{count} peers that send {length} bytes at a time: all");
        report.at_most(what, mib(before, server.peak()?), BAR, "MiB");
        report.told("they sent", format!("{:.1} MiB", sent as f64 / 1048576.0));
        server.until_quiet().await?;
        let left = mib(before, server.memory()?);
        report.at_most("left of it when they are gone", left, LEFT, "MiB");
    }
    Ok(())
}

async fn open(server: SocketAddr, count: usize) -> Outcome<Vec<Peer>> {
    let mut peers = Vec::new();
    for index in 0..count {
        let stream = peer::connect_narrow(server, index).await?;
        peers.push(Peer::open(stream, "/echo").await?);
    }
    Ok(peers)
}

/// Sends until the server takes no more of anybody, and returns how much it took. They stay until the
/// server drops them.
async fn flood(peers: Vec<Peer>, message: &[u8]) -> usize {
    let mut flooding = tokio::task::JoinSet::new();
    for mut peer in peers {
        let message = message.to_vec();
        flooding.spawn(async move {
            let mut sent = 0;
            // Longer than the server waits for a peer that takes nothing.
            let limit = Duration::from_secs(20);
            while let Ok(Ok(())) = timeout(limit, peer.send(&message)).await {
                sent += message.len();
            }
            sent
        });
    }
    flooding.join_all().await.into_iter().sum()
}
