//! The operations of the engine over Redis, one by one.

use std::future::Future;
use std::time::Duration;

use http4k_ws::bytes::Bytes;
use http4k_ws::topics::engine::redis::{RedisConfig, RedisEngine, RedisError};
use http4k_ws::topics::engine::{
    AttemptError, Engine, EngineEvent, EngineEvents, Interest, Member, MemberChange, MemberId,
    NodeId, Publication,
};
use http4k_ws::topics::{Position, TopicName};
use tokio::time::{sleep, timeout};

use crate::redis::Redis;

pub(crate) const NODE: NodeId = NodeId(7);

/// Runs a test, which must end within 20 s.
pub(crate) fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    let ended = runtime.block_on(async { timeout(Duration::from_secs(20), test).await });
    ended.expect("a test that ends");
}

pub(crate) fn topic(own: &str) -> TopicName {
    TopicName::new("t", own).expect("a name")
}

/// Returns a publication that keeps 100 entries.
pub(crate) fn entry(topic: &TopicName, number: u64, text: &str) -> Publication {
    Publication {
        topic: topic.clone(),
        bytes: Bytes::copy_from_slice(text.as_bytes()),
        change: None,
        keep: 100,
        keep_for: Duration::from_secs(600),
        once: (NODE, number),
        expect: None,
    }
}

pub(crate) fn member(node: u64, number: u64, name: &str) -> Member {
    let id = MemberId {
        node: NodeId(node),
        number,
    };
    let name = name.to_owned();
    Member { id, name }
}

pub(crate) fn joining(topic: &TopicName, number: u64, member: Member) -> Publication {
    Publication {
        change: Some(MemberChange::Join(member)),
        ..entry(topic, number, "joined")
    }
}

pub(crate) async fn next(events: &mut EngineEvents) -> EngineEvent {
    let event = timeout(Duration::from_secs(10), events.next()).await;
    event.expect("an event in time").expect("an event")
}

/// Subscribes to `topic`, and waits until the engine is ready.
pub(crate) async fn subscribed(engine: &RedisEngine, topic: &TopicName) -> EngineEvents {
    let mut events = engine.events();
    assert_eq!(next(&mut events).await, EngineEvent::Up);
    engine.interest(vec![Interest::Add(topic.clone())]);
    let ready = EngineEvent::Ready(vec![topic.clone()]);
    assert_eq!(next(&mut events).await, ready);
    events
}

async fn position(engine: &RedisEngine, topic: &TopicName) -> Position {
    engine
        .positions(std::slice::from_ref(topic))
        .await
        .expect("a position")[0]
}

#[test]
fn entries_are_numbered_delivered_and_kept() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("a {b}\n%");
        let mut events = subscribed(&engine, &topic).await;
        let start = position(&engine, &topic).await;
        assert_eq!(start.offset(), 0);
        for number in 1..=3 {
            let text = format!("line\n{number}");
            let at = engine.publish(&entry(&topic, number, &text)).await.unwrap();
            assert_eq!(at, Position::new(start.epoch(), number));
            let expected = EngineEvent::Entry {
                topic: topic.clone(),
                at,
                prev: number - 1,
                bytes: text.into(),
            };
            assert_eq!(next(&mut events).await, expected);
        }
        let history = engine.history(&topic, 1, 9).await.unwrap();
        assert_eq!(history.last, Position::new(start.epoch(), 3));
        assert_eq!((history.first_kept, history.up_to), (1, 3));
        let texts = [(2, Bytes::from("line\n2")), (3, Bytes::from("line\n3"))];
        assert_eq!(history.entries, texts);
        engine.interest(vec![Interest::Remove(topic.clone())]);
        engine.interest(vec![Interest::Add(topic.clone())]);
        let ready = EngineEvent::Ready(vec![topic.clone()]);
        assert_eq!(next(&mut events).await, ready);
    });
}

#[test]
fn history_is_bounded_by_count_and_by_age() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let (few, none, aged) = (topic("few"), topic("none"), topic("aged"));
        for number in 1..=20 {
            let publication = Publication {
                keep: 5,
                ..entry(&few, number, "x")
            };
            engine.publish(&publication).await.unwrap();
            let publication = Publication {
                keep: 0,
                ..entry(&none, number, "x")
            };
            engine.publish(&publication).await.unwrap();
        }
        let history = engine.history(&few, 0, 20).await.unwrap();
        assert_eq!((history.first_kept, history.entries.len()), (16, 5));
        let history = engine.history(&none, 0, 20).await.unwrap();
        assert_eq!((history.first_kept, history.up_to), (21, 20));
        assert!(history.entries.is_empty());

        for number in 1..=2 {
            let publication = Publication {
                keep_for: Duration::from_secs(2),
                ..entry(&aged, number, "x")
            };
            engine.publish(&publication).await.unwrap();
            sleep(Duration::from_millis(1700)).await;
        }
        sleep(Duration::from_millis(1300)).await;
        let history = engine.history(&aged, 0, 2).await.unwrap();
        assert!(history.first_kept >= 2, "{history:?}");
        assert_eq!(history.last.offset(), 2);
    });
}

#[test]
fn long_history_comes_in_parts() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("long");
        let text = "x".repeat(200 * 1024);
        for number in 1..=40 {
            engine.publish(&entry(&topic, number, &text)).await.unwrap();
        }
        let (mut after, mut parts) = (0, 0);
        while after < 40 {
            let history = engine.history(&topic, after, 40).await.unwrap();
            let offsets: Vec<u64> = history.entries.iter().map(|(offset, _)| *offset).collect();
            assert_eq!(offsets, (after + 1..=history.up_to).collect::<Vec<_>>());
            assert!(offsets.len() <= 16);
            (after, parts) = (history.up_to, parts + 1);
        }
        assert!(parts >= 3);
    });
}

#[test]
fn an_entry_is_stored_once_however_often_it_is_sent() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("once");
        let first = engine.publish(&entry(&topic, 1, "a")).await.unwrap();
        let again = Publication {
            expect: Some(first.epoch()),
            ..entry(&topic, 1, "a")
        };
        assert_eq!(engine.publish(&again).await, Ok(first));
        let other = Publication {
            expect: Some(first.epoch() ^ 1),
            ..entry(&topic, 2, "b")
        };
        let changed = Err(AttemptError::EpochChanged);
        assert_eq!(engine.publish(&other).await, changed);
        assert_eq!(position(&engine, &topic).await, first);

        // Its numbers are evicted between two attempts: the second one would be a second entry.
        redis.run(&["DEL", "h4k:app:{t/once}:m"]);
        assert_eq!(engine.publish(&again).await, changed);
        assert_eq!(position(&engine, &topic).await.offset(), 0);

        // Of another node, the same number is another entry.
        let other = Publication {
            once: (NodeId(8), 1),
            ..entry(&topic, 1, "c")
        };
        assert_eq!(engine.publish(&other).await.unwrap().offset(), 1);
    });
}

#[test]
fn another_process_is_another_epoch() {
    let Some(mut redis) = Redis::start_with(&["--save", "3600 1"]) else {
        return;
    };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("restart");
        let mut events = subscribed(&engine, &topic).await;
        let joining = joining(&topic, 1, member(7, 1, "ann"));
        let before = engine.publish(&joining).await.unwrap();
        next(&mut events).await;
        redis.run(&["SAVE"]);
        let lost = engine.publish(&entry(&topic, 2, "lost")).await.unwrap();
        next(&mut events).await;
        redis.kill();
        let EngineEvent::Down(cause) = next(&mut events).await else {
            panic!("the engine is down");
        };
        assert!(cause.contains(&redis.port.to_string()), "{cause}");
        assert!(matches!(
            engine.publish(&entry(&topic, 3, "x")).await,
            Err(AttemptError::NotSent(_))
        ));
        redis.start_again();
        assert_eq!(next(&mut events).await, EngineEvent::Up);
        let ready = EngineEvent::Ready(vec![topic.clone()]);
        assert_eq!(next(&mut events).await, ready);
        let after = position(&engine, &topic).await;
        assert_ne!(after.epoch(), before.epoch());
        assert_eq!(after.offset(), 0);
        let (members, at) = engine.members(&topic).await.unwrap();
        assert_eq!((members, at), (Vec::new(), after));
        let again = Publication {
            expect: Some(lost.epoch()),
            ..entry(&topic, 2, "lost")
        };
        let changed = Err(AttemptError::EpochChanged);
        assert_eq!(engine.publish(&again).await, changed);
    });
}

#[test]
fn evicted_keys_are_a_new_epoch_or_a_shorter_history() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("evicted");
        engine
            .publish(&joining(&topic, 1, member(7, 1, "ann")))
            .await
            .unwrap();
        let before = engine.publish(&entry(&topic, 2, "a")).await.unwrap();
        redis.run(&["DEL", "h4k:app:{t/evicted}:s"]);
        let history = engine.history(&topic, 0, 2).await.unwrap();
        assert_eq!((history.last, history.first_kept), (before, 3));
        engine.publish(&entry(&topic, 3, "b")).await.unwrap();
        let history = engine.history(&topic, 0, 3).await.unwrap();
        assert_eq!((history.first_kept, history.entries.len()), (3, 1));

        redis.run(&["DEL", "h4k:app:{t/evicted}:p"]);
        let (members, at) = engine.members(&topic).await.unwrap();
        assert!(members.is_empty());
        assert_ne!(at.epoch(), before.epoch());
    });
}

#[test]
fn members_change_with_their_entries() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let (topic, other) = (topic("members"), topic("other"));
        let (ann, bob) = (member(7, 1, "ann"), member(8, 1, "bob"));
        engine
            .publish(&joining(&topic, 1, ann.clone()))
            .await
            .unwrap();
        let two = engine
            .publish(&joining(&topic, 2, bob.clone()))
            .await
            .unwrap();
        engine
            .publish(&joining(&other, 1, ann.clone()))
            .await
            .unwrap();
        // Nothing changes, so nothing is stored.
        assert_eq!(
            engine.publish(&joining(&topic, 3, bob.clone())).await,
            Ok(two)
        );
        let (mut members, at) = engine.members(&topic).await.unwrap();
        members.sort_by_key(|member| member.id);
        assert_eq!((members, at), (vec![ann.clone(), bob.clone()], two));

        let mut of = engine.members_of(NodeId(7)).await.unwrap();
        of.sort();
        assert_eq!(of, [(topic.clone(), ann.id), (other.clone(), ann.id)]);
        let renamed = member(7, 1, "anna");
        let three = engine
            .publish(&joining(&topic, 4, renamed.clone()))
            .await
            .unwrap();
        assert_eq!(three.offset(), 3);
        let leave = Publication {
            change: Some(MemberChange::Leave(ann.id)),
            ..entry(&topic, 5, "left")
        };
        let four = engine.publish(&leave).await.unwrap();
        assert_eq!(four.offset(), 4);
        let leave = Publication {
            once: (NODE, 6),
            ..leave
        };
        assert_eq!(engine.publish(&leave).await, Ok(four));
        assert_eq!(engine.members(&topic).await.unwrap().0, [bob]);
        assert_eq!(
            engine.members_of(NodeId(7)).await.unwrap(),
            [(other, ann.id)]
        );
        // A node that has members is not forgotten.
        engine.forget(NodeId(7)).await.unwrap();
        assert_eq!(engine.members_of(NodeId(7)).await.unwrap().len(), 1);
    });
}

#[test]
fn a_node_that_removes_the_members_of_another_keeps_its_own() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("shared");
        let (own, other) = (member(NODE.0, 1, "ann"), member(8, 1, "bob"));
        for (number, member) in [(1, own.clone()), (2, other.clone())] {
            let of = member.id.node;
            let joined = Publication {
                once: (of, number),
                ..joining(&topic, number, member)
            };
            engine.publish(&joined).await.unwrap();
        }
        let leave = Publication {
            change: Some(MemberChange::Leave(other.id)),
            ..entry(&topic, 3, "left")
        };
        engine.publish(&leave).await.unwrap();
        assert!(engine.members_of(NodeId(8)).await.unwrap().is_empty());
        let of_own = engine.members_of(NODE).await.unwrap();
        assert_eq!(of_own, [(topic, own.id)]);
    });
}

#[test]
fn a_lease_ends_by_the_clock_of_the_server() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let config = RedisConfig::new("app", &redis.url()).unwrap();
        let config = config.with_lease(Duration::from_millis(600));
        let engine = RedisEngine::connect_with(config).await.unwrap();
        assert!(engine.beat(NodeId(1)).await.unwrap().is_empty());
        assert!(engine.beat(NodeId(2)).await.unwrap().is_empty());
        sleep(Duration::from_millis(400)).await;
        assert!(engine.beat(NodeId(1)).await.unwrap().is_empty());
        sleep(Duration::from_millis(400)).await;
        assert_eq!(engine.beat(NodeId(1)).await.unwrap(), [NodeId(2)]);
        engine.forget(NodeId(2)).await.unwrap();
        assert!(engine.beat(NodeId(1)).await.unwrap().is_empty());
    });
}

#[test]
fn scripts_that_the_server_forgot_are_sent_again() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("flushed");
        engine.publish(&entry(&topic, 1, "a")).await.unwrap();
        redis.run(&["SCRIPT", "FLUSH"]);
        let at = engine.publish(&entry(&topic, 2, "b")).await.unwrap();
        assert_eq!(at.offset(), 2);
    });
}

#[test]
fn a_full_server_refuses_entries() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("full");
        let before = engine.publish(&entry(&topic, 1, "a")).await.unwrap();
        redis.run(&["CONFIG", "SET", "maxmemory", "1"]);
        let refused = engine.publish(&entry(&topic, 2, "b")).await;
        assert!(
            matches!(refused, Err(AttemptError::Refused(_))),
            "{refused:?}"
        );
        assert_eq!(position(&engine, &topic).await, before);
        redis.run(&["CONFIG", "SET", "maxmemory", "0"]);
        let at = engine.publish(&entry(&topic, 2, "b")).await.unwrap();
        assert_eq!(at.offset(), 2);
    });
}

#[test]
fn foreign_messages_on_a_channel_are_ignored() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("foreign");
        let mut events = subscribed(&engine, &topic).await;
        for body in ["", "hello", "00000000000000af", "zzzzzzzzzzzzzzzz1\nx"] {
            redis.run(&["PUBLISH", "h4k:app:{t/foreign}:c", body]);
        }
        let at = engine.publish(&entry(&topic, 1, "a")).await.unwrap();
        let EngineEvent::Entry { at: delivered, .. } = next(&mut events).await else {
            panic!("an entry");
        };
        assert_eq!(delivered, at);
    });
}

#[test]
fn two_applications_share_a_server() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let one = RedisEngine::connect("one", &redis.url()).await.unwrap();
        let other = RedisEngine::connect("other", &redis.url()).await.unwrap();
        let topic = topic("shared");
        let mut events = subscribed(&other, &topic).await;
        one.publish(&entry(&topic, 1, "of one")).await.unwrap();
        assert_eq!(position(&other, &topic).await.offset(), 0);
        other.publish(&entry(&topic, 1, "of other")).await.unwrap();
        let EngineEvent::Entry { bytes, .. } = next(&mut events).await else {
            panic!("an entry");
        };
        assert_eq!(bytes, "of other");
    });
}

#[test]
fn a_server_that_is_absent_is_an_error_without_its_password() {
    run(async {
        let port = crate::process::free_port();
        let url = format!("redis://ann:s3cret@127.0.0.1:{port}/");
        let error = RedisEngine::connect("app", &url).await.unwrap_err();
        assert!(matches!(error, RedisError::Unreachable { .. }));
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    });
}
