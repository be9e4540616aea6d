//! The part of one process in the topics of an engine.

use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, PoisonError};

use super::engine::Engine;
use super::engine::memory::MemoryEngine;
use super::health::Health;
use super::hub::Hub;
use super::kind::Topics;
use super::metrics::{Metrics, TopicMetrics};
use crate::lens::Message;

/// One process in an application: its engine, and the topics that its sockets are in.
///
/// All kinds of topics on one engine share a node, and with it the connections of the engine. A
/// clone is the same node. [`Topics::new`] creates one by itself, for a program of one process.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::{TopicNode, Topics};
///
/// let node = TopicNode::in_memory();
/// let rooms: Topics<String> = node.topics("room");
/// let prices: Topics<String> = node.topics("price");
/// assert_eq!(rooms.node(), prices.node());
/// ```
#[derive(Clone)]
pub struct TopicNode(pub(super) Arc<Hub>);

impl TopicNode {
    /// Creates the node of this process on `engine`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::TopicNode;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// // Two processes over one engine, such as Redis.
    /// let engine = FaultyEngine::new();
    /// let (one, other) = (TopicNode::new(engine.node()), TopicNode::new(engine.node()));
    /// one.topics::<String>("room").topic("tea").publish("7".to_owned()).await?;
    /// let history = other.topics::<String>("room").topic("tea").history(None).await?;
    /// assert_eq!(history.messages[0].1, "7");
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(engine: impl Engine) -> Self {
        Self(Hub::new(Arc::new(engine), Metrics::default()))
    }

    /// Creates the node as [`new`](Self::new), and reports its events to `metrics`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode};
    ///
    /// #[derive(Default)]
    /// struct Failures(AtomicU64);
    ///
    /// impl TopicMetrics for Failures {
    ///     fn publish_failed(&self, _topic: &TopicName, _error: &http4k_ws::topics::PublishError) {
    ///         self.0.fetch_add(1, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (engine, failures) = (FaultyEngine::new(), Arc::new(Failures::default()));
    /// let node = TopicNode::with_metrics(engine.node(), failures.clone());
    /// engine.partition(0);
    /// let tea = node.topics::<String>("room").topic("tea");
    /// assert!(tea.publish("hello".to_owned()).await.is_err());
    /// assert_eq!(failures.0.load(Ordering::Relaxed), 1);
    /// # }
    /// ```
    pub fn with_metrics(engine: impl Engine, metrics: impl TopicMetrics) -> Self {
        Self(Hub::new(Arc::new(engine), Metrics::of(metrics)))
    }

    /// Creates the only node of an application, with an engine in memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicNode;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let node = TopicNode::in_memory();
    /// node.topics::<String>("price").topic("tea").publish("7".to_owned()).await?;
    /// // Another node in memory shares nothing with it.
    /// let other = TopicNode::in_memory().topics::<String>("price").topic("tea");
    /// assert!(other.history(None).await?.messages.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn in_memory() -> Self {
        Self::new(MemoryEngine::default())
    }

    /// Creates the node as [`in_memory`](Self::in_memory), and reports its events to `metrics`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::{Sender, channel};
    ///
    /// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode};
    ///
    /// struct Names(Sender<String>);
    ///
    /// impl TopicMetrics for Names {
    ///     fn published(&self, topic: &TopicName) {
    ///         self.0.send(topic.to_string()).unwrap();
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let (names, published) = channel();
    /// let node = TopicNode::in_memory_with(Names(names));
    /// node.topics::<String>("room").topic("tea").publish("hello".to_owned()).await?;
    /// node.topics::<String>("price").topic("tea").publish("7".to_owned()).await?;
    /// assert!(published.try_iter().eq(["room/tea", "price/tea"]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn in_memory_with(metrics: impl TopicMetrics) -> Self {
        Self::with_metrics(MemoryEngine::default(), metrics)
    }

    /// Returns the topics of one kind, such as `room`.
    ///
    /// # Panics
    ///
    /// Panics if `kind` is not 1 to 64 ASCII letters, digits, `-`, `_` or `.`, and if this node has
    /// topics of that kind with another message type.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicNode;
    ///
    /// let node = TopicNode::in_memory();
    /// let (rooms, prices) = (node.topics::<String>("room"), node.topics::<String>("price"));
    /// assert_eq!(rooms.topic("tea").name().unwrap().kind(), "room");
    /// assert_eq!(prices.topic("tea").name().unwrap().kind(), "price");
    /// ```
    #[track_caller]
    pub fn topics<M: Message + Clone>(&self, kind: &str) -> Topics<M> {
        let mut kinds = self.0.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let known = *kinds.entry(kind.to_owned()).or_insert_with(TypeId::of::<M>);
        drop(kinds);
        assert!(
            known == TypeId::of::<M>(),
            "the topics of the kind {kind:?} have another message type than {:?}",
            M::NAME
        );
        Topics::on(self, kind)
    }

    /// Returns the state of the connection to the engine.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{Health, TopicNode};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let node = TopicNode::new(engine.node());
    /// let tea = node.topics::<String>("room").topic("tea");
    /// let app = routes! { "/" => ws(tea.follow(ws)) };
    /// let mut client = app.connect_ws("/").await.unwrap();
    /// assert!(client.recv().await.unwrap().is_some());
    /// assert!(matches!(node.health(), Health::Up { .. }));
    /// engine.partition(0);
    /// tokio::task::yield_now().await;
    /// assert!(matches!(node.health(), Health::Down { .. }));
    /// # }
    /// ```
    pub fn health(&self) -> Health {
        self.0.health.get()
    }
}

impl fmt::Debug for TopicNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Two are equal if they are one node.
impl PartialEq for TopicNode {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for TopicNode {}
