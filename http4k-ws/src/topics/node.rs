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
    pub fn new(engine: impl Engine) -> Self {
        Self(Hub::new(Arc::new(engine), Metrics::default()))
    }

    /// Creates the node as [`new`](Self::new), and reports its events to `metrics`.
    pub fn with_metrics(engine: impl Engine, metrics: impl TopicMetrics) -> Self {
        Self(Hub::new(Arc::new(engine), Metrics::of(metrics)))
    }

    /// Creates the only node of an application, with an engine in memory.
    pub fn in_memory() -> Self {
        Self::new(MemoryEngine::default())
    }

    /// Creates the node as [`in_memory`](Self::in_memory), and reports its events to `metrics`.
    pub fn in_memory_with(metrics: impl TopicMetrics) -> Self {
        Self::with_metrics(MemoryEngine::default(), metrics)
    }

    /// Returns the topics of one kind, such as `room`.
    ///
    /// # Panics
    ///
    /// Panics if `kind` is not 1 to 64 ASCII letters, digits, `-`, `_` or `.`, and if this node has
    /// topics of that kind with another message type.
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
