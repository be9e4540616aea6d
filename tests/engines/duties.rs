//! The duties of an engine: operations that have the same effect on every server.

use std::time::Duration;

use http4k_ws::topics::engine::{AttemptError, Engine, NodeId, Publication};
use tokio::time::sleep;

use crate::engine::{LEASE, Server, connect, follows};
use crate::support::{
    NODE, entry, joining, leaving, member, next_entry, position, run, subscribed, topic,
};

#[test]
fn an_entry_is_stored_once_however_often_it_is_sent() {
    let Some(server) = Server::start() else {
        return;
    };
    run(async {
        let engine = connect("app", &server.url(), LEASE).await;
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
        let of_other = Publication {
            once: (NodeId(8), 1),
            ..entry(&topic, 1, "c")
        };
        let second = engine.publish(&of_other).await.unwrap();
        assert!(follows(first, second), "{second}");
        let elsewhere = entry(&crate::support::topic("twice"), 1, "d");
        let third = engine.publish(&elsewhere).await.unwrap();
        assert!(third != first && third != second, "{third}");
    });
}

#[test]
fn members_change_with_their_entries() {
    let Some(server) = Server::start() else {
        return;
    };
    run(async {
        let engine = connect("app", &server.url(), LEASE).await;
        let (topic, other) = (topic("members"), topic("other"));
        let (ann, bob) = (member(7, 1, "ann"), member(8, 1, "bob"));
        let publish = async |publication| engine.publish(&publication).await.unwrap();
        let one = publish(joining(&topic, 1, ann.clone())).await;
        let two = publish(joining(&topic, 2, bob.clone())).await;
        assert!(follows(one, two), "{two}");
        publish(joining(&other, 1, ann.clone())).await;
        // Nothing changes, so nothing is stored.
        assert_eq!(publish(joining(&topic, 3, bob.clone())).await, two);
        let (mut members, at) = engine.members(&topic).await.unwrap();
        members.sort_by_key(|member| member.id);
        assert_eq!((members, at), (vec![ann.clone(), bob.clone()], two));

        let mut of = engine.members_of(NODE).await.unwrap();
        of.sort();
        assert_eq!(of, [(topic.clone(), ann.id), (other.clone(), ann.id)]);
        let renamed = member(7, 1, "anna");
        let three = publish(joining(&topic, 4, renamed.clone())).await;
        assert!(three.offset() > two.offset());
        let (mut members, _) = engine.members(&topic).await.unwrap();
        members.sort_by_key(|member| member.id);
        assert_eq!(members, [renamed, bob.clone()]);
        let four = publish(leaving(&topic, 5, ann.id)).await;
        assert!(follows(three, four), "{four}");
        assert_eq!(publish(leaving(&topic, 6, ann.id)).await, four);
        assert_eq!(engine.members(&topic).await.unwrap().0, [bob]);
        let of_other = [(other.clone(), ann.id)];
        assert_eq!(engine.members_of(NODE).await.unwrap(), of_other);
        // A node that has members is not forgotten.
        engine.forget(NODE).await.unwrap();
        assert_eq!(engine.members_of(NODE).await.unwrap(), of_other);
    });
}

#[test]
fn a_member_that_another_node_removed_returns() {
    let Some(server) = Server::start() else {
        return;
    };
    run(async {
        let engine = connect("app", &server.url(), LEASE).await;
        let other = connect("app", &server.url(), LEASE).await;
        let (topic, ann) = (topic("removed"), member(7, 1, "ann"));
        let joined = engine.publish(&joining(&topic, 1, ann.clone())).await;
        let leave = Publication {
            once: (NodeId(9), 1),
            ..leaving(&topic, 1, ann.id)
        };
        let left = other.publish(&leave).await.unwrap();
        assert!(follows(joined.unwrap(), left), "{left}");
        assert!(engine.members(&topic).await.unwrap().0.is_empty());
        let joining = joining(&topic, 9, ann.clone());
        let back = engine.publish(&joining).await.unwrap();
        assert!(follows(left, back), "{back}");
        assert_eq!(other.members(&topic).await.unwrap(), (vec![ann], back));
    });
}

#[test]
fn a_lease_ends_by_the_clock_of_the_server() {
    let Some(server) = Server::start() else {
        return;
    };
    run(async {
        let engine = connect("app", &server.url(), Duration::from_millis(600)).await;
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
fn two_applications_share_a_server() {
    let Some(server) = Server::start() else {
        return;
    };
    run(async {
        let one = connect("one", &server.url(), LEASE).await;
        let other = connect("other", &server.url(), LEASE).await;
        let topic = topic("shared");
        let mut events = subscribed(&other, &topic).await;
        let before = position(&other, &topic).await;
        one.publish(&entry(&topic, 1, "of one")).await.unwrap();
        assert_eq!(position(&other, &topic).await, before);
        other.publish(&entry(&topic, 1, "of other")).await.unwrap();
        let first = loop {
            // An entry without effect may be the first one.
            match next_entry(&mut events).await.2 {
                text if text.starts_with("of ") => break text,
                _ => {}
            }
        };
        assert_eq!(first, "of other");
        let history = other.history(&topic, 0, u64::MAX).await.unwrap();
        assert_eq!(history.entries.len(), 1);
    });
}
