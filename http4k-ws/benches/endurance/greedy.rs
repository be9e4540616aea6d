//! Peers that send without end and never read, so that each response waits.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::timeout;

use crate::peer::{self, Peer, TEXT};
use crate::process::{Server, mib};
use crate::report::Report;
use crate::{Outcome, Scale};

/// MiB that a hundred of them may cost, and MiB that a second hundred may add.
const BAR: f64 = 10.0;
const AGAIN: f64 = 3.0;

/// MiB that may remain after they are gone. All of it is free, but an allocator returns a page to the
/// system only if nothing above it is in use, so the figure varies between 0.5 and 6.5.
const LEFT: f64 = 7.5;

/// MiB that a hundred of them may cost over TLS or HTTP/2. A record of TLS and the window of a stream
/// come on top: the peer may fill both before anything of them is read.
const LAYERED: f64 = 25.0;

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let (count, options) = scale.pick((100, &[][..]), (40, &["--short-stall"]));
    for length in scale.pick(vec![125, 4 * 1024, 15_000, 60_000], vec![125, 60_000]) {
        let server = Server::start(options).await?;
        let alone = server.open_files()?;
        let before = server.memory()?;
        let message = peer::encoded(TEXT, &vec![b'g'; length]);
        let (mut sent, mut peaks) = (0, Vec::new());
        for _ in 0..2 {
            server.forget_peak()?;
            sent = flood(open(server.address, count).await?, &message).await;
            server
                .until_open_files(alone, Duration::from_secs(60))
                .await?;
            peaks.push(mib(before, server.peak()?));
            server.until_quiet().await?;
        }
        let what = format!("{count} peers that send {length} bytes at a time: all");
        report.at_most(what, peaks[0], BAR, "MiB");
        report.figure("they sent", format!("{:.1} MiB", sent as f64 / 1048576.0));
        report.at_most("as many again: more", peaks[1] - peaks[0], AGAIN, "MiB");
        let left = mib(before, server.memory()?);
        report.at_most("remaining after they are gone", left, LEFT, "MiB");
    }
    #[cfg(all(feature = "client", feature = "tls"))]
    encrypted::measure(scale, report).await?;
    #[cfg(feature = "http2")]
    multiplexed::measure(scale, report).await?;
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

/// Sends until the server reads no more from any peer, and returns the number of bytes. The peers stay
/// until the server drops them.
async fn flood(peers: Vec<Peer>, message: &[u8]) -> usize {
    let mut flooding = tokio::task::JoinSet::new();
    for mut peer in peers {
        let message = message.to_vec();
        flooding.spawn(async move {
            let mut sent = 0;
            // Longer than the server waits for a peer that reads nothing.
            let limit = Duration::from_secs(20);
            while let Ok(Ok(())) = timeout(limit, peer.send(&message)).await {
                sent += message.len();
            }
            sent
        });
    }
    flooding.join_all().await.into_iter().sum()
}

/// The same over TLS.
#[cfg(all(feature = "client", feature = "tls"))]
mod encrypted {
    use super::*;
    use crate::encrypted::{certified, opened};

    pub(super) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
        let count = scale.pick(100, 40);
        for length in [4 * 1024, 60_000] {
            let (server, uri, tls) = certified().await?;
            // The first of them pay for shared state.
            drop(opened(&uri, &tls, 64).await?);
            server.until_quiet().await?;
            let alone = server.open_files()?;
            let before = server.memory()?;
            server.forget_peak()?;
            let mut flooding = tokio::task::JoinSet::new();
            for socket in opened(&uri, &tls, count).await? {
                let message = "g".repeat(length);
                let limit = Duration::from_secs(20);
                flooding.spawn(async move {
                    while let Ok(Ok(())) = timeout(limit, socket.send(message.as_str())).await {}
                });
            }
            flooding.join_all().await;
            server
                .until_open_files(alone, Duration::from_secs(60))
                .await?;
            let what = format!("{count} peers over TLS that send {length} bytes at a time: all");
            report.at_most(what, mib(before, server.peak()?), LAYERED, "MiB");
        }
        Ok(())
    }
}

/// The same over HTTP/2: each peer has a connection, or all share one.
#[cfg(feature = "http2")]
mod multiplexed {
    use std::future::poll_fn;

    use bytes::Bytes;

    use super::*;
    use crate::multiplexed::opened;

    pub(super) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
        let count = scale.pick(100, 40);
        for (sharing, length) in [(1, 4 * 1024), (1, 60_000), (count, 60_000)] {
            let server = Server::start(scale.pick(&[], &["--short-stall"])).await?;
            // The first of them pay for shared state.
            drop(opened(server.address, 64, 1).await?);
            server.until_quiet().await?;
            let before = server.memory()?;
            server.forget_peak()?;
            let frame = Bytes::from(peer::encoded(TEXT, &vec![b'g'; length]));
            let mut flooding = tokio::task::JoinSet::new();
            for (requests, mut send, unread) in opened(server.address, count, sharing).await? {
                let frame = frame.clone();
                flooding.spawn(async move {
                    let limit = Duration::from_secs(20);
                    while let Ok(true) = timeout(limit, write(&mut send, frame.clone())).await {}
                    drop((requests, unread));
                });
            }
            flooding.join_all().await;
            let what = format!(
                "{count} peers over HTTP/2, {sharing} to a connection, that send {length} bytes at \
                 a time: all"
            );
            report.at_most(what, mib(before, server.peak()?), LAYERED, "MiB");
        }
        Ok(())
    }

    /// Sends `frame` as the window of the server allows. Returns `false` at the end of the stream.
    async fn write(send: &mut h2::SendStream<Bytes>, mut frame: Bytes) -> bool {
        while !frame.is_empty() {
            send.reserve_capacity(frame.len());
            let Some(Ok(room)) = poll_fn(|cx| send.poll_capacity(cx)).await else {
                return false;
            };
            let piece = frame.split_to(room.min(frame.len()));
            if send.send_data(piece, false).is_err() {
                return false;
            }
        }
        true
    }
}
