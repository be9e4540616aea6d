//! Peers that leave messages behind that the handler never receives.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::peer::{self, CLOSE, Peer, TEXT};
use crate::process::Server;
use crate::report::Report;
use crate::{Outcome, Scale};

/// Seconds until nothing of them remains: no socket, no task, no descriptor.
const BAR: f64 = 10.0;

/// More than a queue holds.
const MESSAGES: usize = 300;

#[derive(Debug, Clone, Copy)]
enum Leaves {
    /// Its system ends the stream.
    Ends,
    /// With bytes unread, so that its system resets the connection.
    Resets,
    /// It sends a close frame, and waits for the response.
    Closes,
}

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let count = scale.pick(100, 20);
    let server = Server::start(&[]).await?;
    let (alone, tasks) = (server.open_files()?, server.tasks().await?);
    for leaves in [Leaves::Ends, Leaves::Resets, Leaves::Closes] {
        let mut peers = Vec::new();
        for index in 0..count {
            let stream = peer::connect(server.address, index).await?;
            let mut peer = Peer::open(stream, "/pushes").await?;
            peer.send(&peer::encoded(TEXT, b"x").repeat(MESSAGES))
                .await?;
            if !matches!(leaves, Leaves::Resets) {
                peer.message().await?.ok_or("nothing was pushed")?;
            }
            peers.push(peer);
        }
        let start = Instant::now();
        if matches!(leaves, Leaves::Closes) {
            for peer in &mut peers {
                peer.send(&peer::encoded(CLOSE, &1000_u16.to_be_bytes()))
                    .await?;
            }
            for peer in &mut peers {
                let answered = timeout(Duration::from_secs(60), peer.message()).await??;
                let code = answered.and_then(|frame| frame.code());
                code.filter(|code| *code == 1000).ok_or("no response")?;
            }
        }
        drop(peers);
        server
            .until_open_files(alone, Duration::from_secs(90))
            .await?;
        let what = format!("{count} peers that leave ({leaves:?}): no descriptor is left");
        report.at_most(what, start.elapsed().as_secs_f64(), BAR, "s");
        server.until_tasks(tasks, Duration::from_secs(60)).await?;
        let what = "and no task";
        report.at_most(what, start.elapsed().as_secs_f64(), BAR, "s");
    }
    Ok(())
}
