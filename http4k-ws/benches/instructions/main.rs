//! Instructions per message and per request, beside the figures of the last approved change.
//!
//! ```text
//! http4k-ws/benches/instructions/run [--approve] [SCENARIO...]
//! ```
//!
//! Instructions hold to one percent on a loaded machine, where times do not, so a regression is seen in
//! continuous integration. Callgrind counts those of a server in a process of its own, which is driven over
//! loopback by blocking sockets. Each scenario runs twice with different counts, and the difference has no
//! part of the start and the end. The server is built with the profile `bench`, which has thin LTO and one
//! codegen unit, as the servers of other libraries are that it is compared with.
//!
//! A figure that differs from `approved.txt` by more than 5 percent fails the run; `--approve` writes the
//! figures of this run there. Counts depend on the compiler, so the file names the release it was made with,
//! and another release only prints them.

mod approved;
mod gate;
mod load;
mod server;

use std::io;
use std::process::{Child, Command, ExitCode, Stdio};

use approved::Approved;
use gate::Gate;
use load::Scenario;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The largest accepted difference from the approved figure, in percent.
const ALLOWANCE: f64 = 5.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let result = match arguments.first().map(String::as_str) {
        Some("serve") => server::serve().map(|()| true),
        _ if !is_installed("valgrind") => {
            println!("skipped: counting instructions needs valgrind");
            Ok(true)
        }
        _ => compare(&arguments),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_installed(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Counts each scenario. Returns `false` if a figure grew beyond the allowance, or fell below it and is not
/// approved yet.
fn compare(arguments: &[String]) -> Outcome<bool> {
    let approve = arguments.iter().any(|argument| argument == "--approve");
    let named = |scenario: &Scenario| {
        arguments.iter().all(|argument| argument.starts_with("--"))
            || arguments.iter().any(|argument| argument == scenario.name)
    };
    let compiler = compiler()?;
    let mut approved = Approved::read()?;
    let binding = approved.compiler == compiler;
    let mut kept = true;
    println!(
        "{:<12} {:>12} {:>10} {:>8}",
        "scenario", "instructions", "approved", "change"
    );
    for scenario in load::SCENARIOS.iter().filter(|scenario| named(scenario)) {
        let figure = per_unit(scenario)?;
        let before = approved.figure(scenario.name);
        let change = before.map(|before| (figure / before - 1.0) * 100.0);
        let within = change.is_some_and(|change| change.abs() <= ALLOWANCE);
        kept &= within;
        println!(
            "{:<12} {figure:>12.0} {:>10} {:>8}{}",
            scenario.name,
            before.map_or("-".to_owned(), |before| format!("{before:.0}")),
            change.map_or("-".to_owned(), |change| format!("{change:+.1} %")),
            if within { "" } else { "  beyond 5 %" },
        );
        approved.set(scenario.name, figure);
    }
    if approve {
        approved.compiler = compiler;
        approved.write()?;
        println!("approved");
        return Ok(true);
    }
    if !binding {
        println!(
            "not compared: approved with {}, counted with {compiler}",
            approved.compiler
        );
        return Ok(true);
    }
    if !kept {
        println!("if the change is meant: http4k-ws/benches/instructions/run --approve");
    }
    Ok(kept)
}

/// Returns the release of the compiler, such as `1.95.0`.
fn compiler() -> Outcome<String> {
    let output = Command::new("rustc").arg("--version").output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text
        .split_whitespace()
        .nth(1)
        .unwrap_or("unknown")
        .to_owned())
}

/// Returns the instructions of the server for one unit of `scenario`.
fn per_unit(scenario: &Scenario) -> Outcome<f64> {
    let (few, many) = (scenario.units / 4, scenario.units);
    let (low, high) = (count(scenario, few)?, count(scenario, many)?);
    Ok(high.saturating_sub(low) as f64 / f64::from(many - few))
}

/// Returns the instructions of a server that is started, serves `units` units, and ends.
fn count(scenario: &Scenario, units: u32) -> Outcome<u64> {
    let mut server = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let result = drive(&mut server, scenario, units);
    if result.is_err() {
        server.kill()?;
    }
    let output = server.wait_with_output()?;
    result?;
    collected(&String::from_utf8_lossy(&output.stderr))
}

/// Sends the units. The server ends as this returns.
fn drive(server: &mut Child, scenario: &Scenario, units: u32) -> Outcome<()> {
    let mut gate = Gate::of(server).ok_or("standard input and output were taken")?;
    let port = gate.line()?;
    let port = port.parse().map_err(|_| "the server did not start")?;
    Ok(scenario.run(port, units, &mut gate)?)
}

/// Reads the total from the report of callgrind.
fn collected(report: &str) -> Outcome<u64> {
    let total = report
        .lines()
        .filter_map(|line| line.split_once("Collected :"))
        .find_map(|(_, total)| total.trim().parse().ok());
    total.ok_or_else(|| io::Error::other(format!("callgrind reported no total: {report}")).into())
}
