//! Connections that send the head of a request one byte at a time, and never finish it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::peer;
use crate::process::{Server, kib_each, needs_files};
use crate::report::Report;
use crate::{Outcome, Scale};

/// KiB that one may cost.
const BAR: f64 = 16.0;

/// The pause between two bytes.
const PACE: Duration = Duration::from_millis(500);

/// The delay of a connection's end after its deadline: on a busy machine the client itself is late.
const LATE: f64 = 5.0;

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let (count, deadline, options) =
        scale.pick((9_000, 10.0, &[][..]), (500, 2.0, &["--short-head"]));
    needs_files(count + 500)?;
    let server = Server::start(options).await?;
    let alone = server.open_files()?;
    let before = server.memory()?;
    server.forget_peak()?;
    let mut slow = JoinSet::new();
    for index in 0..count {
        let address = server.address;
        slow.spawn(async move { lasts(address, index).await });
        if index % 100 == 99 {
            // The server's backlog is finite.
            sleep(Duration::from_millis(20)).await;
        }
    }
    let mut lives = Vec::new();
    while let Some(life) = slow.join_next().await {
        lives.push(life??.as_secs_f64());
    }
    lives.sort_by(f64::total_cmp);
    let each = kib_each(before, server.peak()?, count);
    report.at_most(
        format!("{count} connections at once: each"),
        each,
        BAR,
        "KiB",
    );
    report.figure(
        "the first that was ended, after",
        format!("{:.2} s", lives[0]),
    );
    let last = lives[lives.len() - 1];
    report.at_most("the last that was ended, after", last, deadline + LATE, "s");
    let left = server
        .until_open_files(alone, Duration::from_secs(10))
        .await?;
    report.figure(
        "the server had none of them open after another",
        format!("{left:.2?}"),
    );
    Ok(())
}

/// Returns the time until the server ends a connection.
async fn lasts(server: SocketAddr, index: usize) -> Outcome<Duration> {
    let mut stream = peer::connect(server, index).await?;
    let start = Instant::now();
    let mut answer = Vec::new();
    for byte in b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
        .iter()
        .chain(std::iter::repeat(&b'x'))
    {
        if stream.write_all(&[*byte]).await.is_err() {
            return Ok(start.elapsed());
        }
        tokio::select! {
            () = sleep(PACE) => {}
            read = stream.read_buf(&mut answer) => if !matches!(read, Ok(1..)) {
                return Ok(start.elapsed());
            }
        }
    }
    Err("no head is endless".into())
}
