//! Two nodes publish and subscribe while connections, servers and nodes fail. Nothing may be lost
//! without a report, repeated, reordered or replaced.

use crate::proxy::Proxy;
use crate::redis::Redis;
use crate::scenario::{Scenario, pause, settings};

const PUBSUB: &[&str] = &["CLIENT", "KILL", "TYPE", "pubsub"];
const NORMAL: &[&str] = &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"];

fn url(proxy: &Proxy) -> String {
    format!("redis://127.0.0.1:{}/", proxy.port)
}

#[test]
fn without_faults_everything_is_delivered() {
    let Some(redis) = Redis::start() else { return };
    let run = Scenario::start(settings(redis.url()), 2);
    let verdict = run.verdict("no fault");
    verdict.assert_kept();
    assert_eq!(verdict.delivered, 2 * verdict.published);
    assert_eq!(
        (verdict.unknown, verdict.not_stored, verdict.losses),
        (0, 0, 0)
    );
}

#[test]
fn killed_connections_lose_nothing() {
    let Some(redis) = Redis::start() else { return };
    let run = Scenario::start(settings(redis.url()), 2);
    for _ in 0..6 {
        redis.run(PUBSUB);
        pause(300);
        redis.run(NORMAL);
        pause(300);
    }
    let verdict = run.verdict("CLIENT KILL");
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0);
    assert_eq!(
        verdict.unknown, 0,
        "the same process recognizes a repeated attempt"
    );
    assert_eq!(verdict.delivered, 2 * verdict.published);
}

#[test]
fn a_server_that_kept_nothing_is_a_reported_loss() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let run = Scenario::start(settings(redis.url()), 2);
    for down in [800, 200] {
        redis.kill();
        pause(down);
        redis.start_again();
        pause(1200);
    }
    let verdict = run.verdict("kill -9");
    verdict.assert_kept();
    assert!(
        verdict.losses >= 8,
        "each node and topic is notified: {verdict:?}"
    );
}

#[test]
fn a_server_with_a_log_on_the_disk_is_a_reported_loss_too() {
    let arguments = [
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ];
    let Some(mut redis) = Redis::start_with(&arguments) else {
        return;
    };
    let run = Scenario::start(settings(redis.url()), 2);
    redis.kill();
    pause(300);
    redis.start_again();
    let verdict = run.verdict("kill -9 with AOF");
    verdict.assert_kept();
    assert!(verdict.losses >= 8, "{verdict:?}");
}

#[test]
fn a_server_with_an_old_snapshot_is_a_reported_loss() {
    let Some(mut redis) = Redis::start_with(&["--save", "3600 100000"]) else {
        return;
    };
    let run = Scenario::start(settings(redis.url()), 2);
    old_snapshot(&mut redis);
    let verdict = run.verdict("old RDB");
    verdict.assert_kept();
    assert!(verdict.losses >= 8, "{verdict:?}");
}

#[test]
fn the_run_id_in_the_script_has_the_same_effect() {
    let Some(mut redis) = Redis::start_with(&["--save", "3600 100000"]) else {
        return;
    };
    let mut settings = settings(redis.url());
    settings.behind_proxy = true;
    let run = Scenario::start(settings, 2);
    old_snapshot(&mut redis);
    redis.kill();
    pause(300);
    redis.start_again();
    let verdict = run.verdict("old RDB and kill -9, behind_proxy");
    verdict.assert_kept();
    assert!(verdict.losses >= 8, "{verdict:?}");
}

/// The counter-test: the verifier finds what the run id prevents.
#[test]
fn without_the_run_id_an_old_snapshot_corrupts_the_log() {
    let Some(mut redis) = Redis::start_with(&["--save", "3600 100000"]) else {
        return;
    };
    let proxy = Proxy::to(redis.port, true);
    let mut run = Scenario::start(settings(url(&proxy)), 2);
    old_snapshot(&mut redis);
    let verdict = crate::verify::verify(&run.reports());
    println!("old RDB without run ids: {verdict:?}");
    assert!(verdict.wrong > 0, "{verdict:?}");
}

/// Restarts the server with a snapshot that is about 1.5 s old.
fn old_snapshot(redis: &mut Redis) {
    redis.run(&["SAVE"]);
    pause(1500);
    redis.kill();
    pause(300);
    redis.start_again();
}

#[test]
fn a_suspended_server_stores_nothing_twice() {
    let Some(redis) = Redis::start() else { return };
    let run = Scenario::start(settings(redis.url()), 2);
    redis.process.freeze();
    pause(3000);
    redis.process.thaw();
    let verdict = run.verdict("server stopped 3 s");
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0);
}

#[test]
fn a_suspended_node_is_filled_from_the_history() {
    // Redis drops the connection of a node that leaves more than this unread.
    let limit = [
        "--save",
        "",
        "--client-output-buffer-limit",
        "pubsub 16kb 8kb 1",
    ];
    let Some(redis) = Redis::start_with(&limit) else {
        return;
    };
    let run = Scenario::start(settings(redis.url()), 2);
    run.nodes[1].process.freeze();
    pause(3000);
    run.nodes[1].process.thaw();
    let verdict = run.verdict("node stopped 3 s");
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0);
}

/// Suspends a node, and kills its connection.
fn absent(history: usize) -> Option<crate::verify::Verdict> {
    let redis = Redis::start()?;
    let mut settings = settings(redis.url());
    settings.history = history;
    let run = Scenario::start(settings, 2);
    run.nodes[1].process.freeze();
    redis.run(PUBSUB);
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
fn evicted_keys_are_reported_losses() {
    let Some(redis) = Redis::start() else { return };
    let run = Scenario::start(settings(redis.url()), 2);
    for key in ["m", "s", "m", "s"] {
        for topic in 0..4 {
            redis.run(&["DEL", &format!("h4k:lab:{{t/t{topic}}}:{key}")]);
        }
        pause(600);
    }
    let verdict = run.verdict("evicted keys");
    verdict.assert_kept();
    assert!(verdict.losses >= 8, "{verdict:?}");
}

#[test]
fn at_full_speed_everything_is_delivered() {
    let Some(redis) = Redis::start() else { return };
    let mut settings = settings(redis.url());
    (settings.topics, settings.publishes, settings.pause_ms) = (32, 300, 0);
    let run = Scenario::start(settings, 2);
    let verdict = run.verdict("full speed");
    verdict.assert_kept();
    assert_eq!(verdict.delivered + verdict.reported, 2 * verdict.published);
}

#[test]
fn a_proxy_that_switches_servers_is_a_reported_loss() {
    for behind_proxy in [false, true] {
        let (Some(one), Some(other)) = (Redis::start(), Redis::start()) else {
            return;
        };
        let proxy = Proxy::to(one.port, false);
        let mut settings = settings(url(&proxy));
        (settings.behind_proxy, settings.publishes) = (behind_proxy, 120);
        let run = Scenario::start(settings, 2);
        pause(500);
        // The first server runs on, and keeps its log.
        proxy.switch(other.port);
        let verdict = run.verdict(&format!("a proxy switches, behind_proxy {behind_proxy}"));
        verdict.assert_kept();
        assert!(verdict.losses >= 8, "{verdict:?}");
    }
}

#[test]
fn a_primary_that_is_used_again_repeats_nothing() {
    let (Some(one), Some(other)) = (Redis::start(), Redis::start()) else {
        return;
    };
    let proxy = Proxy::to(one.port, false);
    let mut settings = settings(url(&proxy));
    settings.publishes = 160;
    let run = Scenario::start(settings, 2);
    for target in [other.port, one.port, other.port] {
        pause(900);
        proxy.switch(target);
    }
    let verdict = run.verdict("there and back");
    verdict.assert_kept();
    assert!(verdict.losses >= 8 && verdict.delivered > 0, "{verdict:?}");
}

#[test]
fn a_failover_to_a_replica_is_a_reported_loss() {
    let (Some(mut primary), Some(replica)) = (Redis::start(), Redis::start()) else {
        return;
    };
    replica.run(&["REPLICAOF", "127.0.0.1", &primary.port.to_string()]);
    let proxy = Proxy::to(primary.port, false);
    let run = Scenario::start(settings(url(&proxy)), 2);
    pause(1000);
    primary.kill();
    pause(300);
    // For a while the nodes reach a replica, which they must not use.
    proxy.switch(replica.port);
    pause(500);
    replica.run(&["REPLICAOF", "NO", "ONE"]);
    let verdict = run.verdict("failover");
    verdict.assert_kept();
    assert!(verdict.losses >= 8, "{verdict:?}");
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}

fn random_faults(seed: u64) {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let mut settings = settings(redis.url());
    (settings.history, settings.publishes) = (20, 350);
    let run = Scenario::start(settings, 2);
    let mut random = Random(seed);
    for _ in 0..10 {
        match random.below(7) {
            0 | 1 => drop(redis.run(PUBSUB)),
            2 => drop(redis.run(NORMAL)),
            3 => {
                redis.process.freeze();
                pause(700);
                redis.process.thaw();
            }
            4 => {
                redis.kill();
                pause(300);
                redis.start_again();
                pause(300);
            }
            5 => {
                let key = format!("h4k:lab:{{t/t{}}}:m", random.below(4));
                redis.run(&["DEL", &key]);
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
