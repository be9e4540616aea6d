//! Functions for the tests of single operations, of any engine.

use std::future::Future;
use std::time::Duration;

use http4k_ws::bytes::Bytes;
use http4k_ws::topics::engine::{
    Engine, EngineEvent, EngineEvents, Interest, Member, MemberChange, MemberId, NodeId,
    Publication,
};
use http4k_ws::topics::{Position, TopicName};
use tokio::time::timeout;

pub(crate) const NODE: NodeId = NodeId(7);

/// Runs a test, which must end within 40 s.
pub(crate) fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    let ended = runtime.block_on(async { timeout(Duration::from_secs(40), test).await });
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

pub(crate) fn leaving(topic: &TopicName, number: u64, id: MemberId) -> Publication {
    Publication {
        change: Some(MemberChange::Leave(id)),
        ..entry(topic, number, "left")
    }
}

pub(crate) async fn next(events: &mut EngineEvents) -> EngineEvent {
    let event = timeout(Duration::from_secs(10), events.next()).await;
    event.expect("an event in time").expect("an event")
}

/// Waits for the next entry, and returns its position, its predecessor and its text.
pub(crate) async fn next_entry(events: &mut EngineEvents) -> (Position, u64, String) {
    loop {
        if let EngineEvent::Entry {
            at, prev, bytes, ..
        } = next(events).await
        {
            return (at, prev, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

/// Subscribes to `topic`, and waits until the engine is ready.
pub(crate) async fn subscribed(engine: &impl Engine, topic: &TopicName) -> EngineEvents {
    let mut events = engine.events();
    assert_eq!(next(&mut events).await, EngineEvent::Up);
    engine.interest(vec![Interest::Add(topic.clone())]);
    let ready = EngineEvent::Ready(vec![topic.clone()]);
    assert_eq!(next(&mut events).await, ready);
    events
}

pub(crate) async fn position(engine: &impl Engine, topic: &TopicName) -> Position {
    engine
        .positions(std::slice::from_ref(topic))
        .await
        .expect("a position")[0]
}
