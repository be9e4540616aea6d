//! The endurance of a server, in figures: memory, time, and the effect on its other users.
//!
//! ```text
//! http4k-ws/benches/endurance/run [--small] [idle] [pings] [stalled] [heads] [shutdown] [panics] [readers] [encrypted] [multiplexed]
//!     [departed] [steady] [greedy] [soak]
//! ```
//!
//! Each measurement except `readers` starts a server in a process of its own and attacks it over loopback
//! with peers that do not use the library. It prints each figure beside its bar, ends by itself, and fails if
//! a bar is missed. `--small` takes a few seconds, with counts for any machine. Without it, a run takes a few
//! minutes and needs 20,000 open files in each process. Memory is that of the server's process, from Linux.

mod crowd;
mod departed;
#[cfg(all(feature = "client", feature = "tls"))]
mod encrypted;
mod greedy;
mod heads;
mod idle;
#[cfg(feature = "http2")]
mod multiplexed;
mod panics;
mod peer;
mod pings;
mod process;
mod readers;
mod report;
mod server;
mod shutdown;
mod soak;
mod stalled;
mod steady;

use std::process::ExitCode;
use std::time::Duration;

use report::Report;
use tokio::time::timeout;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The counts of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Full,
    Small,
}

impl Scale {
    fn pick<T>(self, full: T, small: T) -> T {
        match self {
            Self::Full => full,
            Self::Small => small,
        }
    }
}

const MEASUREMENTS: &[&str] = &[
    "idle",
    "pings",
    "stalled",
    "heads",
    "shutdown",
    "panics",
    "readers",
    "departed",
    "steady",
    "greedy",
    "soak",
    #[cfg(all(feature = "client", feature = "tls"))]
    "encrypted",
    #[cfg(feature = "http2")]
    "multiplexed",
];

/// The time limit of one measurement.
const LONGEST: Duration = Duration::from_secs(240);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "serve") {
        return server::serve(&arguments[1..]);
    }
    if !cfg!(target_os = "linux") {
        println!("skipped: memory is read from Linux's /proc");
        return ExitCode::SUCCESS;
    }
    match chosen(&arguments) {
        Ok((scale, names)) => measured(scale, &names),
        Err(unknown) => {
            eprintln!("there is no measurement `{unknown}`: {MEASUREMENTS:?}");
            ExitCode::FAILURE
        }
    }
}

fn chosen(arguments: &[String]) -> Result<(Scale, Vec<&str>), &str> {
    let (mut scale, mut names) = (Scale::Full, Vec::new());
    for argument in arguments {
        match argument.as_str() {
            // Cargo passes this to every benchmark.
            "--bench" => {}
            "--small" => scale = Scale::Small,
            name if MEASUREMENTS.contains(&name) => names.push(name),
            unknown => return Err(unknown),
        }
    }
    if names.is_empty() {
        names.extend(MEASUREMENTS);
    }
    Ok((scale, names))
}

#[tokio::main]
async fn measured(scale: Scale, names: &[&str]) -> ExitCode {
    let mut missed = 0;
    for name in names {
        let mut report = Report::default();
        let measuring = timeout(LONGEST, measure(name, scale, &mut report)).await;
        if let Err(error) = measuring.unwrap_or_else(|_| Err("it took too long".into())) {
            report.failed(&error.to_string());
        }
        print!("\n{name}\n{report}");
        missed += report.missed();
    }
    if missed == 0 {
        return ExitCode::SUCCESS;
    }
    println!("\n{missed} missed");
    ExitCode::FAILURE
}

async fn measure(name: &str, scale: Scale, report: &mut Report) -> Outcome<()> {
    match name {
        "idle" => idle::measure(scale, report).await,
        "pings" => pings::measure(scale, report).await,
        "stalled" => stalled::measure(scale, report).await,
        "heads" => heads::measure(scale, report).await,
        "departed" => departed::measure(scale, report).await,
        "steady" => steady::measure(scale, report).await,
        "greedy" => greedy::measure(scale, report).await,
        "soak" => soak::measure(scale, report).await,
        "shutdown" => shutdown::measure(scale, report).await,
        "readers" => readers::measure(scale, report).await,
        #[cfg(all(feature = "client", feature = "tls"))]
        "encrypted" => encrypted::measure(scale, report).await,
        #[cfg(feature = "http2")]
        "multiplexed" => multiplexed::measure(scale, report).await,
        _ => panics::measure(scale, report).await,
    }
}
