//! The failures that are those of Redis: its connections, files, keys, replicas and proxies.

use crate::engine::{NORMAL, PUBSUB};
use crate::proxy::Proxy;
use crate::redis::Redis;
use crate::scenario::{Scenario, pause, settings};

fn url(proxy: &Proxy) -> String {
    format!("redis://127.0.0.1:{}/", proxy.port)
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
    let proxy = Proxy::changing(redis.port, |reply| hide_run_id(reply));
    let mut run = Scenario::start(settings(url(&proxy)), 2);
    old_snapshot(&mut redis);
    let verdict = crate::verify::verify(&run.reports());
    println!("old RDB without run ids: {verdict:?}");
    assert!(verdict.wrong > 0, "{verdict:?}");
}

/// Replaces the digits of run ids by zeros. The reply to `INFO` is small and arrives at once.
fn hide_run_id(reply: &mut [u8]) {
    const FIELD: &[u8] = b"run_id:";
    let found = reply.windows(FIELD.len()).position(|part| part == FIELD);
    if let Some(found) = found {
        let digits = reply[found + FIELD.len()..].iter_mut();
        let digits = digits.take_while(|digit| digit.is_ascii_hexdigit());
        digits.for_each(|digit| *digit = b'0');
    }
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
fn a_proxy_that_switches_servers_is_a_reported_loss() {
    for behind_proxy in [false, true] {
        let (Some(one), Some(other)) = (Redis::start(), Redis::start()) else {
            return;
        };
        let proxy = Proxy::to(one.port);
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
    let proxy = Proxy::to(one.port);
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
    let proxy = Proxy::to(primary.port);
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
