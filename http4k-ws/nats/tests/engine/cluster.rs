//! Three servers that store every entry, of which some fail.

use std::time::{Duration, Instant};

use http4k_ws_nats::{NatsConfig, NatsEngine, NatsError, Storage};

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
        let config = config.with_replicas(3).with_storage(Storage::File);
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

#[test]
fn servers_of_a_cluster_that_fail_lose_nothing() {
    let Some(mut servers) = cluster() else { return };
    let mut settings = settings(urls(&servers).join(","));
    settings.on_disk = true;
    let run = Scenario::start(settings, 2);
    // One after the other. Each of them may be the leader.
    for server in &mut servers[..2] {
        pause(500);
        server.kill();
        pause(300);
        server.start_again();
        pause(1500);
    }
    let verdict = run.verdict("two of three fail");
    verdict.assert_kept();
    assert_eq!(verdict.losses, 0, "{verdict:?}");
    assert!(verdict.published > 0, "{verdict:?}");
}

#[test]
fn replicas_in_memory_are_refused() {
    run(async {
        let config = NatsConfig::new("app", "nats://127.0.0.1:1").unwrap();
        let error = NatsEngine::connect_with(config.with_replicas(3)).await;
        assert_eq!(error.unwrap_err(), NatsError::MemoryReplicas);
    });
}
