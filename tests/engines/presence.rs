//! Members on three nodes, of which one is killed and one is suspended for longer than its lease.

use std::time::{Duration, Instant};

use crate::redis::Redis;
use crate::scenario::{Scenario, pause, settings};

#[test]
fn members_of_killed_nodes_leave_and_those_of_suspended_nodes_return() {
    let Some(redis) = Redis::start() else { return };
    let mut settings = settings(redis.url());
    (settings.topics, settings.publishes, settings.members) = (2, 0, 20);
    settings.lease_ms = 1500;
    let mut run = Scenario::start(settings, 3);
    let present = |topic: u8| {
        let key = format!("h4k:lab:{{t/t{topic}}}:p");
        redis.run(&["HLEN", &key])
    };
    let wait_for = |count: &str| {
        let deadline = Instant::now() + Duration::from_secs(10);
        while [present(0), present(1)] != [count, count] {
            let shown = [present(0), present(1)];
            assert!(Instant::now() < deadline, "{shown:?} instead of {count}");
            pause(50);
        }
    };
    wait_for("60");
    run.nodes[2].process.kill();
    wait_for("40");
    run.nodes[1].process.freeze();
    wait_for("20");
    run.nodes[1].process.thaw();
    wait_for("40");

    run.nodes.truncate(2);
    let expected: Vec<String> = {
        let names = ["a", "b"].iter();
        let names = names.flat_map(|node| (0..20).map(move |number| format!("{node}-{number}")));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    };
    for report in run.reports() {
        assert!(report.is_quiet);
        for (seen, stored) in report.seen.iter().zip(&report.stored) {
            assert_eq!(seen, stored);
            assert_eq!(*stored, expected);
        }
    }
    // The dead node left nothing behind.
    assert_eq!(redis.run(&["ZCARD", "h4k:lab:nodes"]), "2");
}
