//! Three servers that store every entry, of which one fails.

use std::time::{Duration, Instant};

use http4k_ws_nats::{NatsConfig, NatsEngine};

use crate::nats::Nats;
use crate::process::free_port;
use crate::scenario::{Scenario, pause, settings};
use crate::support::run;

/// Starts servers that form a cluster, and waits until it can create streams.
fn cluster() -> Option<Vec<Nats>> {
    let ports: Vec<u16> = (0..3).map(|_| free_port()).collect();
    let routes = ports.iter().map(|port| format!("nats://127.0.0.1:{port}"));
    let routes = routes.collect::<Vec<_>>().join(",");
    let servers = ports.iter().enumerate().map(|(number, port)| {
        let (name, own) = (format!("n{number}"), format!("nats://127.0.0.1:{port}"));
        let of = [
            "--cluster_name",
            "c",
            "--cluster",
            &own,
            "--routes",
            &routes,
        ];
        Nats::start_with(&[&["-js", "--server_name", &name], &of[..]].concat())
    });
    let servers: Vec<Nats> = servers.collect::<Option<_>>()?;
    // The servers elect a leader.
    run(async {
        let deadline = Instant::now() + Duration::from_secs(30);
        let config = NatsConfig::new("elected", &urls(&servers)[0]).unwrap();
        let config = config.with_replicas(3);
        while let Err(error) = NatsEngine::connect_with(config.clone()).await {
            assert!(Instant::now() < deadline, "{error}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    Some(servers)
}

fn urls(servers: &[Nats]) -> Vec<String> {
    servers.iter().map(Nats::url).collect()
}

fn one_fails(on_disk: bool) {
    let Some(mut servers) = cluster() else { return };
    let mut settings = settings(urls(&servers).join(","));
    settings.on_disk = on_disk;
    let run = Scenario::start(settings, 2);
    // Each of them may be the leader of the stream.
    for server in &mut servers[..2] {
        pause(500);
        server.kill();
        pause(300);
        server.start_again();
        pause(1500);
    }
    let verdict = run.verdict(&format!("one of three fails, on disk {on_disk}"));
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0, "{verdict:?}");
    assert!(verdict.published > 0, "{verdict:?}");
}

#[test]
fn a_server_of_three_that_fails_loses_nothing_from_its_memory() {
    one_fails(false);
}

#[test]
fn a_server_of_three_that_fails_loses_nothing_from_its_files() {
    one_fails(true);
}
