//! Entries that are kept, and losses that are noticed.

use std::time::Duration;

use http4k_ws::topics::engine::{Engine, EngineEvent};
use http4k_ws_nats::{NatsConfig, NatsEngine, Storage};
use tokio::time::sleep;

use crate::nats::Nats;
use crate::support::{entry, joining, member, next, next_entry, position, run, subscribed, topic};

/// A quiet topic outlives the age of its entries: nothing is lost in it.
#[test]
fn a_quiet_topic_reports_no_loss() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let config = NatsConfig::new("app", &nats.url()).unwrap();
        let config = config.with_max_age(Duration::from_secs(5));
        let engine = NatsEngine::connect_with(config.clone()).await.unwrap();
        let other = NatsEngine::connect_with(config).await.unwrap();
        let topic = topic("quiet");
        let mut events = subscribed(&engine, &topic).await;
        let first = engine.publish(&entry(&topic, 1, "a")).await.unwrap();
        while next_entry(&mut events).await.2 != "a" {}
        sleep(Duration::from_secs(12)).await;
        // The entry is gone. A client that was there has missed nothing, on any node.
        let history = other
            .history(&topic, first.offset(), u64::MAX)
            .await
            .unwrap();
        assert!(history.entries.is_empty(), "{history:?}");
        assert_eq!(history.first_kept, first.offset() + 1);
        let all = other.history(&topic, 0, u64::MAX).await.unwrap();
        assert!(all.first_kept > first.offset(), "{all:?}");
        assert!(position(&other, &topic).await.offset() > first.offset());
        // The next entry names a predecessor that this node has received.
        let second = other.publish(&entry(&topic, 2, "b")).await.unwrap();
        let mut here = first.offset();
        loop {
            let (at, prev, text) = next_entry(&mut events).await;
            assert_eq!(prev, here);
            here = at.offset();
            if text == "b" {
                assert_eq!(at, second);
                break;
            }
        }
    });
}

/// Without a node that serves it, a topic is forgotten with its entries.
#[test]
fn a_topic_that_no_node_serves_is_a_reported_loss() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let config = NatsConfig::new("app", &nats.url()).unwrap();
        let config = config.with_max_age(Duration::from_secs(5));
        let engine = NatsEngine::connect_with(config).await.unwrap();
        let topic = topic("idle");
        let first = engine.publish(&entry(&topic, 1, "a")).await.unwrap();
        engine.publish(&entry(&topic, 2, "b")).await.unwrap();
        sleep(Duration::from_secs(7)).await;
        let history = engine
            .history(&topic, first.offset(), u64::MAX)
            .await
            .unwrap();
        assert_eq!(history.last.epoch(), first.epoch());
        assert!(history.first_kept > first.offset() + 1, "{history:?}");
    });
}

#[test]
fn files_survive_the_end_of_the_server() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    run(async {
        let config = NatsConfig::new("app", &nats.url()).unwrap();
        let config = config.with_storage(Storage::File);
        let engine = NatsEngine::connect_with(config).await.unwrap();
        let topic = topic("file");
        let mut events = subscribed(&engine, &topic).await;
        let ann = member(7, 1, "ann");
        engine
            .publish(&joining(&topic, 1, ann.clone()))
            .await
            .unwrap();
        let before = engine.publish(&entry(&topic, 2, "a")).await.unwrap();
        nats.kill();
        nats.start_again();
        while next(&mut events).await != EngineEvent::Up {}
        assert_eq!(position(&engine, &topic).await, before);
        assert_eq!(engine.members(&topic).await.unwrap(), (vec![ann], before));
        // The server still recognizes what it has stored.
        assert_eq!(engine.publish(&entry(&topic, 2, "a")).await, Ok(before));
    });
}

/// A machine that fails may lose the last entries of a file.
#[test]
fn an_old_copy_of_the_files_is_a_new_epoch() {
    for overtaken in [false, true] {
        let Some(mut nats) = Nats::start() else {
            return;
        };
        run(async {
            let config = NatsConfig::new("app", &nats.url()).unwrap();
            let config = config.with_storage(Storage::File);
            let engine = NatsEngine::connect_with(config.clone()).await.unwrap();
            let topic = topic("old");
            let mut events = subscribed(&engine, &topic).await;
            engine.publish(&entry(&topic, 1, "a")).await.unwrap();
            nats.kill();
            while !matches!(next(&mut events).await, EngineEvent::Down(_)) {}
            let copy = nats.copy();
            nats.start_again();
            while next(&mut events).await != EngineEvent::Up {}
            let lost = engine.publish(&entry(&topic, 2, "b")).await.unwrap();
            nats.kill();
            while !matches!(next(&mut events).await, EngineEvent::Down(_)) {}
            nats.restore(&copy);
            nats.start_again();
            if overtaken {
                // Another node may store entries before this one is connected again.
                let other = NatsEngine::connect_with(config).await.unwrap();
                for number in 1..=2 {
                    let number = 1000 + number;
                    let _the_epoch_may_change = other.publish(&entry(&topic, number, "c")).await;
                }
            }
            while next(&mut events).await != EngineEvent::Up {}
            assert_ne!(position(&engine, &topic).await.epoch(), lost.epoch());
        });
    }
}
