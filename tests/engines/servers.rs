//! Users, replicas and several primaries.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http4k_ws::topics::TopicName;
use http4k_ws::topics::engine::redis::{RedisConfig, RedisEngine};
use http4k_ws::topics::engine::{AttemptError, Engine, EngineEvent, EngineEvents, Interest};
use tokio::time::sleep;

use crate::redis::Redis;
use crate::support::{NODE, entry, joining, member, next, run, subscribed, topic};

/// The documentation with the permissions that the engine needs.
const DOCUMENTED: &str = include_str!("../../http4k-ws/src/topics/engine/redis/mod.rs");

/// Returns the commands of the documentation, word by word.
pub(crate) fn documented_user() -> Vec<Vec<&'static str>> {
    let lines = DOCUMENTED
        .lines()
        .filter_map(|line| line.strip_prefix("//! "));
    let commands = lines.filter(|line| line.starts_with("ACL SETUSER "));
    let commands: Vec<_> = commands.map(|line| line.split(' ').collect()).collect();
    assert!(!commands.is_empty(), "the documentation names a user");
    commands
}

#[test]
fn the_documented_user_has_exactly_the_permissions_it_needs() {
    let Some(redis) = Redis::start() else { return };
    let user = documented_user();
    for command in &user {
        assert_eq!(redis.run(command), "OK");
    }
    let url = format!("redis://chat:password@127.0.0.1:{}/", redis.port);
    run(async {
        let engine = RedisEngine::connect("chat", &url).await.unwrap();
        let topic = topic("acl");
        let mut events = subscribed(&engine, &topic).await;
        engine.publish(&entry(&topic, 1, "a")).await.unwrap();
        next(&mut events).await;
        engine.history(&topic, 0, 1).await.unwrap();
        engine.members(&topic).await.unwrap();
        engine.beat(NODE).await.unwrap();
        engine.members_of(NODE).await.unwrap();
        engine.forget(NODE).await.unwrap();
        engine.interest(vec![Interest::Remove(topic.clone())]);

        // Not the keys and channels of another application.
        let other = RedisEngine::connect("other", &url).await.unwrap_err();
        assert!(
            other.to_string().contains("NOPERM") || other.to_string().contains("permission"),
            "{other}"
        );

        // Without one of the commands, the engine does not connect, or an operation fails. Only
        // entries that are too old need XTRIM.
        let mut unneeded: Vec<&str> = Vec::new();
        for command in user.iter().flatten().filter(|word| word.starts_with('+')) {
            let removed = command.replacen('+', "-", 1);
            redis.run(&["ACL", "SETUSER", "chat", &removed]);
            if every_operation(&url).await.is_ok() && *command != "+xtrim" {
                unneeded.push(*command);
            }
            redis.run(&["ACL", "SETUSER", "chat", command]);
        }
        assert!(unneeded.is_empty(), "{unneeded:?}");
        every_operation(&url).await.unwrap();
    });
}

/// Does all that an engine can do, and returns the first failure.
async fn every_operation(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    static NUMBER: AtomicU64 = AtomicU64::new(1000);
    let engine = RedisEngine::connect("chat", url).await?;
    let topic = topic("acl");
    let mut events = engine.events();
    let first = Interest::Add(topic.clone());
    engine.interest(vec![first]);
    ready(&mut events).await?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let joining = joining(&topic, number, member(7, 1, "ann"));
    engine.publish(&joining).await?;
    engine.members_of(NODE).await?;
    // Interest in the other one begins after that in the first has ended.
    let changes = [
        Interest::Remove(topic.clone()),
        Interest::Add(crate::support::topic("other")),
    ];
    engine.interest(changes.into());
    ready(&mut events).await?;
    engine.positions(std::slice::from_ref(&topic)).await?;
    engine.history(&topic, 0, 1).await?;
    engine.members(&topic).await?;
    Ok(())
}

async fn ready(events: &mut EngineEvents) -> Result<(), String> {
    loop {
        match next(events).await {
            EngineEvent::Ready(_) => return Ok(()),
            EngineEvent::Down(cause) => return Err(cause),
            EngineEvent::Entry { .. } | EngineEvent::Up => {}
        }
    }
}

#[test]
fn a_wrong_password_is_an_error() {
    let Some(redis) = Redis::start_with(&["--save", "", "--requirepass", "right"]) else {
        return;
    };
    run(async {
        let url = format!("redis://:s3cret@127.0.0.1:{}/", redis.port);
        let error = RedisEngine::connect("app", &url).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"));
        let url = format!("redis://:right@127.0.0.1:{}/", redis.port);
        RedisEngine::connect("app", &url).await.unwrap();
    });
}

#[test]
fn a_replica_is_refused_and_a_demoted_primary_is_left() {
    let (Some(redis), Some(primary)) = (Redis::start(), Redis::start()) else {
        return;
    };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("demoted");
        let mut events = subscribed(&engine, &topic).await;
        let port = primary.port.to_string();
        redis.run(&["REPLICAOF", "127.0.0.1", &port]);
        let attempt = engine.publish(&entry(&topic, 1, "a")).await;
        assert!(
            matches!(attempt, Err(AttemptError::NotSent(_))),
            "{attempt:?}"
        );
        let EngineEvent::Down(_) = next(&mut events).await else {
            panic!("the engine is down");
        };
        let error = RedisEngine::connect("app", &redis.url()).await.unwrap_err();
        assert!(error.to_string().contains("primary"), "{error}");
        redis.run(&["REPLICAOF", "NO", "ONE"]);
        assert_eq!(next(&mut events).await, EngineEvent::Up);
        let ready = EngineEvent::Ready(vec![topic.clone()]);
        assert_eq!(next(&mut events).await, ready);
        engine.publish(&entry(&topic, 1, "a")).await.unwrap();
    });
}

#[test]
fn topics_are_spread_over_several_primaries() {
    let (Some(one), Some(mut other)) = (Redis::start(), Redis::start()) else {
        return;
    };
    run(async {
        let config = RedisConfig::new("app", &one.url()).unwrap();
        let config = config.with_server(&other.url()).unwrap();
        let engine = RedisEngine::connect_with(config).await.unwrap();
        let topics: Vec<TopicName> = (0..20).map(|number| topic(&number.to_string())).collect();
        let mut events = engine.events();
        assert_eq!(next(&mut events).await, EngineEvent::Up);
        engine.interest(topics.iter().cloned().map(Interest::Add).collect());
        let mut ready = Vec::new();
        while ready.len() < topics.len() {
            let EngineEvent::Ready(topics) = next(&mut events).await else {
                panic!("topics are ready");
            };
            ready.extend(topics);
        }
        for topic in &topics {
            engine.publish(&entry(topic, 1, "a")).await.unwrap();
            let EngineEvent::Entry { .. } = next(&mut events).await else {
                panic!("an entry");
            };
        }
        assert_eq!(engine.positions(&topics).await.unwrap().len(), 20);
        let on = |redis: &Redis| redis.run(&["KEYS", "*t/*:m"]).split(' ').count();
        assert!(on(&one) >= 4 && on(&other) >= 4);

        // Without one of them, the topics of the other one work on.
        other.kill();
        let EngineEvent::Down(_) = next(&mut events).await else {
            panic!("the engine is down");
        };
        let mut stored = 0;
        for topic in &topics {
            stored += usize::from(engine.publish(&entry(topic, 2, "b")).await.is_ok());
        }
        assert_eq!(stored, on(&one));
        other.start_again();
        let mut ready = Vec::new();
        while ready.len() < topics.len() {
            match next(&mut events).await {
                EngineEvent::Ready(topics) => ready.extend(topics),
                EngineEvent::Up | EngineEvent::Entry { .. } => {}
                EngineEvent::Down(cause) => panic!("{cause}"),
            }
        }
    });
}

#[test]
fn a_lost_connection_is_replaced_and_its_topics_are_ready_again() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let engine = RedisEngine::connect("app", &redis.url()).await.unwrap();
        let topic = topic("killed");
        let mut events = subscribed(&engine, &topic).await;
        for (round, kind) in ["pubsub", "normal"].into_iter().enumerate() {
            redis.run(&["CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes"]);
            let EngineEvent::Down(_) = next(&mut events).await else {
                panic!("the engine is down");
            };
            assert_eq!(next(&mut events).await, EngineEvent::Up);
            let ready = EngineEvent::Ready(vec![topic.clone()]);
            assert_eq!(next(&mut events).await, ready);
            engine
                .publish(&entry(&topic, round as u64 + 1, "a"))
                .await
                .unwrap();
            let EngineEvent::Entry { .. } = next(&mut events).await else {
                panic!("an entry");
            };
        }
        // Two connections, and that of the command.
        sleep(Duration::from_millis(100)).await;
        assert_eq!(redis.info("connected_clients"), 3);
        drop(engine);
        sleep(Duration::from_millis(100)).await;
        assert_eq!(redis.info("connected_clients"), 1);
    });
}
