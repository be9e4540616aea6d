//! The operations of the engine, one by one.

use http4k_ws::bytes::Bytes;
use http4k_ws::topics::Position;
use http4k_ws::topics::engine::{
    AttemptError, Engine, EngineEvent, Interest, Publication, empty_entry,
};
use http4k_ws_nats::{NatsConfig, NatsEngine, NatsError};

use crate::nats::Nats;
use crate::support::{entry, joining, member, next, next_entry, position, run, subscribed, topic};

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
