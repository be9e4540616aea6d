//! SIGTERM while many sockets are open.

use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::process::{Server, needs_files};
use crate::report::Report;
use crate::{Outcome, Scale};

/// Seconds in which every socket must receive its close frame.
const BAR: f64 = 5.0;

const GOING_AWAY: u16 = 1001;

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let count = scale.pick(10_000, 500);
    needs_files(count + 500)?;
    let mut server = Server::start(&[]).await?;
    let crowd = Crowd::open(server.address, "/echo", count).await?;
    let start = Instant::now();
    server.terminate()?;
    let ended = crowd.ended().await?;
    let status = server.exit(Duration::from_secs(30)).await?;
    let exit = start.elapsed().as_secs_f64();
    let times: Vec<f64> = ended
        .iter()
        .filter(|end| end.code == Some(GOING_AWAY))
        .map(|end| end.at.duration_since(start).as_secs_f64())
        .collect();
    report.exactly("sockets closed with 1001", times.len(), count);
    let last = times.iter().copied().fold(0.0, f64::max);
    report.at_most("the last close frame came after", last, BAR, "s");
    report.figure(
        format!("the server ended, with {status}, after"),
        format!("{exit:.2} s"),
    );
    Ok(())
}
