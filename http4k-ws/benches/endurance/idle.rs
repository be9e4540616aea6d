//! The memory of sockets that do nothing.

use crate::crowd::Crowd;
use crate::process::{Server, kib_each, needs_files};
use crate::report::Report;
use crate::{Outcome, Scale};

/// KiB that one may cost.
const BAR: f64 = 8.0;

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    for count in scale.pick(vec![1_000, 9_000], vec![500]) {
        needs_files(count + 500)?;
        let server = Server::start(&[]).await?;
        let before = server.memory()?;
        let mut crowd = Crowd::open(server.address, "/echo", count).await?;
        server.until_quiet().await?;
        let open = kib_each(before, server.memory()?, count);
        report.at_most(
            format!("{count} sockets, just open: each"),
            open,
            BAR,
            "KiB",
        );
        for (length, kept) in [(1, "1 KiB"), (12, "12 KiB")] {
            crowd.echo(&vec![b'm'; length * 1024]).await?;
            server.until_quiet().await?;
            let used = kib_each(before, server.memory()?, count);
            let what = format!("{count} sockets, after {kept} was echoed: each");
            report.at_most(what, used, BAR, "KiB");
        }
    }
    Ok(())
}
