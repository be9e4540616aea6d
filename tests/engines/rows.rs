//! Two nodes publish and subscribe while connections, servers and nodes fail. Nothing may be lost
//! without a report, repeated, reordered or replaced. These rows of the table of failures are the
//! same on every engine.

use crate::engine::{IMPATIENT, Line, Server};
use crate::scenario::{Scenario, pause, settings};
use crate::verify::Verdict;

#[test]
fn without_faults_everything_is_delivered() {
    let Some(server) = Server::start() else {
        return;
    };
    let run = Scenario::start(settings(server.url()), 2);
    let verdict = run.verdict("no fault");
    verdict.assert_kept();
    assert_eq!(verdict.delivered, 2 * verdict.published);
    assert_eq!(
        (verdict.unknown, verdict.not_stored, verdict.losses),
        (0, 0, 0)
    );
}

#[test]
fn a_server_that_kept_nothing_is_a_reported_loss() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let run = Scenario::start(settings(server.url()), 2);
    for down in [800, 200] {
        server.kill();
        pause(down);
        server.start_again();
        pause(1200);
    }
    let verdict = run.verdict("kill -9, nothing kept");
    verdict.assert_kept();
    assert!(
        verdict.losses >= 8,
        "each node and topic is notified: {verdict:?}"
    );
}

#[test]
fn a_suspended_server_stores_nothing_twice() {
    let Some(server) = Server::start() else {
        return;
    };
    let run = Scenario::start(settings(server.url()), 2);
    server.process.freeze();
    pause(3000);
    server.process.thaw();
    let verdict = run.verdict("server stopped 3 s");
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0);
}

#[test]
fn a_suspended_node_is_filled_from_the_history() {
    let Some(server) = Server::start_with(IMPATIENT) else {
        return;
    };
    let run = Scenario::start(settings(server.url()), 2);
    run.nodes[1].process.freeze();
    pause(3000);
    run.nodes[1].process.thaw();
    let verdict = run.verdict("node stopped 3 s");
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0);
}

/// Suspends a node, and kills its connection.
fn absent(history: usize) -> Option<Verdict> {
    let line = Line::start()?;
    let mut settings = settings(line.url());
    settings.history = history;
    let run = Scenario::start(settings, 2);
    run.nodes[1].process.freeze();
    line.cut();
    pause(2000);
    run.nodes[1].process.thaw();
    Some(run.verdict(&format!("node stopped and cut, history {history}")))
}

#[test]
fn a_node_that_was_cut_off_is_filled_from_a_long_history() {
    let Some(verdict) = absent(1000) else { return };
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0);
}

#[test]
fn a_node_that_was_cut_off_reports_what_a_short_history_lacks() {
    let Some(verdict) = absent(5) else { return };
    verdict.assert_kept();
    assert!(verdict.losses >= 4 && verdict.reported > 0, "{verdict:?}");
}

#[test]
fn at_full_speed_everything_is_delivered() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut settings = settings(server.url());
    (settings.topics, settings.publishes, settings.pause_ms) = (32, 250, 0);
    let run = Scenario::start(settings, 2);
    let verdict = run.verdict("full speed");
    verdict.assert_kept();
    // A publication without a result in time may be stored.
    let expected = 2 * verdict.published..=2 * (verdict.published + verdict.unknown);
    let received = verdict.delivered + verdict.reported;
    assert!(expected.contains(&received), "{verdict:?}");
}

/// SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}

fn random_faults(seed: u64) {
    let Some(mut line) = Line::start() else {
        return;
    };
    let mut settings = settings(line.url());
    // With files in one of two runs, if the engine has any.
    (settings.history, settings.publishes, settings.on_disk) = (20, 350, seed & 1 == 0);
    let run = Scenario::start(settings, 2);
    let mut random = Random(seed);
    for _ in 0..10 {
        match random.below(7) {
            0 | 1 => line.cut(),
            2 | 3 => line.fail(&mut random),
            4 => {
                line.server.process.freeze();
                pause(700);
                line.server.process.thaw();
            }
            5 => {
                line.server.kill();
                pause(300);
                line.server.start_again();
                pause(300);
            }
            _ => {
                run.nodes[1].process.freeze();
                pause(800);
                run.nodes[1].process.thaw();
            }
        }
        pause(300);
    }
    run.verdict(&format!("random, seed {seed}")).assert_kept();
}

#[test]
fn random_faults_of_seed_1() {
    random_faults(1);
}

#[test]
fn random_faults_of_seed_2() {
    random_faults(2);
}

#[test]
fn random_faults_of_seed_3() {
    random_faults(3);
}
