//! The bounds of publishing, and the names of its errors.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::topics::engine::FaultyEngine;
use http4k_ws::topics::{Health, PublishError, TopicMetrics, TopicName, TopicNode, Topics, ready};

use crate::support::{Said, said};

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(work)
}

#[test]
fn a_message_over_the_limit_is_too_large() {
    run(async {
        let topic = Topics::new("room").max_message(20).topic("r");
        assert!(topic.publish(said("short")).await.is_ok());
        let long = topic.publish(said(&"x".repeat(20))).await;
        let (bytes, most) = (31, 20);
        assert_eq!(long, Err(PublishError::TooLarge { bytes, most }));
        let error: WsError = long.unwrap_err().into();
        assert_eq!(error.status().code(), 1009);
    });
}

/// Polls a future once outside a runtime. Returns `true` if it panics.
fn panics_outside<T>(work: impl Future<Output = T>) -> bool {
    let mut work = Box::pin(work);
    let poll = || {
        let mut cx = Context::from_waker(Waker::noop());
        work.as_mut().poll(&mut cx).is_pending()
    };
    std::panic::catch_unwind(AssertUnwindSafe(poll)).is_err()
}

#[test]
fn a_topic_needs_a_runtime() {
    let topic = Topics::new("room").topic("r");
    assert!(panics_outside(topic.publish(said("1"))));
    assert!(panics_outside(topic.publish_keyed("k", said("1"))));
    assert!(panics_outside(topic.history(None)));
    assert!(panics_outside(topic.members()));
    assert!(panics_outside(topic.position()));
    assert!(panics_outside(topic.evict(|_| true)));
    // Afterwards it works as before.
    assert!(run(topic.publish(said("1"))).is_ok());
}

#[derive(Clone, Serialize, Deserialize, Message)]
struct Map(BTreeMap<(u8, u8), u8>);

#[test]
fn a_value_without_a_form_is_unencodable() {
    run(async {
        let topic = Topics::new("room").topic("r");
        let map = Map([((1, 2), 3)].into());
        let refused = topic.publish(map).await.unwrap_err();
        assert_eq!(refused.kind(), "unencodable");
    });
}

#[test]
fn messages_that_wait_for_the_engine_are_bounded_and_fail_in_time() {
    run(async {
        let engine = FaultyEngine::new();
        let node = TopicNode::new(engine.node());
        let topics: Topics<Said> = node.topics("room");
        assert!(topics.topic("r").publish(said("1")).await.is_ok());
        engine.freeze(0);
        let start = tokio::time::Instant::now();
        let waiting: Vec<_> = (0..1030)
            .map(|number| {
                let topic = topics.topic(number);
                tokio::spawn(async move { topic.publish(said("x")).await })
            })
            .collect();
        for waiting in waiting {
            let error = waiting.await.unwrap().unwrap_err();
            assert!(["full", "unavailable"].contains(&error.kind()), "{error}");
        }
        assert!(start.elapsed() < Duration::from_millis(2100));

        // A message beyond the bound travels alone, and arrives.
        engine.thaw(0);
        let large = node.topics("room").max_message(32 << 20).topic("large");
        for bytes in [5 << 20, 20 << 20] {
            let text = "x".repeat(bytes);
            let at = large.publish(said(&text)).await.unwrap();
            let history = large.history(None).await.unwrap();
            let (last, message) = history.messages.last().unwrap();
            assert_eq!((*last, message.text.len()), (at, bytes));
        }
    });
}

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }
}

impl TopicMetrics for Log {
    fn published(&self, topic: &TopicName) {
        self.note(format!("published {topic}"));
    }

    fn publish_failed(&self, _topic: &TopicName, error: &PublishError) {
        self.note(format!("failed {}", error.kind()));
    }

    fn engine_down(&self) {
        self.note("down");
        panic!("a panic of metrics is logged");
    }

    fn engine_up(&self) {
        self.note("up");
    }
}

#[test]
fn metrics_and_health_follow_the_engine() {
    run(async {
        let (engine, log) = (FaultyEngine::new(), Arc::new(Log::default()));
        let node = TopicNode::with_metrics(engine.node(), Arc::clone(&log));
        let topics: Topics<Said> = node.topics("room");
        let app = routes! { "/<room>" => ws(crate::support::listen(ws, topics, room, _)) };
        let topic = node.topics::<Said>("room").topic("r");
        let _ann = app.connect_ws("/r").await.unwrap();
        topic.publish(said("1")).await.unwrap();
        engine.partition(0);
        assert!(topic.publish(said("2")).await.is_err());
        assert!(matches!(node.health(), Health::Down { .. }));
        engine.heal(0);
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(matches!(node.health(), Health::Up { .. }));
        let log = log.0.lock().unwrap().clone();
        assert_eq!(
            log,
            ["published room/r", "down", "failed unavailable", "up"]
        );
    });
}

/// A node without subscribers, whose first use is any of the operations.
#[test]
fn a_node_that_never_joins_follows_its_engine() {
    for first in ["publish", "history", "members", "position", "evict"] {
        run(async {
            let (engine, log) = (FaultyEngine::new(), Arc::new(Log::default()));
            let node = TopicNode::with_metrics(engine.node(), Arc::clone(&log));
            let topic = node.topics::<Said>("room").topic("r");
            match first {
                "publish" => drop(topic.publish(said("1")).await.unwrap()),
                "history" => drop(topic.history(None).await.unwrap()),
                "members" => drop(topic.members().await.unwrap()),
                "position" => drop(topic.position().await.unwrap()),
                _ => assert_eq!(topic.evict(|_| true).await.unwrap(), 0),
            }
            let settled = || tokio::time::sleep(Duration::from_millis(1));
            settled().await;
            let health = node.health();
            assert!(
                matches!(health, Health::Up { since: Some(_), .. }),
                "{first}: {health:?}"
            );
            engine.partition(0);
            settled().await;
            let health = node.health();
            assert!(matches!(health, Health::Down { .. }), "{first}: {health:?}");
            tokio::time::sleep(Duration::from_secs(6)).await;
            assert_eq!(ready(&node)(Request::default()).status(), 503, "{first}");
            engine.heal(0);
            settled().await;
            assert!(matches!(node.health(), Health::Up { .. }), "{first}");
            let log = log.0.lock().unwrap().clone();
            assert!(log.ends_with(&["down", "up"].map(str::to_owned)), "{log:?}");
        });
    }
}

#[test]
#[should_panic(
    expected = "the topics of the kind \"room\" have another message type than \"String\""
)]
fn a_kind_has_one_message_type() {
    let node = TopicNode::in_memory();
    node.topics::<Said>("room");
    node.topics::<String>("room");
}
