//! The operations of the engine over Redis, one by one.

use std::time::Duration;

use http4k_ws::bytes::Bytes;
use http4k_ws::topics::Position;
use http4k_ws::topics::engine::redis::{RedisEngine, RedisError};
use http4k_ws::topics::engine::{
    AttemptError, Engine, EngineEvent, Interest, MemberChange, NodeId, Publication,
};
use tokio::time::sleep;

use crate::redis::Redis;
use crate::support::{NODE, entry, joining, member, next, position, run, subscribed, topic};

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
fn numbers_that_are_evicted_between_two_attempts_are_another_epoch() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("once");
        let first = engine.publish(&entry(&topic, 1, "a")).await.unwrap();
        let again = Publication {
            expect: Some(first.epoch()),
            ..entry(&topic, 1, "a")
        };
        let changed = Err(AttemptError::EpochChanged);
        // The second attempt would be a second entry.
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
fn a_server_that_is_absent_is_an_error_without_its_password() {
    run(async {
        let port = crate::process::free_port();
        let url = format!("redis://ann:s3cret@127.0.0.1:{port}/");
        let error = RedisEngine::connect("app", &url).await.unwrap_err();
        assert!(matches!(error, RedisError::Unreachable { .. }));
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    });
}
