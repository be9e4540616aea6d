//! The failures that are those of NATS: its connections and files.

use crate::engine::Line;
use crate::nats::Nats;
use crate::scenario::{Scenario, pause, settings};

#[test]
fn killed_connections_lose_nothing() {
    let Some(line) = Line::start() else { return };
    let run = Scenario::start(settings(line.url()), 2);
    for _ in 0..8 {
        line.cut();
        pause(500);
    }
    let verdict = run.verdict("killed connections");
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0);
    assert_eq!(
        verdict.unknown, 0,
        "the server recognizes a repeated attempt"
    );
    assert_eq!(verdict.delivered, 2 * verdict.published);
}

#[test]
fn a_server_with_files_loses_nothing() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let mut settings = settings(nats.url());
    settings.on_disk = true;
    let run = Scenario::start(settings, 2);
    for down in [300, 100] {
        nats.kill();
        pause(down);
        nats.start_again();
        pause(1000);
    }
    let verdict = run.verdict("kill -9, file");
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0);
}

#[test]
fn an_old_copy_of_the_files_is_a_reported_loss() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let mut settings = settings(nats.url());
    settings.on_disk = true;
    let run = Scenario::start(settings, 2);
    nats.kill();
    let copy = nats.copy();
    nats.start_again();
    pause(1500);
    nats.kill();
    nats.restore(&copy);
    pause(200);
    nats.start_again();
    let verdict = run.verdict("old files");
    verdict.assert_kept();
    assert!(verdict.losses >= 8, "{verdict:?}");
}
