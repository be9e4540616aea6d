//! An engine for tests: the logs of the engine in memory, shared by several nodes, with faults.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::event::{EngineEvent, EngineEvents, EventSender};
use super::member::{Member, MemberId, NodeId};
use super::publication::{AttemptError, Publication};
use super::store::Store;
use super::{Down, Engine, EngineFuture, History, Interest};
use crate::random::Random;
use crate::topics::name::TopicName;
use crate::topics::position::Position;

/// The time for which a lease lasts.
const LEASE: Duration = Duration::from_secs(15);

/// An engine in memory that several nodes share, and whose faults a test chooses.
///
/// Nodes are named by their numbers, from 0. A fault of a node that does not exist has no effect.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::FaultyEngine;
/// use http4k_ws::topics::{TopicNode, Topics};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = FaultyEngine::new();
/// let (one, other) = (TopicNode::new(engine.node()), TopicNode::new(engine.node()));
/// let (one, other): (Topics<String>, Topics<String>) = (one.topics("room"), other.topics("room"));
///
/// let at = one.topic("r").publish("hello".to_owned()).await?;
/// assert_eq!(other.topic("r").position().await?, at);
///
/// engine.partition(1);
/// assert!(other.topic("r").position().await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct FaultyEngine(Arc<Shared>);

#[derive(Default)]
struct Shared {
    inner: Mutex<Inner>,
    /// Wakes the operations of nodes that were frozen.
    thawed: Notify,
}

#[derive(Default)]
struct Inner {
    store: Store,
    nodes: Vec<Link>,
}

/// The connection of a node.
#[derive(Default)]
struct Link {
    interest: HashSet<TopicName>,
    events: Option<EventSender>,
    cut: bool,
    frozen: bool,
    drop_next: u64,
    lose_replies: u64,
    delay: Option<Duration>,
    reorder: Option<Random>,
    /// The events of a node that is frozen, or whose events are reordered.
    held: VecDeque<EngineEvent>,
}

/// The number of events that are mixed if they are reordered.
const MIXED: usize = 3;

impl FaultyEngine {
    /// Creates an engine without nodes and without faults.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects the next node, and returns its engine.
    pub fn node(&self) -> impl Engine {
        let mut inner = self.lock();
        inner.nodes.push(Link::default());
        FaultyNode {
            engine: self.clone(),
            node: inner.nodes.len() - 1,
        }
    }

    fn with(&self, node: usize, change: impl FnOnce(&mut Link)) {
        if let Some(link) = self.lock().nodes.get_mut(node) {
            change(link);
        }
    }

    /// Cuts the connection of a node. Its operations fail, and it receives nothing.
    pub fn partition(&self, node: usize) {
        self.with(node, |link| {
            link.cut = true;
            link.held.clear();
            link.send(EngineEvent::Down("the connection is cut".to_owned()));
        });
    }

    /// Connects a node again.
    pub fn heal(&self, node: usize) {
        self.with(node, |link| {
            if std::mem::take(&mut link.cut) {
                link.connected();
            }
        });
    }

    /// Delays the events of a node. `Duration::ZERO` ends the delay for later events.
    pub fn delay(&self, node: usize, time: Duration) {
        self.with(node, |link| link.delay = (!time.is_zero()).then_some(time));
    }

    /// Drops the next entries that are sent to a node.
    pub fn drop_next(&self, node: usize, entries: u64) {
        self.with(node, |link| link.drop_next = entries);
    }

    /// Loses the replies to the next publications of a node, which are stored nevertheless.
    pub fn lose_replies(&self, node: usize, publications: u64) {
        self.with(node, |link| link.lose_replies = publications);
    }

    /// Sends entries to a node in another order, from now on. `None` ends it.
    pub fn reorder(&self, node: usize, seed: impl Into<Option<u64>>) {
        let seed = seed.into();
        self.with(node, |link| {
            link.reorder = seed.map(Random::seeded);
            if seed.is_none() && !link.frozen {
                link.release();
            }
        });
    }

    /// Freezes a node: its operations wait, and its events are held back. Its lease ends in time.
    pub fn freeze(&self, node: usize) {
        self.with(node, |link| link.frozen = true);
    }

    /// Ends the freeze of a node.
    pub fn thaw(&self, node: usize) {
        self.with(node, |link| {
            link.frozen = false;
            link.release();
        });
        self.0.thawed.notify_waiters();
    }

    /// Restarts the engine without its data. The nodes are connected again.
    pub fn restart(&self) {
        self.restarted(Store::restart);
    }

    /// Restarts the engine from old data. As its duty is, it notices, and starts new logs.
    pub fn roll_back(&self) {
        self.restarted(Store::roll_back);
    }

    /// Loses the last entries of each topic and gives their numbers again, without a new epoch. No
    /// correct engine does this. A test that still finds nothing wrong would find nothing at all.
    pub fn roll_back_silently(&self, entries: u64) {
        self.restarted(|store| store.roll_back_silently(entries));
    }

    /// Drops the entries that are kept, of every topic.
    pub fn forget_history(&self) {
        self.lock().store.forget_history();
    }

    fn restarted(&self, fault: impl FnOnce(&mut Store)) {
        let mut inner = self.lock();
        fault(&mut inner.store);
        for link in inner.nodes.iter_mut().filter(|link| !link.cut) {
            link.held.clear();
            link.push(EngineEvent::Down("the engine restarts".to_owned()));
            link.connected();
        }
    }

    /// Returns the position of a topic, as the engine knows it.
    pub fn position(&self, topic: &TopicName) -> Position {
        let topics = std::slice::from_ref(topic);
        self.lock().store.positions(topics, Instant::now())[0]
    }

    /// Returns the members of a topic, as the engine knows them.
    pub fn members(&self, topic: &TopicName) -> Vec<Member> {
        self.lock().store.members(topic, Instant::now()).0
    }
}

impl Link {
    fn send(&self, event: EngineEvent) {
        let Some(events) = &self.events else { return };
        let Some(delay) = self.delay else {
            events.send(event);
            return;
        };
        let events = events.clone();
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            events.send(event);
        });
    }

    /// Sends an event, unless the node is frozen.
    fn push(&mut self, event: EngineEvent) {
        match self.frozen {
            true => self.held.push_back(event),
            false => self.send(event),
        }
    }

    /// Notifies the node that it is connected, with all its topics.
    fn connected(&mut self) {
        self.push(EngineEvent::Up);
        let topics: Vec<_> = self.interest.iter().cloned().collect();
        self.push(EngineEvent::Ready(topics));
    }

    /// Sends the events that were held back.
    fn release(&mut self) {
        while let Some(event) = self.held.pop_front() {
            self.send(event);
        }
    }

    /// Carries an entry, as the faults permit.
    fn carry(&mut self, event: EngineEvent) {
        if self.cut {
            return;
        }
        if self.drop_next > 0 {
            self.drop_next -= 1;
            return;
        }
        let Some(random) = &mut self.reorder else {
            return self.push(event);
        };
        self.held.push_back(event);
        if self.held.len() > MIXED && !self.frozen {
            let place = random.below(self.held.len());
            if let Some(event) = self.held.remove(place) {
                self.send(event);
            }
        }
    }
}

/// The engine of one node.
struct FaultyNode {
    engine: FaultyEngine,
    node: usize,
}

impl FaultyNode {
    /// Waits while the node is frozen. Fails while it is cut off.
    async fn reach<T>(&self, operation: impl FnOnce(&mut Inner) -> T) -> Result<T, Down> {
        loop {
            let thawed = self.engine.0.thawed.notified();
            {
                let mut inner = self.engine.lock();
                let link = &inner.nodes[self.node];
                if link.cut {
                    return Err(Down::new("the connection is cut"));
                }
                if !link.frozen {
                    return Ok(operation(&mut inner));
                }
            }
            thawed.await;
        }
    }
}

impl Engine for FaultyNode {
    fn publish<'a>(
        &'a self,
        entry: &'a Publication,
    ) -> EngineFuture<'a, Result<Position, AttemptError>> {
        Box::pin(async move {
            let stored = self.reach(|inner| {
                let (at, event) = inner.store.publish(entry, Instant::now())?;
                if let Some(event) = event {
                    let nodes = inner.nodes.iter_mut();
                    for link in nodes.filter(|link| link.interest.contains(&entry.topic)) {
                        link.carry(event.clone());
                    }
                }
                let link = &mut inner.nodes[self.node];
                if link.lose_replies > 0 {
                    link.lose_replies -= 1;
                    return Err(AttemptError::NoReply("the reply was lost".to_owned()));
                }
                Ok(at)
            });
            match stored.await {
                Ok(stored) => stored,
                Err(down) => Err(AttemptError::NotSent(down.cause)),
            }
        })
    }

    fn interest(&self, changes: Vec<Interest>) {
        let mut inner = self.engine.lock();
        let link = &mut inner.nodes[self.node];
        let mut ready = Vec::new();
        for change in changes {
            match change {
                Interest::Add(topic) if link.interest.insert(topic.clone()) => ready.push(topic),
                Interest::Add(_) => {}
                Interest::Remove(topic) => drop(link.interest.remove(&topic)),
            }
        }
        if !ready.is_empty() && !link.cut {
            link.push(EngineEvent::Ready(ready));
        }
    }

    fn events(&self) -> EngineEvents {
        let (sender, events) = EngineEvents::new();
        let mut inner = self.engine.lock();
        let link = &mut inner.nodes[self.node];
        link.interest.clear();
        link.held.clear();
        sender.send(match link.cut {
            true => EngineEvent::Down("the connection is cut".to_owned()),
            false => EngineEvent::Up,
        });
        link.events = Some(sender);
        events
    }

    fn positions<'a>(
        &'a self,
        topics: &'a [TopicName],
    ) -> EngineFuture<'a, Result<Vec<Position>, Down>> {
        Box::pin(self.reach(|inner| inner.store.positions(topics, Instant::now())))
    }

    fn history<'a>(
        &'a self,
        topic: &'a TopicName,
        after: u64,
        up_to: u64,
    ) -> EngineFuture<'a, Result<History, Down>> {
        let read =
            move |inner: &mut Inner| inner.store.history(topic, after, up_to, Instant::now());
        Box::pin(self.reach(read))
    }

    fn members<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> EngineFuture<'a, Result<(Vec<Member>, Position), Down>> {
        Box::pin(self.reach(|inner| inner.store.members(topic, Instant::now())))
    }

    fn beat(&self, node: NodeId) -> EngineFuture<'_, Result<Vec<NodeId>, Down>> {
        Box::pin(self.reach(move |inner| {
            let now = Instant::now();
            inner.store.beat(node, now + LEASE, now)
        }))
    }

    fn members_of(
        &self,
        node: NodeId,
    ) -> EngineFuture<'_, Result<Vec<(TopicName, MemberId)>, Down>> {
        Box::pin(self.reach(move |inner| inner.store.members_of(node)))
    }

    fn forget(&self, node: NodeId) -> EngineFuture<'_, Result<(), Down>> {
        Box::pin(self.reach(move |inner| inner.store.forget(node, Instant::now())))
    }
}

impl fmt::Debug for FaultyEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.lock().nodes.len();
        f.debug_struct("FaultyEngine")
            .field("nodes", &nodes)
            .finish()
    }
}

impl fmt::Debug for FaultyNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultyNode {}", self.node)
    }
}
