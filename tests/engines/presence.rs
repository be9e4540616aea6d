//! Members on three nodes, of which one is killed and one is suspended for longer than its lease.

use std::time::{Duration, Instant};

use http4k_ws::topics::engine::{Engine, NodeId};

use crate::engine::{Server, connect, leases};
use crate::node::Node;
use crate::scenario::{Scenario, pause, settings};
use crate::support::topic;

#[test]
fn members_of_killed_nodes_leave_and_those_of_suspended_nodes_return() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut settings = settings(server.url());
    (settings.topics, settings.publishes, settings.members) = (2, 0, 20);
    settings.lease_ms = 1500;
    let mut run = Scenario::start(settings, 3);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let url = server.url();
    let engine = runtime.block_on(connect("lab", &url, Duration::from_millis(1500)));
    // The members of each node: `a`, `b` and `c`.
    let present = || {
        ["t0", "t1"].map(|own| {
            let members = runtime.block_on(engine.members(&topic(own)));
            let names = members.expect("members").0.into_iter();
            let names: Vec<String> = names.map(|member| member.name).collect();
            ["a", "b", "c"].map(|node| names.iter().filter(|name| name.starts_with(node)).count())
        })
    };
    let wait_for = |run: &mut Scenario, counts: [usize; 3]| {
        let deadline = Instant::now() + Duration::from_secs(15);
        while present() != [counts; 2] {
            let shown = present();
            let ended = run.nodes.iter_mut().map(|node| node.process.has_ended());
            let ended: Vec<bool> = ended.collect();
            let logs = || {
                run.nodes
                    .iter()
                    .map(Node::log)
                    .collect::<Vec<_>>()
                    .join("---\n")
            };
            assert!(
                Instant::now() < deadline,
                "{shown:?} instead of {counts:?}, ended: {ended:?}, logs:\n{}",
                logs()
            );
            pause(50);
        }
    };
    wait_for(&mut run, [20, 20, 20]);
    run.nodes[2].process.kill();
    wait_for(&mut run, [20, 20, 0]);
    run.nodes[1].process.freeze();
    wait_for(&mut run, [20, 0, 0]);
    run.nodes[1].process.thaw();
    wait_for(&mut run, [20, 20, 0]);

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
    // The dead node left nothing behind, and the others are alive.
    if let Some(leases) = leases(&server) {
        assert_eq!(leases, 2);
    }
    let ended = runtime.block_on(engine.beat(NodeId(1))).expect("leases");
    assert!(ended.is_empty(), "{ended:?}");
}
