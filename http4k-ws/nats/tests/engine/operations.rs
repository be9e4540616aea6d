//! The operations of the engine, one by one.

use std::time::Duration;

use http4k_ws::bytes::Bytes;
use http4k_ws::topics::Position;
use http4k_ws::topics::engine::{
    AttemptError, Engine, EngineEvent, Interest, NodeId, Publication, empty_entry,
};
use http4k_ws_nats::{NatsConfig, NatsEngine, NatsError};
use tokio::time::sleep;

use crate::nats::Nats;
use crate::support::{
    NODE, entry, joining, leaving, member, next, next_entry, position, run, subscribed, topic,
};

#[test]
fn entries_are_numbered_delivered_and_kept() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let engine = NatsEngine::connect("app", &nats.url()).await.unwrap();
        let topic = topic("a.{b} *>\n%");
        let mut events = subscribed(&engine, &topic).await;
        let start = position(&engine, &topic).await;
        let (at, _, text) = next_entry(&mut events).await;
        assert_eq!((at, text.as_bytes()), (start, &empty_entry()[..]));
        let mut prev = start.offset();
        let mut offsets = Vec::new();
        for number in 1..=3 {
            // Entries of other topics have offsets, too.
            engine
                .publish(&entry(&crate::support::topic("other"), number, "x"))
                .await
                .unwrap();
            let text = format!("line\n{number}");
            let at = engine.publish(&entry(&topic, number, &text)).await.unwrap();
            assert_eq!(at.epoch(), start.epoch());
            assert!(at.offset() > prev);
            assert_eq!(next_entry(&mut events).await, (at, prev, text));
            prev = at.offset();
            offsets.push(prev);
        }
        let history = engine.history(&topic, offsets[0], u64::MAX).await.unwrap();
        assert_eq!(history.last, Position::new(start.epoch(), prev));
        assert_eq!((history.first_kept, history.up_to), (start.offset(), prev));
        let texts = [Bytes::from("line\n2"), Bytes::from("line\n3")];
        assert_eq!(
            history.entries,
            [(offsets[1], texts[0].clone()), (prev, texts[1].clone())]
        );
        let part = engine
            .history(&topic, offsets[0], offsets[1])
            .await
            .unwrap();
        assert_eq!((part.entries.len(), part.up_to), (1, offsets[1]));
        let none = engine.history(&topic, prev, u64::MAX).await.unwrap();
        assert_eq!((none.entries.len(), none.first_kept), (0, start.offset()));
        engine.interest(vec![Interest::Remove(topic.clone())]);
        engine.interest(vec![Interest::Add(topic.clone())]);
        let ready = EngineEvent::Ready(vec![topic.clone()]);
        assert_eq!(next(&mut events).await, ready);
        engine.publish(&entry(&topic, 4, "d")).await.unwrap();
        assert_eq!(next_entry(&mut events).await.1, prev);
    });
}

#[test]
fn history_is_bounded_by_count() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let config = NatsConfig::new("app", &nats.url()).unwrap().with_keep(5);
        let engine = NatsEngine::connect_with(config).await.unwrap();
        let topic = topic("few");
        position(&engine, &topic).await;
        let mut offsets = Vec::new();
        for number in 1..=20 {
            let at = engine.publish(&entry(&topic, number, "x")).await.unwrap();
            offsets.push(at.offset());
        }
        let history = engine.history(&topic, 0, u64::MAX).await.unwrap();
        assert_eq!(
            (history.first_kept, history.entries.len()),
            (offsets[14], 6)
        );
        assert_eq!(history.up_to, offsets[19]);
    });
}

#[test]
fn long_history_comes_in_parts() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let engine = NatsEngine::connect("app", &nats.url()).await.unwrap();
        let (large, many) = (topic("large"), topic("many"));
        let text = "x".repeat(200 * 1024);
        let mut expected = (Vec::new(), Vec::new());
        for number in 1..=20 {
            let at = engine.publish(&entry(&large, number, &text)).await.unwrap();
            expected.0.push(at.offset());
        }
        for number in 1..=400 {
            let at = engine.publish(&entry(&many, number, "x")).await.unwrap();
            expected.1.push(at.offset());
        }
        for (topic, expected, least) in [(&large, expected.0, 3), (&many, expected.1, 2)] {
            let (mut after, mut parts, mut offsets) = (0, 0, Vec::new());
            while after < *expected.last().unwrap() {
                let history = engine.history(topic, after, u64::MAX).await.unwrap();
                offsets.extend(history.entries.iter().map(|(offset, _)| *offset));
                assert!(history.entries.len() <= 256 && history.up_to > after);
                (after, parts) = (history.up_to, parts + 1);
            }
            assert_eq!(offsets, expected);
            assert!(parts >= least, "{parts}");
        }
    });
}

#[test]
fn many_topics_are_opened_at_once() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let engine = NatsEngine::connect("app", &nats.url()).await.unwrap();
        let topics: Vec<_> = (0..3000).map(|number| topic(&number.to_string())).collect();
        let members = futures_util::future::join_all(topics.iter().map(|one| engine.members(one)));
        for members in members.await {
            assert!(members.unwrap().0.is_empty());
        }
        assert_eq!(engine.positions(&topics).await.unwrap().len(), topics.len());
    });
}

#[test]
fn an_entry_is_stored_once_however_often_it_is_sent() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let engine = NatsEngine::connect("app", &nats.url()).await.unwrap();
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
        // Of another node, and in another topic, the same number is another entry.
        for other in [
            Publication {
                once: (NodeId(8), 1),
                ..entry(&topic, 1, "c")
            },
            entry(&crate::support::topic("twice"), 1, "d"),
        ] {
            let at = engine.publish(&other).await.unwrap();
            assert!(at.offset() > first.offset());
        }
    });
}

#[test]
fn a_server_that_kept_nothing_is_another_epoch() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    run(async {
        let engine = NatsEngine::connect("app", &nats.url()).await.unwrap();
        let topic = topic("restart");
        let mut events = subscribed(&engine, &topic).await;
        let joining = joining(&topic, 1, member(7, 1, "ann"));
        let before = engine.publish(&joining).await.unwrap();
        nats.kill();
        let cause = loop {
            if let EngineEvent::Down(cause) = next(&mut events).await {
                break cause;
            }
        };
        assert!(cause.contains(&nats.port.to_string()), "{cause}");
        let attempt = engine.publish(&entry(&topic, 3, "x")).await;
        assert!(
            matches!(attempt, Err(AttemptError::NotSent(_))),
            "{attempt:?}"
        );
        assert!(
            engine
                .positions(std::slice::from_ref(&topic))
                .await
                .is_err()
        );
        nats.start_again();
        assert_eq!(next(&mut events).await, EngineEvent::Up);
        let ready = EngineEvent::Ready(vec![topic.clone()]);
        assert_eq!(next(&mut events).await, ready);
        let after = position(&engine, &topic).await;
        assert_ne!(after.epoch(), before.epoch());
        let (members, at) = engine.members(&topic).await.unwrap();
        assert_eq!((members, at), (Vec::new(), after));
        let again = Publication {
            expect: Some(before.epoch()),
            ..joining.clone()
        };
        let changed = Err(AttemptError::EpochChanged);
        assert_eq!(engine.publish(&again).await, changed);
    });
}

#[test]
fn members_change_with_their_entries() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let engine = NatsEngine::connect("app", &nats.url()).await.unwrap();
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

        let mut of = engine.members_of(NODE).await.unwrap();
        of.sort();
        assert_eq!(of, [(topic.clone(), ann.id), (other.clone(), ann.id)]);
        let renamed = member(7, 1, "anna");
        let three = engine
            .publish(&joining(&topic, 4, renamed.clone()))
            .await
            .unwrap();
        assert!(three.offset() > two.offset());
        let names: Vec<String> = {
            let (members, _) = engine.members(&topic).await.unwrap();
            members.into_iter().map(|member| member.name).collect()
        };
        assert!(
            names.contains(&"anna".to_owned()) && names.len() == 2,
            "{names:?}"
        );
        let four = engine.publish(&leaving(&topic, 5, ann.id)).await.unwrap();
        assert!(four.offset() > three.offset());
        assert_eq!(engine.publish(&leaving(&topic, 6, ann.id)).await, Ok(four));
        assert_eq!(engine.members(&topic).await.unwrap().0, [bob]);
        assert_eq!(
            engine.members_of(NODE).await.unwrap(),
            [(other.clone(), ann.id)]
        );
        // A member of another process that leaves on its behalf, and returns.
        let stranger = NatsEngine::connect("app", &nats.url()).await.unwrap();
        let leave = Publication {
            once: (NodeId(9), 1),
            ..leaving(&other, 1, ann.id)
        };
        let left = stranger.publish(&leave).await.unwrap();
        assert!(engine.members(&other).await.unwrap().0.is_empty());
        let back = engine
            .publish(&joining(&other, 9, ann.clone()))
            .await
            .unwrap();
        assert!(back.offset() > left.offset());
        assert_eq!(stranger.members(&other).await.unwrap(), (vec![ann], back));
    });
}

#[test]
fn a_lease_ends_by_the_clock_of_the_server() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let config = NatsConfig::new("app", &nats.url()).unwrap();
        let config = config.with_lease(Duration::from_millis(600));
        let engine = NatsEngine::connect_with(config).await.unwrap();
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
fn an_entry_that_is_too_large_for_the_server_is_refused() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let engine = NatsEngine::connect("app", &nats.url()).await.unwrap();
        let topic = topic("large");
        let before = engine.publish(&entry(&topic, 1, "a")).await.unwrap();
        let text = "x".repeat(1024 * 1024 + 1);
        let refused = engine.publish(&entry(&topic, 2, &text)).await;
        assert!(
            matches!(refused, Err(AttemptError::Refused(_))),
            "{refused:?}"
        );
        assert_eq!(position(&engine, &topic).await, before);
    });
}

#[test]
fn two_applications_share_a_server() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let one = NatsEngine::connect("one", &nats.url()).await.unwrap();
        let other = NatsEngine::connect("other", &nats.url()).await.unwrap();
        let topic = topic("shared");
        let mut events = subscribed(&other, &topic).await;
        one.publish(&entry(&topic, 1, "of one")).await.unwrap();
        other.publish(&entry(&topic, 1, "of other")).await.unwrap();
        assert_eq!(next_entry(&mut events).await.2, "of other");
        let history = other.history(&topic, 0, u64::MAX).await.unwrap();
        assert_eq!(history.entries.len(), 1);
    });
}

#[test]
fn a_server_that_is_of_no_use_is_an_error_without_its_password() {
    let Some(nats) = Nats::start_with(&["--user", "ann", "--pass", "right"]) else {
        return;
    };
    run(async {
        let absent = crate::process::free_port();
        for (url, cause) in [
            (format!("nats://ann:s3cret@127.0.0.1:{absent}"), ""),
            (
                format!("nats://ann:s3cret@127.0.0.1:{}", nats.port),
                "authorization",
            ),
            (
                format!("nats://ann:right@127.0.0.1:{}", nats.port),
                "JetStream is not enabled",
            ),
        ] {
            let error = NatsEngine::connect("app", &url).await.unwrap_err();
            assert!(matches!(error, NatsError::Unreachable { .. }));
            let shown = format!("{error} {error:?}");
            assert!(
                !shown.contains("s3cret") && shown.contains(cause),
                "{shown}"
            );
        }
    });
}

#[test]
fn the_server_that_responds_is_found_among_others() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let absent = || format!("nats://127.0.0.1:{}", crate::process::free_port());
        let config = NatsConfig::new("app", &absent()).unwrap();
        let config = config.with_server(&absent()).unwrap();
        let config = config.with_server(&nats.url()).unwrap();
        // Their order is random.
        for number in 1..=8 {
            let engine = NatsEngine::connect_with(config.clone()).await.unwrap();
            let entry = entry(&topic("found"), number, "x");
            engine.publish(&entry).await.unwrap();
        }
    });
}
