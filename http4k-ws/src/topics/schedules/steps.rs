//! The failure of each single operation: three nodes start at once, members join, change their
//! names and leave, and messages are published. For each operation of the engine in turn, it fails
//! in one way, once. Soon afterwards the members must be those that are connected, on the engine
//! and in every view, and nothing may be lost silently.

mod engine;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::checked::{Found, Publications, Worth};
use super::recorder::Recorder;
use super::{Published, Subscriber, check};
use crate::message::Request;
use crate::topics::engine::FaultyEngine;
use crate::topics::outlet::private::AnyOutlet;
use crate::topics::{Feed, Join, Topic, TopicName, TopicNode, Topics};
use engine::{Fault, Steps};

const NODES: usize = 3;
const TOPICS: [&str; 2] = ["1", "2"];

/// The time in which clients have joined, unless their node is dead. It is longer than a freeze.
const PATIENCE: Duration = Duration::from_secs(30);

/// Joins a topic under a name, as a client does: again after a failure. The queue of one whose name
/// ends with `c` is sometimes full.
async fn join(topic: Topic<String>, name: String) -> Subscriber {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    loop {
        let recorder = Recorder::new(NEXT.fetch_add(1, Ordering::Relaxed), name.ends_with('c'));
        let recorder = Arc::new(recorder);
        let outlet = AnyOutlet(Arc::clone(&recorder) as _);
        let join = Join::new(topic.clone(), &Request::default(), outlet).member(&name);
        match join.await {
            Ok(membership) => {
                return Subscriber {
                    recorder,
                    after: None,
                    membership,
                };
            }
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Publishes a message in a task of its own.
fn publish(topic: Topic<String>, text: String, published: &Published) {
    let published = Arc::clone(published);
    tokio::spawn(async move {
        let outcome = topic.publish(text.clone()).await;
        published.lock().unwrap().push((text, outcome));
    });
}

/// The connected members of one topic on one node.
struct Place {
    node: usize,
    topic: Topic<String>,
    subscribers: Vec<Subscriber>,
    names: Vec<String>,
}

impl Place {
    async fn fill(node: usize, topics: Topics<String>, own: &str) -> Self {
        let topic = topics.topic(own);
        let names = ["a", "b", "c"].map(|name| format!("{node}{name}"));
        let joining = names.iter().cloned();
        let joining: Vec<_> = joining
            .map(|name| tokio::spawn(join(topic.clone(), name)))
            .collect();
        let joined = join_all(joining).await.into_iter();
        Self {
            node,
            topic,
            subscribers: joined.map(|joined| joined.expect("no panic")).collect(),
            names: names.to_vec(),
        }
    }

    /// The first member changes its name, the second leaves, and another joins.
    async fn change(&mut self, published: &Published) {
        let text = |number| format!("{}{number}{}", self.node, self.topic.name().unwrap());
        publish(self.topic.clone(), text(1), published);
        let renamed = format!("{}d", self.node);
        self.subscribers[0].membership.update(&renamed);
        self.names[0] = renamed;
        drop(self.subscribers.remove(1));
        publish(self.topic.clone(), text(2), published);
        let name = format!("{}e", self.node);
        self.names[1].clone_from(&name);
        self.subscribers.push(join(self.topic.clone(), name).await);
    }
}

/// Returns the differences between what is and what must be.
fn differences(
    engine: &FaultyEngine,
    places: &[Place],
    published: &Published,
    dead: Option<usize>,
) -> (BTreeMap<TopicName, Vec<String>>, Found) {
    let published = published.lock().unwrap();
    let all = Publications::of(&published);
    let (mut found, mut wrong) = (Found::default(), BTreeMap::new());
    for own in TOPICS {
        let topic = TopicName::new("t", own).expect("a name");
        let here = places.iter().filter(|place| {
            place.topic.name().is_ok_and(|name| *name == topic) && dead != Some(place.node)
        });
        let mut expected = Vec::new();
        for place in here {
            expected.extend(place.names.clone());
            let subscribers = &place.subscribers;
            let worth = &mut Worth::default();
            check(engine, &topic, subscribers, &all, &mut found, worth);
        }
        expected.sort();
        let stored = engine.members(&topic).into_iter();
        let mut stored: Vec<String> = stored.map(|member| member.name).collect();
        stored.sort();
        if stored != expected {
            wrong.insert(topic, stored);
        }
    }
    (wrong, found)
}

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().start_paused(true).build();
    runtime.expect("a runtime")
}

/// Runs with one failure. Returns `false` if there are fewer operations.
fn run(at: usize, fault: Fault) -> bool {
    runtime().block_on(async {
        let engine = FaultyEngine::new();
        let steps = Steps::new(&engine, at, fault);
        let nodes = (0..NODES).map(|node| TopicNode::new(steps.node(node)).topics("t"));
        let nodes: Vec<Topics<String>> = nodes.collect();
        let (published, mut places) = (Published::default(), Vec::new());
        for (node, topics) in nodes.iter().enumerate() {
            for own in TOPICS {
                let filled = Place::fill(node, topics.clone(), own);
                places.push(tokio::spawn(filled));
            }
        }
        let is_dead = || {
            let failed = steps.failed.lock().unwrap();
            let is_fatal = matches!(fault, Fault::Dead | Fault::DeadAfter);
            failed.map(|(node, _)| node).filter(|_| is_fatal)
        };
        let mut filled = Vec::new();
        for (place, number) in places.into_iter().zip(0..) {
            match timeout(PATIENCE, place).await {
                Ok(place) => filled.push(place.expect("no panic")),
                Err(_) => assert_eq!(is_dead(), Some(number / TOPICS.len()), "{fault:?} at {at}"),
            }
        }
        for place in &mut filled {
            if timeout(PATIENCE, place.change(&published)).await.is_err() {
                assert_eq!(is_dead(), Some(place.node), "{fault:?} at {at}");
            }
        }
        sleep(Duration::from_secs(2)).await;
        let failed = *steps.failed.lock().unwrap();
        let Some((_, time)) = failed else {
            return false;
        };
        sleep_until((time + fault.settles_within()).max(Instant::now())).await;
        let differences = differences(&engine, &filled, &published, is_dead());
        assert_eq!(differences, Default::default(), "{fault:?} at {at}");
        true
    })
}

#[test]
fn every_member_is_registered_whichever_operation_fails() {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let each = |first: usize| {
        let faults = Fault::ALL.into_iter().skip(first).step_by(threads);
        let mut count = 0;
        for fault in faults {
            let steps = (0..).take_while(|at| run(*at, fault)).count();
            assert!(steps > 50, "{fault:?}: {steps}");
            count += steps;
        }
        count
    };
    let count: usize = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || each(first)))
            .collect();
        let counts = running.into_iter().map(|thread| thread.join());
        counts.map(|count| count.expect("no violation")).sum()
    });
    println!("{count} runs");
}

/// Three nodes of which the third has 40 members. From now on each operation takes a second.
struct Slow {
    engine: FaultyEngine,
    topic: Topic<String>,
    one: Subscriber,
    other: Subscriber,
    many: Vec<Subscriber>,
}

impl Slow {
    async fn start() -> Self {
        let engine = FaultyEngine::new();
        let steps = Steps::new(&engine, usize::MAX, Fault::Refused);
        let nodes = (0..NODES).map(|node| TopicNode::new(steps.node(node)).topics("t"));
        let topics: Vec<Topic<String>> = nodes.map(|topics| topics.topic("1")).collect();
        let one = join(topics[0].clone(), "one".to_owned()).await;
        let other = join(topics[1].clone(), "other".to_owned()).await;
        let joining = (0..40).map(|number| join(topics[2].clone(), number.to_string()));
        let many = join_all(joining).await;
        sleep(Duration::from_secs(1)).await;
        *steps.pace.lock().unwrap() = Duration::from_secs(1);
        Self {
            engine,
            topic: topics[0].clone(),
            one,
            other,
            many,
        }
    }
}

/// Returns the names of the members that have left, as a subscriber was notified.
fn left(subscriber: &Subscriber) -> Vec<String> {
    let received = subscriber.recorder.received.lock().unwrap();
    let left = received.iter().filter_map(|feed| match feed {
        Feed::Left { member, .. } => Some(member.name.clone()),
        _ => None,
    });
    left.collect()
}

/// Two nodes remove the members of a third one, which takes longer than their leases last.
#[test]
fn a_node_that_removes_many_members_keeps_its_lease() {
    runtime().block_on(async {
        let slow = Slow::start().await;
        slow.engine.partition(2);
        sleep(Duration::from_secs(200)).await;
        for (here, there) in [(&slow.one, "other"), (&slow.other, "one")] {
            let left = left(here);
            assert!(!left.iter().any(|name| name == there), "{left:?}");
            assert_eq!(left.len(), slow.many.len(), "{left:?}");
        }
    });
}

/// The members that were not removed by then stay, and those that were return.
#[test]
fn removing_the_members_of_a_node_ends_when_it_returns() {
    runtime().block_on(async {
        let slow = Slow::start().await;
        slow.engine.freeze(2);
        while left(&slow.one).is_empty() {
            sleep(Duration::from_secs(1)).await;
        }
        slow.engine.thaw(2);
        sleep(Duration::from_secs(120)).await;
        let left = left(&slow.one);
        assert!(left.len() < slow.many.len() / 2, "{left:?}");
        let name = slow.topic.name().expect("a name");
        assert_eq!(slow.engine.members(name).len(), slow.many.len() + 2);
    });
}

/// The runtime of a node ends in the middle of an operation, and another one goes on.
#[test]
fn what_a_node_must_do_is_done_in_the_next_runtime() {
    for fault in [Fault::RuntimeOver, Fault::RuntimeOverAfter] {
        let steps = (0..).take_while(|at| run_in_two_runtimes(*at, fault));
        let count = steps.count();
        assert!(count > 8, "{fault:?}: {count}");
    }
}

/// Runs in two runtimes, of which the first ends in an operation. Returns `false` if it ends behind
/// the last one.
fn run_in_two_runtimes(at: usize, fault: Fault) -> bool {
    let engine = FaultyEngine::new();
    let steps = Steps::new(&engine, at, fault);
    let topics: Topics<String> = TopicNode::new(steps.node(0)).topics("t");
    let other: Topics<String> = TopicNode::new(engine.node()).topics("t");
    let (published, other) = (Published::default(), other.topic("1"));
    let mut place = Place {
        node: 0,
        topic: topics.topic("1"),
        subscribers: Vec::new(),
        names: Vec::new(),
    };
    // Only what is polled here outlives the runtime, as a socket of another one does.
    let is_over = runtime().block_on(async {
        tokio::select! {
            () = begin(&mut place, &engine, &other, &published) => false,
            () = steps.reached.notified() => true,
        }
    });
    steps.disarm();
    runtime().block_on(async {
        // The first change of the topic starts the tasks again, whatever it is.
        if let Some(first) = place.subscribers.first() {
            first.membership.update("0f");
            "0f".clone_into(&mut place.names[0]);
        }
        sleep(Duration::from_secs(10)).await;
        let joined = join(place.topic.clone(), "0z".to_owned()).await;
        place.subscribers.push(joined);
        place.names.push("0z".to_owned());
        publish(other, "last".to_owned(), &published);
        sleep(Duration::from_secs(10)).await;
        let differences = differences(&engine, &[place], &published, None);
        assert_eq!(differences, Default::default(), "{fault:?} at {at}");
    });
    is_over
}

/// The part in the first runtime: members join, change and leave, an entry is missing, and at the
/// end a subscriber lags.
async fn begin(
    place: &mut Place,
    engine: &FaultyEngine,
    other: &Topic<String>,
    published: &Published,
) {
    let send = async |text: &str| {
        let outcome = other.publish(text.to_owned()).await;
        published.lock().unwrap().push((text.to_owned(), outcome));
    };
    for name in ["0a", "0b", "0c"] {
        let joined = join(place.topic.clone(), name.to_owned()).await;
        place.subscribers.push(joined);
        place.names.push(name.to_owned());
    }
    sleep(Duration::from_secs(1)).await;
    place.subscribers[0].membership.update("0d");
    "0d".clone_into(&mut place.names[0]);
    drop(place.subscribers.remove(1));
    place.names.remove(1);
    sleep(Duration::from_secs(7)).await;
    engine.drop_next(0, 1);
    send("missing").await;
    send("next").await;
    sleep(Duration::from_secs(1)).await;
    for number in 0..20 {
        send(&format!("{number}")).await;
    }
    // The events arrive, and the subscriber that lags waits for space.
    sleep(Duration::from_millis(5)).await;
}
