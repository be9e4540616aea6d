//! Random schedules of publications and faults over several nodes, and the check of what their
//! subscribers received.
//!
//! 1. Each acknowledged publication, in each subscriber: delivered once at its position, in order,
//!    or inside a reported gap. Between two reports of another epoch, a subscriber is owed the
//!    entries of one epoch.
//! 2. In the end, the members that each subscriber knows are those of the engine.
//!
//! `HTTP4K_WS_SCHEDULES` sets the number of schedules, and `HTTP4K_WS_SEED` runs one alone.

mod checked;
mod recorder;
mod steps;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::engine::FaultyEngine;
use super::outlet::private::AnyOutlet;
use super::{Feed, Join, Membership, Position, PublishError, Topic, TopicName, TopicNode};
use crate::message::Request;
use crate::random::Random;
use checked::{Checked, Found, Publications, Worth};
use recorder::Recorder;

type Published = Arc<Mutex<Vec<(String, Result<Position, PublishError>)>>>;

struct Subscriber {
    recorder: Arc<Recorder>,
    after: Option<Position>,
    membership: Membership<String>,
}

struct Run {
    random: Random,
    engine: FaultyEngine,
    topics: Vec<Topic<String>>,
    published: Published,
    subscribers: Vec<Subscriber>,
    next: u64,
    silently: bool,
}

const NODES: usize = 2;

impl Run {
    async fn join(&mut self, after: Option<Position>) {
        let node = self.random.below(NODES);
        self.next += 1;
        let slow = self.random.below(3) == 0;
        let recorder = Arc::new(Recorder::new(self.next, slow));
        let outlet = AnyOutlet(Arc::clone(&recorder) as _);
        let mut join = Join::new(self.topics[node].clone(), &Request::default(), outlet);
        join = join.after(after);
        if self.random.below(2) == 0 {
            join = join.member(format!("m{}", self.next));
        }
        if let Ok(membership) = join.await {
            self.subscribers.push(Subscriber {
                recorder,
                after,
                membership,
            });
        }
    }

    fn publish(&mut self) {
        self.next += 1;
        let (text, topic) = (
            format!("p{}", self.next),
            self.topics[self.random.below(NODES)].clone(),
        );
        let published = Arc::clone(&self.published);
        tokio::spawn(async move {
            let outcome = topic.publish(text.clone()).await;
            published.lock().unwrap().push((text, outcome));
        });
    }

    fn fault(&mut self) {
        let node = self.random.below(NODES);
        let few = 1 + self.random.below(4) as u64;
        match self.random.below(15) {
            0 | 1 => self.engine.partition(node),
            2 | 3 => self.engine.heal(node),
            4 => self.engine.drop_next(node, few),
            5 => self.engine.lose_replies(node, few),
            6 => self.engine.delay(node, Duration::from_millis(few * 20)),
            7 => self.engine.reorder(node, few),
            8 => self.engine.freeze(node),
            9 | 10 => self.engine.thaw(node),
            11 if self.silently => self.engine.roll_back_silently(few),
            11 => self.engine.restart(),
            12 if !self.silently => self.engine.roll_back(),
            13 => self.engine.switch(),
            _ => self.engine.forget_history(),
        }
    }

    async fn step(&mut self) {
        match self.random.below(20) {
            0..=8 => self.publish(),
            9..=12 => self.fault(),
            13 if self.subscribers.len() < 5 => {
                let after = match self.random.below(2) {
                    0 => None,
                    _ => self.some_position(),
                };
                self.join(after).await;
            }
            14 if self.subscribers.len() > 2 => {
                let gone = self.random.below(self.subscribers.len());
                drop(self.subscribers.remove(gone));
            }
            15 => tokio::time::sleep(Duration::from_secs(7)).await,
            _ => {
                let pause = 1 + self.random.below(60) as u64;
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
        }
    }

    /// Returns a position that some subscriber knows.
    fn some_position(&mut self) -> Option<Position> {
        let all = self.subscribers.iter();
        let known: Vec<_> = all
            .flat_map(|s| {
                s.recorder
                    .received
                    .lock()
                    .unwrap()
                    .iter()
                    .map(Feed::at)
                    .collect::<Vec<_>>()
            })
            .collect();
        (!known.is_empty()).then(|| known[self.random.below(known.len())])
    }

    async fn quiesce(&mut self) {
        for node in 0..NODES {
            self.engine.heal(node);
            self.engine.thaw(node);
            self.engine.drop_next(node, 0);
            self.engine.lose_replies(node, 0);
            self.engine.delay(node, Duration::ZERO);
            self.engine.reorder(node, None);
        }
        tokio::time::sleep(Duration::from_secs(100)).await;
    }

    fn check(&self, found: &mut Found, worth: &mut Worth) {
        let published = self.published.lock().unwrap();
        let all = Publications::of(&published);
        worth.acknowledged += all.acknowledged.len();
        worth.failed += all.failed.len();
        let name = self.topics[0].name().expect("a name");
        check(&self.engine, name, &self.subscribers, &all, found, worth);
    }
}

/// Checks what each subscriber of a topic received.
fn check(
    engine: &FaultyEngine,
    topic: &TopicName,
    subscribers: &[Subscriber],
    all: &Publications<'_>,
    found: &mut Found,
    worth: &mut Worth,
) {
    let last = engine.position(topic);
    let members = engine.members(topic).into_iter();
    let table: BTreeMap<_, _> = members.map(|m| (m.id, m.name)).collect();
    for subscriber in subscribers {
        let received = subscriber.recorder.received.lock().unwrap();
        let mut checked = Checked::default();
        if let Some(after) = subscriber.after {
            checked.stay(after);
        }
        for feed in received.iter() {
            checked.receive(feed, all, found, worth);
        }
        found.silent += checked.missing(all);
        found.views += usize::from(checked.view.as_ref() != Some(&table));
        let at_most = |at: Position| at.epoch() == last.epoch() && at.offset() <= last.offset();
        found.behind += usize::from(!checked.at.is_some_and(at_most));
    }
}

fn run(seed: u64, silently: bool, worth: &mut Worth) -> Found {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let engine = FaultyEngine::new();
        let mut random = Random::seeded(seed);
        let keep = [0, 3, 500][random.below(3)];
        let topics = (0..NODES).map(|_| {
            let node = TopicNode::new(engine.node());
            let topics = node
                .topics::<String>("t")
                .history(keep, Duration::from_secs(3600));
            topics.topic("1")
        });
        let mut run = Run {
            topics: topics.collect(),
            random,
            engine,
            published: Arc::default(),
            subscribers: Vec::new(),
            next: 0,
            silently,
        };
        run.join(None).await;
        run.join(None).await;
        for _ in 0..40 {
            run.step().await;
        }
        run.quiesce().await;
        let mut found = Found::default();
        run.check(&mut found, worth);
        found
    })
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn random_faults_lose_nothing_silently() {
    let mut worth = Worth::default();
    if let Some(seed) = number("HTTP4K_WS_SEED") {
        assert_eq!(run(seed, false, &mut worth), Found::default());
        return;
    }
    let schedules = number("HTTP4K_WS_SCHEDULES").unwrap_or(10_000);
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    std::thread::scope(|scope| {
        let each = |first| {
            scope.spawn(move || {
                let mut worth = Worth::default();
                for seed in (first..schedules).step_by(threads as usize) {
                    let found = run(seed, false, &mut worth);
                    assert_eq!(found, Found::default(), "seed {seed}");
                }
                worth
            })
        };
        let running: Vec<_> = (0..threads).map(each).collect();
        for thread in running {
            worth.add(&thread.join().expect("no violation"));
        }
    });
    // The schedules are of use.
    let each = schedules as usize;
    assert!(
        worth.acknowledged > 5 * each && worth.delivered > 5 * each,
        "{worth:?}"
    );
    assert!(
        worth.failed > each / 10 && worth.lost > each / 2,
        "{worth:?}"
    );
}

/// An engine that gives its numbers again is caught, so that the check above means something.
#[test]
fn an_engine_that_rolls_back_silently_is_found() {
    let mut worth = Worth::default();
    let bad = (0..200).filter(|seed| run(*seed, true, &mut worth) != Found::default());
    assert!(bad.count() > 10);
}
