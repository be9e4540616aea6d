//! An engine for tests: the logs of the engine in memory, shared by several nodes, with faults.

mod link;
mod node;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::Engine;
use super::event::EngineEvent;
use super::member::Member;
use super::store::Store;
use crate::random::Random;
use crate::topics::name::TopicName;
use crate::topics::position::Position;
use link::Link;
use node::FaultyNode;

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
    /// The server that is not in use.
    other: Store,
    nodes: Vec<Link>,
}

impl Inner {
    /// Connects the nodes again that are not cut off.
    fn reconnect(&mut self, cause: &str) {
        for link in self.nodes.iter_mut().filter(|link| !link.cut) {
            link.held.clear();
            link.push(EngineEvent::Down(cause.to_owned()));
            link.connected();
        }
    }
}

impl FaultyEngine {
    /// Creates an engine without nodes and without faults.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # fn main() -> Result<(), http4k_ws::topics::TopicNameError> {
    /// let topic = TopicName::new("room", "42")?;
    /// let engine = FaultyEngine::new();
    /// assert_eq!(engine.position(&topic), engine.clone().position(&topic)); // The same engine.
    /// assert_ne!(engine.position(&topic), FaultyEngine::new().position(&topic));
    /// # Ok(())
    /// # }
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects the next node, and returns its engine.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let nodes = [engine.node(), engine.node()];
    /// engine.partition(1); // The second one.
    /// assert!(nodes[0].positions(&[]).await.is_ok());
    /// assert!(nodes[1].positions(&[]).await.is_err());
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::{Engine, EngineEvent, FaultyEngine};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let node = engine.node();
    /// let mut events = node.events();
    /// assert_eq!(events.next().await, Some(EngineEvent::Up));
    /// engine.partition(0);
    /// assert!(matches!(events.next().await, Some(EngineEvent::Down(_))));
    /// assert!(node.positions(&[]).await.is_err());
    /// # }
    /// ```
    pub fn partition(&self, node: usize) {
        self.with(node, |link| {
            link.cut = true;
            link.held.clear();
            link.send(EngineEvent::Down("the connection is cut".to_owned()));
        });
    }

    /// Connects a node again.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// engine.partition(0);
    /// assert!(tea.publish("7".to_owned()).await.is_err());
    /// engine.heal(0);
    /// assert!(tea.publish("7".to_owned()).await.is_ok());
    /// # }
    /// ```
    pub fn heal(&self, node: usize) {
        self.with(node, |link| {
            if std::mem::take(&mut link.cut) {
                link.connected();
            }
        });
    }

    /// Delays the events of a node. `Duration::ZERO` ends the delay for later events.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// let follow = tea.clone();
    /// let mut client = routes! { "/" => ws(follow.follow(ws)) }.connect_ws("/").await.unwrap();
    /// client.recv().await.unwrap();
    /// engine.delay(0, Duration::from_millis(50));
    /// let start = tokio::time::Instant::now();
    /// tea.publish("hello".to_owned()).await.unwrap();
    /// client.recv().await.unwrap();
    /// assert!(start.elapsed() >= Duration::from_millis(50));
    /// # }
    /// ```
    pub fn delay(&self, node: usize, time: Duration) {
        self.with(node, |link| link.delay = (!time.is_zero()).then_some(time));
    }

    /// Drops the next entries that are sent to a node.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// let follow = tea.clone();
    /// let mut client = routes! { "/" => ws(follow.follow(ws)) }.connect_ws("/").await.unwrap();
    /// assert!(client.recv().await.unwrap().unwrap().text().contains("caughtUp"));
    /// engine.drop_next(0, 1);
    /// for text in ["lost on the way", "second"] {
    ///     tea.publish(text.to_owned()).await.unwrap();
    /// }
    /// // The node notices the gap, and reads the first entry from the history.
    /// assert!(client.recv().await.unwrap().unwrap().text().contains("lost on the way"));
    /// # }
    /// ```
    pub fn drop_next(&self, node: usize, entries: u64) {
        self.with(node, |link| link.drop_next = entries);
    }

    /// Loses the replies to the next publications of a node, which are stored nevertheless.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// engine.lose_replies(0, 1);
    /// assert!(tea.publish("hello".to_owned()).await.is_ok()); // By a second attempt.
    /// assert_eq!(tea.history(None).await.unwrap().messages.len(), 1);
    /// # }
    /// ```
    pub fn lose_replies(&self, node: usize, publications: u64) {
        self.with(node, |link| link.lose_replies = publications);
    }

    /// Sends entries to a node in another order, from now on. `None` ends it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// let follow = tea.clone();
    /// let mut client = routes! { "/" => ws(follow.follow(ws)) }.connect_ws("/").await.unwrap();
    /// client.recv().await?;
    /// engine.reorder(0, 7);
    /// for number in 0..20 {
    ///     tea.publish(format!("number {number}")).await?;
    /// }
    /// engine.reorder(0, None);
    /// // The node sorts them.
    /// for number in 0..20 {
    ///     assert!(client.recv().await?.unwrap().text().contains(&format!("\"number {number}\"")));
    /// }
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let node = engine.node();
    /// engine.freeze(0);
    /// let late = tokio::time::timeout(Duration::from_millis(10), node.positions(&[])).await;
    /// assert!(late.is_err());
    /// # }
    /// ```
    pub fn freeze(&self, node: usize) {
        self.with(node, |link| link.frozen = true);
    }

    /// Ends the freeze of a node.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let node = engine.node();
    /// engine.freeze(0);
    /// let (positions, ()) = tokio::join!(node.positions(&[]), async { engine.thaw(0) });
    /// assert!(positions.is_ok());
    /// # }
    /// ```
    pub fn thaw(&self, node: usize) {
        self.with(node, |link| {
            link.frozen = false;
            link.release();
        });
        self.0.thawed.notify_waiters();
    }

    /// Restarts the engine without its data. The nodes are connected again.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// let before = tea.publish("7".to_owned()).await?;
    /// engine.restart();
    /// assert_ne!(tea.position().await?.epoch(), before.epoch());
    /// assert!(tea.history(None).await?.messages.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn restart(&self) {
        self.restarted(Store::restart);
    }

    /// Restarts the engine from old data. As its duty is, it notices, and starts new logs.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// let before = tea.publish("hello".to_owned()).await?;
    /// engine.roll_back();
    /// assert_ne!(tea.position().await?.epoch(), before.epoch());
    /// # Ok(())
    /// # }
    /// ```
    pub fn roll_back(&self) {
        self.restarted(Store::roll_back);
    }

    /// Switches between two servers, of which each runs on with its own data, as a proxy does. The
    /// second one is empty at first. The nodes are connected again.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// tea.publish("hello".to_owned()).await?;
    /// engine.switch();
    /// assert!(tea.history(None).await?.messages.is_empty());
    /// engine.switch();
    /// assert_eq!(tea.history(None).await?.messages.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn switch(&self) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        std::mem::swap(&mut inner.store, &mut inner.other);
        inner.reconnect("another server has taken over");
    }

    /// Loses the last entries of each topic and gives their numbers again, without a new epoch. No
    /// correct engine does this. A test that still finds nothing wrong would find nothing at all.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// let lost = tea.publish("hello".to_owned()).await?;
    /// engine.roll_back_silently(1);
    /// assert_eq!(tea.publish("other".to_owned()).await?, lost); // Two entries with one position.
    /// # Ok(())
    /// # }
    /// ```
    pub fn roll_back_silently(&self, entries: u64) {
        self.restarted(|store| store.roll_back_silently(entries));
    }

    /// Drops the entries that are kept, of every topic.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicNode;
    /// use http4k_ws::topics::engine::FaultyEngine;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// let last = tea.publish("7".to_owned()).await?;
    /// engine.forget_history();
    /// assert!(tea.history(None).await?.messages.is_empty());
    /// assert_eq!(tea.position().await?, last);
    /// # Ok(())
    /// # }
    /// ```
    pub fn forget_history(&self) {
        self.lock().store.forget_history();
    }

    fn restarted(&self, fault: impl FnOnce(&mut Store)) {
        let mut inner = self.lock();
        fault(&mut inner.store);
        inner.reconnect("the engine restarts");
    }

    /// Returns the position of a topic, as the engine knows it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{TopicName, TopicNode};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// let at = tea.publish("7".to_owned()).await?;
    /// assert_eq!(engine.position(&TopicName::new("room", "tea")?), at);
    /// # Ok(())
    /// # }
    /// ```
    pub fn position(&self, topic: &TopicName) -> Position {
        let topics = std::slice::from_ref(topic);
        self.lock().store.positions(topics, Instant::now())[0]
    }

    /// Returns the members of a topic, as the engine knows them.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{Feed, Topic, TopicName, TopicNode};
    ///
    /// async fn chat(ws: WebSocket<WsMessage, Feed<String>>, tea: Topic<String>) -> WsResult {
    ///     let _here = tea.join(&ws).member("ann").await?;
    ///     ws.closed().await;
    ///     Ok(())
    /// }
    ///
    /// let engine = FaultyEngine::new();
    /// let tea = TopicNode::new(engine.node()).topics::<String>("room").topic("tea");
    /// let mut client = routes! { "/" => ws(chat(ws, tea)) }.test_ws("/");
    /// assert_eq!(client.received().take(2).count(), 2); // `caughtUp` and `joined`
    /// let members = engine.members(&TopicName::new("room", "tea").unwrap());
    /// assert_eq!(members[0].name, "ann");
    /// ```
    pub fn members(&self, topic: &TopicName) -> Vec<Member> {
        self.lock().store.members(topic, Instant::now()).0
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
