//! Limits on what clients have open, and reports of streams of events.

mod limits;
mod reports;

use std::time::{Duration, Instant};

/// The time limit of a test.
const DEADLINE: Duration = Duration::from_secs(30);

/// Calls `attempt` until it succeeds.
fn eventually(what: &str, mut attempt: impl FnMut() -> bool) {
    let started = Instant::now();
    while !attempt() {
        assert!(started.elapsed() < DEADLINE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
