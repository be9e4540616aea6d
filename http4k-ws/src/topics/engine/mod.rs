//! The engines of topics: what stores the logs, numbers their entries and carries them between
//! processes.
//!
//! A program rarely calls an engine. It creates its topics on one, and the node of the process does
//! the rest: it finds gaps, fills them, retries, and reports what cannot be filled. An engine has
//! few duties, which [`Engine`] lists.
//!
//! ```
//! use http4k_ws::topics::engine::{Engine, FaultyEngine};
//! use http4k_ws::topics::{TopicNode, Topics};
//!
//! /// The prices of one process, on the engine that all processes share.
//! fn prices(engine: impl Engine) -> Topics<String> {
//!     TopicNode::new(engine).topics("price")
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
//! let engine = FaultyEngine::new(); // For tests. A program has a `RedisEngine`, for example.
//! let (one, other) = (prices(engine.node()), prices(engine.node()));
//! one.topic("tea").publish("7".to_owned()).await?;
//! engine.partition(0); // The first process is gone.
//! assert_eq!(other.topic("tea").history(None).await?.messages[0].1, "7");
//! # Ok(())
//! # }
//! ```

mod event;
#[cfg(feature = "testing")]
mod faulty;
mod member;
pub(super) mod memory;
mod publication;
#[cfg(feature = "redis")]
pub mod redis;
mod store;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

use super::entry::Entry;
use super::name::TopicName;
use super::position::Position;

pub use event::{EngineEvent, EngineEvents, EventSender};
#[cfg(feature = "testing")]
pub use faulty::FaultyEngine;
pub use member::{Member, MemberId, NodeId};
pub use publication::{AttemptError, MemberChange, Publication};

/// A future of an engine.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::{Down, EngineFuture};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let position: EngineFuture<'_, Result<u64, Down>> = Box::pin(async {
///     Err(Down::new("connection refused"))
/// });
/// assert!(position.await.is_err());
/// # }
/// ```
pub type EngineFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A store of numbered logs, shared by the nodes of an application.
///
/// Users never call it. Its duties:
///
/// 1. Each topic has one log, whose current epoch and last offset are its position. The log of a
///    topic that was never named starts at offset 0 of a new random epoch.
/// 2. An entry receives the next offset and is stored before its publication returns. A change of
///    the members is stored in the same step.
/// 3. If the store may have lost entries, numbers or members of a topic, for example by a restart,
///    the topic gets a new random epoch, an empty log and no members.
/// 4. It carries entries to the nodes that are interested. It may lose, delay, repeat and reorder
///    them, because each names its predecessor.
/// 5. It keeps a part of the log, and returns it with the offset from which it is complete.
/// 6. Every operation ends within a few seconds, with an error if need be.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::{Down, Engine, FaultyEngine};
/// use http4k_ws::topics::{Position, TopicName};
///
/// async fn position(engine: &impl Engine, topic: &TopicName) -> Result<Position, Down> {
///     Ok(engine.positions(std::slice::from_ref(topic)).await?[0])
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (engine, topic) = (FaultyEngine::new(), TopicName::new("room", "42")?);
/// let (one, other) = (engine.node(), engine.node());
/// // The nodes of an engine agree on each position.
/// assert_eq!(position(&one, &topic).await?, position(&other, &topic).await?);
/// engine.partition(1);
/// assert!(position(&other, &topic).await.is_err());
/// # Ok(())
/// # }
/// ```
///
/// An engine that counts the attempts of another one:
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use http4k_ws::topics::engine::{
///     AttemptError, Engine, EngineEvents, EngineFuture, FaultyEngine, Interest, Publication,
/// };
/// use http4k_ws::topics::{Position, TopicNode};
/// # use http4k_ws::topics::TopicName;
/// # use http4k_ws::topics::engine::{Down, History, Member, MemberId, NodeId};
///
/// #[derive(Debug)]
/// struct Counting<E>(E, Arc<AtomicU64>);
///
/// impl<E: Engine> Engine for Counting<E> {
///     fn publish<'a>(
///         &'a self,
///         entry: &'a Publication,
///     ) -> EngineFuture<'a, Result<Position, AttemptError>> {
///         self.1.fetch_add(1, Ordering::Relaxed);
///         self.0.publish(entry)
///     }
///
///     fn interest(&self, changes: Vec<Interest>) {
///         self.0.interest(changes);
///     }
///
///     fn events(&self) -> EngineEvents {
///         self.0.events()
///     }
///
///     // The other methods call those of `self.0`, too.
/// #   fn positions<'a>(
/// #       &'a self,
/// #       topics: &'a [TopicName],
/// #   ) -> EngineFuture<'a, Result<Vec<Position>, Down>> {
/// #       self.0.positions(topics)
/// #   }
/// #   fn history<'a>(
/// #       &'a self,
/// #       topic: &'a TopicName,
/// #       after: u64,
/// #       up_to: u64,
/// #   ) -> EngineFuture<'a, Result<History, Down>> {
/// #       self.0.history(topic, after, up_to)
/// #   }
/// #   fn members<'a>(
/// #       &'a self,
/// #       topic: &'a TopicName,
/// #   ) -> EngineFuture<'a, Result<(Vec<Member>, Position), Down>> {
/// #       self.0.members(topic)
/// #   }
/// #   fn beat(&self, node: NodeId) -> EngineFuture<'_, Result<Vec<NodeId>, Down>> {
/// #       self.0.beat(node)
/// #   }
/// #   fn members_of(
/// #       &self,
/// #       node: NodeId,
/// #   ) -> EngineFuture<'_, Result<Vec<(TopicName, MemberId)>, Down>> {
/// #       self.0.members_of(node)
/// #   }
/// #   fn forget(&self, node: NodeId) -> EngineFuture<'_, Result<(), Down>> {
/// #       self.0.forget(node)
/// #   }
/// #   fn lease(&self) -> Option<std::time::Duration> {
/// #       self.0.lease()
/// #   }
/// #   fn part_of(&self, topic: &TopicName) -> usize {
/// #       self.0.part_of(topic)
/// #   }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
/// let (engine, attempts) = (FaultyEngine::new(), Arc::new(AtomicU64::new(0)));
/// let node = TopicNode::new(Counting(engine.node(), attempts.clone()));
/// let tea = node.topics::<String>("room").topic("tea");
/// engine.lose_replies(0, 1);
/// tea.publish("hello".to_owned()).await?;
/// assert_eq!(attempts.load(Ordering::Relaxed), 2); // The node repeats the first one.
/// assert_eq!(tea.history(None).await?.messages.len(), 1);
/// # Ok(())
/// # }
/// ```
pub trait Engine: Send + Sync + fmt::Debug + 'static {
    /// Makes one attempt to store an entry, and returns its position.
    ///
    /// A publication whose [`MemberChange`] changes nothing stores no entry, and returns the
    /// position of the log. So does one that is stored in this epoch already
    /// ([`Publication::once`]), which returns the position that it was stored at.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    /// use http4k_ws::topics::engine::{AttemptError, Engine, FaultyEngine, Publication};
    /// # use http4k_ws::topics::engine::{NodeId, empty_entry};
    /// # fn entry(topic: &TopicName) -> Publication {
    /// #     Publication {
    /// #         topic: topic.clone(),
    /// #         bytes: empty_entry(),
    /// #         change: None,
    /// #         keep: 500,
    /// #         keep_for: std::time::Duration::from_secs(3600),
    /// #         once: (NodeId(1), 1),
    /// #         expect: None,
    /// #     }
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (engine, topic) = (FaultyEngine::new(), TopicName::new("room", "42")?);
    /// let node = engine.node();
    /// let epoch = node.positions(&[topic.clone()]).await?[0].epoch();
    /// engine.lose_replies(0, 1);
    /// let mut entry = entry(&topic);
    /// assert!(matches!(node.publish(&entry).await, Err(AttemptError::NoReply(_))));
    /// // A further attempt must not store the entry in another epoch.
    /// entry.expect = Some(epoch);
    /// engine.restart();
    /// assert_eq!(node.publish(&entry).await, Err(AttemptError::EpochChanged));
    /// # Ok(())
    /// # }
    /// ```
    fn publish<'a>(
        &'a self,
        entry: &'a Publication,
    ) -> EngineFuture<'a, Result<Position, AttemptError>>;

    /// Adds and removes topics whose entries this node receives, in order. Without effect for a
    /// topic that is in that state already. For an added topic the engine sends
    /// [`EngineEvent::Ready`] once no later entry can be missed.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    /// use http4k_ws::topics::engine::{Engine, EngineEvent, FaultyEngine, Interest};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (engine, topic) = (FaultyEngine::new().node(), TopicName::new("room", "42")?);
    /// let mut events = engine.events();
    /// engine.interest(vec![Interest::Add(topic.clone()), Interest::Add(topic.clone())]);
    /// assert_eq!(events.next().await, Some(EngineEvent::Up));
    /// assert_eq!(events.next().await, Some(EngineEvent::Ready(vec![topic])));
    /// # Ok(())
    /// # }
    /// ```
    fn interest(&self, changes: Vec<Interest>);

    /// Returns the stream of events to this node. The stream that was returned before ends, and no
    /// topic is of interest.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::{Engine, EngineEvent, FaultyEngine};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new().node();
    /// let mut before = engine.events();
    /// assert_eq!(before.next().await, Some(EngineEvent::Up));
    /// let mut events = engine.events();
    /// assert_eq!(before.next().await, None);
    /// assert_eq!(events.next().await, Some(EngineEvent::Up));
    /// # }
    /// ```
    fn events(&self) -> EngineEvents;

    /// Returns the position of each topic. Creates logs that do not exist.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let engine = FaultyEngine::new().node();
    /// let topics = [TopicName::new("room", "tea")?, TopicName::new("room", "cake")?];
    /// let positions = engine.positions(&topics).await?;
    /// assert_eq!((positions[0].offset(), positions[1].offset()), (0, 0)); // New logs.
    /// # Ok(())
    /// # }
    /// ```
    fn positions<'a>(
        &'a self,
        topics: &'a [TopicName],
    ) -> EngineFuture<'a, Result<Vec<Position>, Down>>;

    /// Returns entries of a topic behind `after`, up to `up_to`, from the current epoch. The engine
    /// may return fewer, at least one if there is one, and sets [`History::up_to`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine};
    /// # use http4k_ws::topics::engine::{NodeId, Publication, empty_entry};
    /// # fn entry(topic: &TopicName, number: u64) -> Publication {
    /// #     Publication {
    /// #         topic: topic.clone(),
    /// #         bytes: empty_entry(),
    /// #         change: None,
    /// #         keep: 500,
    /// #         keep_for: std::time::Duration::from_secs(3600),
    /// #         once: (NodeId(1), number),
    /// #         expect: None,
    /// #     }
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (engine, topic) = (FaultyEngine::new().node(), TopicName::new("room", "42")?);
    /// let first = engine.publish(&entry(&topic, 1)).await?;
    /// let second = engine.publish(&entry(&topic, 2)).await?;
    /// let history = engine.history(&topic, first.offset(), u64::MAX).await?;
    /// assert_eq!(history.last, second);
    /// assert_eq!(history.entries[0].0, second.offset()); // Behind the first.
    /// # Ok(())
    /// # }
    /// ```
    fn history<'a>(
        &'a self,
        topic: &'a TopicName,
        after: u64,
        up_to: u64,
    ) -> EngineFuture<'a, Result<History, Down>>;

    /// Returns the members of a topic, and the position of the log at the same moment. An engine
    /// that reads one after the other returns the earlier position: the list may have the effect of
    /// entries behind it, and repeating these changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine, Member, MemberChange, MemberId};
    /// # use http4k_ws::topics::engine::{NodeId, Publication, empty_entry};
    /// # fn entry(topic: &TopicName, change: MemberChange) -> Publication {
    /// #     Publication {
    /// #         topic: topic.clone(),
    /// #         bytes: empty_entry(),
    /// #         change: Some(change),
    /// #         keep: 500,
    /// #         keep_for: std::time::Duration::from_secs(3600),
    /// #         once: (NodeId(1), 1),
    /// #         expect: None,
    /// #     }
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (engine, topic) = (FaultyEngine::new().node(), TopicName::new("room", "42")?);
    /// let ann = Member { id: MemberId { node: NodeId(1), number: 7 }, name: "ann".to_owned() };
    /// let at = engine.publish(&entry(&topic, MemberChange::Join(ann.clone()))).await?;
    /// assert_eq!(engine.members(&topic).await?, (vec![ann], at));
    /// # Ok(())
    /// # }
    /// ```
    fn members<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> EngineFuture<'a, Result<(Vec<Member>, Position), Down>>;

    /// Renews the lease of `node` for [`Engine::lease`], and returns the nodes whose leases have
    /// ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine, NodeId};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = FaultyEngine::new();
    /// let (one, other) = (engine.node(), engine.node());
    /// assert!(one.beat(NodeId(1)).await.unwrap().is_empty());
    /// assert!(other.beat(NodeId(2)).await.unwrap().is_empty()); // The lease of node 1 goes on.
    /// # }
    /// ```
    fn beat(&self, node: NodeId) -> EngineFuture<'_, Result<Vec<NodeId>, Down>>;

    /// Returns the members of `node` in all topics.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine, Member, MemberChange, MemberId};
    /// # use http4k_ws::topics::engine::{NodeId, Publication, empty_entry};
    /// # fn entry(topic: &TopicName, change: MemberChange) -> Publication {
    /// #     Publication {
    /// #         topic: topic.clone(),
    /// #         bytes: empty_entry(),
    /// #         change: Some(change),
    /// #         keep: 500,
    /// #         keep_for: std::time::Duration::from_secs(3600),
    /// #         once: (NodeId(1), 1),
    /// #         expect: None,
    /// #     }
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (engine, topic) = (FaultyEngine::new().node(), TopicName::new("room", "42")?);
    /// let id = MemberId { node: NodeId(1), number: 7 };
    /// let ann = Member { id, name: "ann".to_owned() };
    /// engine.publish(&entry(&topic, MemberChange::Join(ann))).await?;
    /// assert_eq!(engine.members_of(NodeId(1)).await?, [(topic, id)]);
    /// assert!(engine.members_of(NodeId(2)).await?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    fn members_of(
        &self,
        node: NodeId,
    ) -> EngineFuture<'_, Result<Vec<(TopicName, MemberId)>, Down>>;

    /// Removes the lease of `node`, after its members were removed. Without effect if the lease was
    /// renewed, or the node has members again.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine, NodeId};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), http4k_ws::topics::engine::Down> {
    /// let engine = FaultyEngine::new().node();
    /// engine.beat(NodeId(1)).await?;
    /// tokio::time::advance(engine.lease().unwrap()).await; // The clock of a test.
    /// assert_eq!(engine.beat(NodeId(2)).await?, [NodeId(1)]);
    /// assert_eq!(engine.beat(NodeId(2)).await?, [NodeId(1)]);
    /// engine.forget(NodeId(1)).await?;
    /// assert!(engine.beat(NodeId(2)).await?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    fn forget(&self, node: NodeId) -> EngineFuture<'_, Result<(), Down>>;

    /// Returns the time for which a lease lasts. Nodes renew it three times as often. `None` if no
    /// other node can use the engine: leases and positions are then not checked.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine};
    ///
    /// assert_eq!(FaultyEngine::new().node().lease(), Some(Duration::from_secs(15)));
    /// ```
    fn lease(&self) -> Option<Duration> {
        Some(Duration::from_secs(15))
    }

    /// Returns the number of the part of the engine that has `topic`, for an engine of several
    /// servers. Positions of one part are read at once, and an outage of one part does not affect
    /// the others. Default 0: the engine has one part.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    /// use http4k_ws::topics::engine::{Engine, FaultyEngine};
    ///
    /// let engine = FaultyEngine::new().node();
    /// assert_eq!(engine.part_of(&TopicName::new("room", "tea").unwrap()), 0);
    /// ```
    fn part_of(&self, topic: &TopicName) -> usize {
        let _of_the_only_part = topic;
        0
    }
}

/// Returns an entry that has no effect on subscribers. An engine stores it if it needs an entry at
/// a position, for example to keep the log of a quiet topic alive.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::empty_entry;
///
/// assert_eq!(empty_entry(), empty_entry());
/// ```
pub fn empty_entry() -> Bytes {
    Entry::evicting(&[]).to_bytes()
}

/// A change of the topics whose entries a node receives.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::TopicName;
/// use http4k_ws::topics::engine::{Engine, EngineEvent, FaultyEngine, Interest};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (engine, topic) = (FaultyEngine::new().node(), TopicName::new("room", "42")?);
/// let mut events = engine.events();
/// assert_eq!(events.next().await, Some(EngineEvent::Up));
/// engine.interest(vec![Interest::Add(topic.clone())]);
/// assert_eq!(events.next().await, Some(EngineEvent::Ready(vec![topic.clone()])));
/// // The node may have missed entries between the two.
/// engine.interest(vec![Interest::Remove(topic.clone()), Interest::Add(topic.clone())]);
/// assert_eq!(events.next().await, Some(EngineEvent::Ready(vec![topic])));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interest {
    /// Entries of the topic are sent from now on.
    Add(TopicName),
    /// Entries of the topic are no longer sent.
    Remove(TopicName),
}

/// A part of the log of a topic.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::TopicName;
/// use http4k_ws::topics::engine::{Engine, FaultyEngine};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (engine, topic) = (FaultyEngine::new().node(), TopicName::new("room", "42")?);
/// let history = engine.history(&topic, 0, 100).await?;
/// // Nothing was published yet.
/// assert_eq!((history.last.offset(), history.first_kept), (0, 1));
/// assert!(history.entries.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The current position of the log, whose epoch is that of the entries.
    pub last: Position,
    /// The smallest offset from which every entry is kept. It is that of the last entry plus 1 if
    /// none is kept.
    pub first_kept: u64,
    /// The offset up to which [`entries`](Self::entries) is complete. At most the one that was
    /// requested.
    pub up_to: u64,
    /// The entries, in order: their offsets and bytes.
    pub entries: Vec<(u64, Bytes)>,
}

/// The error of an engine that cannot be reached.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::Down;
///
/// let down = Down::new("connection refused");
/// let text = "the engine of the topics cannot be reached: connection refused";
/// assert_eq!(down.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the engine of the topics cannot be reached: {cause}")]
pub struct Down {
    /// The cause, for the log.
    pub cause: String,
}

impl Down {
    /// Creates the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io;
    ///
    /// use http4k_ws::topics::engine::Down;
    ///
    /// let reset = io::Error::from(io::ErrorKind::ConnectionReset);
    /// assert_eq!(Down::new(&reset).cause, reset.to_string());
    /// ```
    pub fn new(cause: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
        }
    }
}
