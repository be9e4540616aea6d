//! Nodes that notice at the same time that something is lost, and must agree on another epoch.

use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use http4k_ws::bytes::Bytes;
use http4k_ws::topics::engine::{AttemptError, Engine, NodeId, Publication};
use http4k_ws::topics::{Position, TopicName};
use http4k_ws_nats::{NatsConfig, NatsEngine, Storage};
use tokio::time::sleep;

use crate::nats::Nats;
use crate::support::{entry, run, topic};

const NODES: usize = 8;

async fn engines(nats: &Nats) -> Vec<NatsEngine> {
    let config = NatsConfig::new("app", &nats.url()).unwrap();
    let config = config.with_storage(Storage::File);
    let connecting = (0..NODES).map(|_| NatsEngine::connect_with(config.clone()));
    try_join_all(connecting).await.unwrap()
}

/// Publishes from each node, as a node does: again after a failure. Returns the positions.
async fn publish_from_all(engines: &[NatsEngine], topic: &TopicName, number: u64) -> Vec<Position> {
    let publishing = engines.iter().enumerate().map(|(node, engine)| async move {
        let entry = Publication {
            once: (NodeId(node as u64), number),
            ..entry(topic, number, "x")
        };
        loop {
            match engine.publish(&entry).await {
                Ok(at) => return at,
                Err(AttemptError::Refused(cause)) => panic!("{cause}"),
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    });
    join_all(publishing).await
}

/// Waits until all nodes see the same position, and returns its epoch.
async fn agreed(engines: &[NatsEngine], topic: &TopicName) -> u64 {
    loop {
        let topics = std::slice::from_ref(topic);
        let positions = join_all(engines.iter().map(|engine| engine.positions(topics))).await;
        let positions: Vec<_> = positions.into_iter().flatten().flatten().collect();
        if positions.len() == NODES && positions.iter().all(|at| *at == positions[0]) {
            return positions[0].epoch();
        }
        sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn nodes_that_notice_lost_entries_at_once_agree_on_another_epoch() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    run(async {
        let engines = engines(&nats).await;
        let topic = topic("old");
        let mut before = agreed(&engines, &topic).await;
        for round in 0..3 {
            nats.kill();
            let copy = nats.copy();
            nats.start_again();
            publish_from_all(&engines, &topic, 3 * round + 1).await;
            // Each node has stored an entry that the copy lacks.
            nats.kill();
            nats.restore(&copy);
            nats.start_again();
            publish_from_all(&engines, &topic, 3 * round + 2).await;
            let now = agreed(&engines, &topic).await;
            assert_ne!(now, before);
            // The log is usable from all of them.
            for at in publish_from_all(&engines, &topic, 3 * round + 3).await {
                assert_eq!(at.epoch(), now);
            }
            before = now;
        }
    });
}

/// Sends a request to the API of JetStream, as an operator does.
async fn api(nats: &Nats, operation: &str, body: &str) -> serde_json::Value {
    let client = async_nats::connect(nats.url()).await.unwrap();
    let body = Bytes::copy_from_slice(body.as_bytes());
    let reply = client.request(format!("$JS.API.{operation}"), body).await;
    serde_json::from_slice(&reply.unwrap().payload).unwrap()
}

async fn streams(nats: &Nats, subject: &str) -> Vec<String> {
    let body = format!(r#"{{"subject":"{subject}"}}"#);
    let names = api(nats, "STREAM.NAMES", &body).await;
    let names = names["streams"].as_array().cloned().unwrap_or_default();
    let names = names.iter().map(|name| name.as_str().unwrap().to_owned());
    names.collect()
}

/// Deletes the stream of the members, as an operator may.
async fn remove_members(nats: &Nats) {
    let members = streams(nats, "h4k.app.m.>").await;
    assert_eq!(members.len(), 1, "{members:?}");
    api(nats, &format!("STREAM.DELETE.{}", members[0]), "").await;
}

#[test]
fn nodes_that_notice_lost_members_at_once_agree_on_another_epoch() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let engines = engines(&nats).await;
        let topic = topic("members");
        let mut before = agreed(&engines, &topic).await;
        for round in 0..3 {
            remove_members(&nats).await;
            let beats = engines.iter().zip(1..);
            let beats = join_all(beats.map(|(engine, node)| engine.beat(NodeId(node)))).await;
            assert!(beats.iter().all(Result::is_ok), "{beats:?}");
            let now = agreed(&engines, &topic).await;
            assert_ne!(now, before);
            for at in publish_from_all(&engines, &topic, round).await {
                assert_eq!(at.epoch(), now);
            }
            before = now;
        }
        // Nothing is left of the epochs that have ended.
        assert_eq!(streams(&nats, "h4k.app.>").await.len(), 2);
    });
}

/// A server returns with files of an epoch that had ended by then, and lack what this node has
/// seen.
#[test]
fn old_files_of_a_former_epoch_are_another_one() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    run(async {
        let engines = engines(&nats).await;
        let topic = topic("former");
        nats.kill();
        let copy = nats.copy();
        nats.start_again();
        let first = publish_from_all(&engines, &topic, 1).await[0];
        remove_members(&nats).await;
        engines[0].beat(NodeId(1)).await.unwrap();
        // No other node has noticed it, and each reads the log of the epoch that has begun.
        for engine in &engines {
            let history = engine.history(&topic, 0, u64::MAX).await.unwrap();
            assert_ne!(history.last.epoch(), first.epoch());
            assert!(history.entries.is_empty());
        }
        let second = publish_from_all(&engines, &topic, 2).await[0];
        nats.kill();
        nats.restore(&copy);
        nats.start_again();
        let third = publish_from_all(&engines, &topic, 3).await[0];
        assert!(![first.epoch(), second.epoch()].contains(&third.epoch()));
    });
}

/// A node was frozen before it gave the log the subjects of an epoch that has ended since.
#[test]
fn an_epoch_that_has_ended_does_not_begin_again() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let engines = engines(&nats).await;
        let topic = topic("thawed");
        let mut epochs = vec![publish_from_all(&engines, &topic, 1).await[0].epoch()];
        for number in 2..=3 {
            remove_members(&nats).await;
            engines[0].beat(NodeId(1)).await.unwrap();
            epochs.push(publish_from_all(&engines, &topic, number).await[0].epoch());
        }
        let last = epochs.pop().unwrap();
        for (former, number) in epochs.into_iter().zip(4..) {
            let mut config = api(&nats, "STREAM.INFO.H4K_app", "").await["config"].take();
            config["subjects"] = serde_json::json!([format!("h4k.app.t.{former:016x}.>")]);
            let changed = api(&nats, "STREAM.UPDATE.H4K_app", &config.to_string()).await;
            assert!(changed["error"].is_null(), "{changed}");
            for at in publish_from_all(&engines, &topic, number).await {
                assert_eq!(at.epoch(), last);
            }
        }
    });
}
