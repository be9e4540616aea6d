//! One peer that sends pings and never reads a pong.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::peer::{self, PING, Peer};
use crate::process::{Server, mib};
use crate::report::Report;
use crate::{Outcome, Scale};

/// MiB that all of them may cost.
const BAR: f64 = 1.0;

/// The number of pings in one write.
const AT_ONCE: usize = 100;

/// The time after which a write counts as refused.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let count = scale.pick(500_000, 20_000);
    for (options, name) in [
        (&[][..], "by default"),
        (&["--any-pings"], "with no limit of their rate"),
    ] {
        let server = Server::start(options).await?;
        let alone = server.open_files()?;
        let stream = peer::connect_narrow(server.address, 0).await?;
        let mut peer = Peer::open(stream, "/echo").await?;
        let before = server.memory()?;
        server.forget_peak()?;
        let (sent, end) = flood(&mut peer, count).await;
        server.until_quiet().await?;
        let growth = mib(before, server.peak()?);
        report.at_most(format!("{count} pings, {name}: all"), growth, BAR, "MiB");
        report.figure(format!("pings until {end}"), sent.to_string());
        drop(peer);
        server
            .until_open_files(alone, Duration::from_secs(20))
            .await?;
    }
    Ok(())
}

/// Sends `count` pings, unless the server ends the connection before. Returns their number and the end.
async fn flood(peer: &mut Peer, count: usize) -> (usize, String) {
    let pings = peer::encoded(PING, &[b'p'; 125]).repeat(AT_ONCE);
    let start = Instant::now();
    for sent in (0..count).step_by(AT_ONCE) {
        match timeout(PATIENCE, peer.send(&pings)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => {
                return (
                    sent,
                    format!("the connection was dropped, {:.1?}", start.elapsed()),
                );
            }
            Err(_) => return (sent, format!("none was read for {PATIENCE:?}")),
        }
    }
    (count, format!("all were read, {:.1?}", start.elapsed()))
}
