//! The metrics of topics: a trait to implement.

use std::fmt;
use std::sync::Arc;

use super::error::PublishError;
use super::name::TopicName;
use crate::panics::guarded;

/// A receiver of the events of a node, for metrics. By default each method does nothing.
///
/// The methods run in the tasks that deliver messages, so they should be as quick as counting is. A
/// panic in one of them is logged and has no other effect.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode, Topics};
///
/// #[derive(Default)]
/// struct Count(AtomicU64);
///
/// impl TopicMetrics for Count {
///     fn published(&self, _topic: &TopicName) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let count = Arc::new(Count::default());
/// let rooms: Topics<String> = TopicNode::in_memory_with(Arc::clone(&count)).topics("room");
/// rooms.topic("r").publish("hello".to_owned()).await?;
/// assert_eq!(count.0.load(Ordering::Relaxed), 1);
/// # Ok(())
/// # }
/// ```
pub trait TopicMetrics: Send + Sync + 'static {
    /// Called when an entry of this node was stored.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode};
    ///
    /// /// Counts the orders only.
    /// #[derive(Default)]
    /// struct Orders(AtomicU64);
    ///
    /// impl TopicMetrics for Orders {
    ///     fn published(&self, topic: &TopicName) {
    ///         self.0.fetch_add(u64::from(topic.kind() == "order"), Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let orders = Arc::new(Orders::default());
    /// let node = TopicNode::in_memory_with(orders.clone());
    /// for kind in ["order", "chat", "order"] {
    ///     node.topics::<String>(kind).topic("tea").publish("one pot".to_owned()).await?;
    /// }
    /// assert_eq!(orders.0.load(Ordering::Relaxed), 2);
    /// # Ok(())
    /// # }
    /// ```
    fn published(&self, topic: &TopicName) {
        let _ = topic;
    }

    /// Called when an entry of this node was not stored, or may not be. A message that is refused
    /// before, such as one over the limit, is not an entry.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::{Sender, channel};
    ///
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{PublishError, TopicMetrics, TopicName, TopicNode};
    ///
    /// struct Failures(Sender<PublishError>);
    ///
    /// impl TopicMetrics for Failures {
    ///     fn publish_failed(&self, _topic: &TopicName, error: &PublishError) {
    ///         self.0.send(error.clone()).unwrap();
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (engine, (failures, failed)) = (FaultyEngine::new(), channel());
    /// let node = TopicNode::with_metrics(engine.node(), Failures(failures));
    /// let tea = node.topics::<String>("room").max_message(5).topic("tea");
    /// assert!(tea.publish("too long".to_owned()).await.is_err());
    /// assert!(failed.try_recv().is_err()); // It was refused before.
    /// engine.partition(0);
    /// let error = tea.publish("hello".to_owned()).await.unwrap_err();
    /// assert_eq!(failed.try_recv(), Ok(error));
    /// # }
    /// ```
    fn publish_failed(&self, topic: &TopicName, error: &PublishError) {
        let _ = (topic, error);
    }

    /// Called when entries were queued for subscribers of this node: the number of queued items.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode};
    ///
    /// #[derive(Default)]
    /// struct Delivered(AtomicU64);
    ///
    /// impl TopicMetrics for Delivered {
    ///     fn delivered(&self, _topic: &TopicName, items: u64) {
    ///         self.0.fetch_add(items, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let delivered = Arc::new(Delivered::default());
    /// let node = TopicNode::in_memory_with(delivered.clone());
    /// let tea = node.topics::<String>("room").topic("tea");
    /// let follow = tea.clone();
    /// let mut client = routes! { "/" => ws(follow.follow(ws)) }.connect_ws("/").await.unwrap();
    /// client.recv().await?;
    /// let before = delivered.0.load(Ordering::Relaxed);
    /// tea.publish("hello".to_owned()).await?;
    /// client.recv().await?;
    /// assert_eq!(delivered.0.load(Ordering::Relaxed), before + 1);
    /// # Ok(())
    /// # }
    /// ```
    fn delivered(&self, topic: &TopicName, items: u64) {
        let _ = (topic, items);
    }

    /// Called when entries were missing and came from the history.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode};
    ///
    /// #[derive(Default)]
    /// struct Filled(AtomicU64);
    ///
    /// impl TopicMetrics for Filled {
    ///     fn filled(&self, _topic: &TopicName, entries: u64) {
    ///         self.0.fetch_add(entries, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (engine, filled) = (FaultyEngine::new(), Arc::new(Filled::default()));
    /// let node = TopicNode::with_metrics(engine.node(), filled.clone());
    /// let tea = node.topics::<String>("room").topic("tea");
    /// let follow = tea.clone();
    /// let mut client = routes! { "/" => ws(follow.follow(ws)) }.connect_ws("/").await.unwrap();
    /// client.recv().await?;
    /// engine.drop_next(0, 2);
    /// for text in ["lost on the way", "this too", "third"] {
    ///     tea.publish(text.to_owned()).await?;
    /// }
    /// for text in ["lost on the way", "this too", "third"] {
    ///     assert!(client.recv().await?.unwrap().text().contains(text));
    /// }
    /// assert_eq!(filled.0.load(Ordering::Relaxed), 2);
    /// # Ok(())
    /// # }
    /// ```
    fn filled(&self, topic: &TopicName, entries: u64) {
        let _ = (topic, entries);
    }

    /// Called when the log of a topic has a gap that cannot be filled, as after a restart of the
    /// engine.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::{Sender, channel};
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode};
    ///
    /// struct Resets(Sender<TopicName>);
    ///
    /// impl TopicMetrics for Resets {
    ///     fn reset(&self, topic: &TopicName) {
    ///         self.0.send(topic.clone()).unwrap();
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (engine, (resets, reset)) = (FaultyEngine::new(), channel());
    /// let node = TopicNode::with_metrics(engine.node(), Resets(resets));
    /// let tea = node.topics::<String>("room").topic("tea");
    /// let mut client = routes! { "/" => ws(tea.follow(ws)) }.connect_ws("/").await.unwrap();
    /// client.recv().await?;
    /// engine.restart();
    /// assert!(client.recv().await?.unwrap().text().contains("lost"));
    /// assert_eq!(reset.try_recv()?, TopicName::new("room", "tea")?);
    /// # Ok(())
    /// # }
    /// ```
    fn reset(&self, topic: &TopicName) {
        let _ = topic;
    }

    /// Called when losses were reported to subscribers of this node, with their number.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode};
    ///
    /// #[derive(Default)]
    /// struct Lost(AtomicU64);
    ///
    /// impl TopicMetrics for Lost {
    ///     fn lost(&self, _topic: &TopicName, subscribers: u64) {
    ///         self.0.fetch_add(subscribers, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (engine, lost) = (FaultyEngine::new(), Arc::new(Lost::default()));
    /// let node = TopicNode::with_metrics(engine.node(), lost.clone());
    /// let tea = node.topics::<String>("room").topic("tea");
    /// let mut client = routes! { "/" => ws(tea.follow(ws)) }.connect_ws("/").await.unwrap();
    /// client.recv().await.unwrap();
    /// engine.restart();
    /// assert!(client.recv().await.unwrap().unwrap().text().contains("lost"));
    /// assert_eq!(lost.0.load(Ordering::Relaxed), 1);
    /// # }
    /// ```
    fn lost(&self, topic: &TopicName, subscribers: u64) {
        let _ = (topic, subscribers);
    }

    /// Called when subscribers began to lag, because their queues are full, with their number.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::session_config;
    /// use http4k_ws::session::SessionConfig;
    /// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode};
    ///
    /// #[derive(Default)]
    /// struct Lagging(AtomicU64);
    ///
    /// impl TopicMetrics for Lagging {
    ///     fn lagging(&self, _topic: &TopicName, subscribers: u64) {
    ///         self.0.fetch_add(subscribers, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let lagging = Arc::new(Lagging::default());
    /// let tea = TopicNode::in_memory_with(lagging.clone()).topics::<String>("room").topic("tea");
    /// let (small, follow) = (|config: SessionConfig| config.with_queue_messages(4), tea.clone());
    /// let app = routes! { "/" with(session_config(small)) => ws(follow.follow(ws)) };
    /// let mut client = app.connect_ws("/").await.unwrap();
    /// assert!(client.recv().await.is_ok());
    /// // The client reads no more.
    /// for number in 0..1000 {
    ///     tea.publish(number.to_string()).await?;
    /// }
    /// assert!(lagging.0.load(Ordering::Relaxed) > 0);
    /// # Ok(())
    /// # }
    /// ```
    fn lagging(&self, topic: &TopicName, subscribers: u64) {
        let _ = (topic, subscribers);
    }

    /// Called when the engine can no longer be reached.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{TopicMetrics, TopicNode};
    ///
    /// #[derive(Default)]
    /// struct IsDown(AtomicBool);
    ///
    /// impl TopicMetrics for IsDown {
    ///     fn engine_down(&self) {
    ///         self.0.store(true, Ordering::Relaxed);
    ///     }
    ///
    ///     fn engine_up(&self) {
    ///         self.0.store(false, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (engine, is_down) = (FaultyEngine::new(), Arc::new(IsDown::default()));
    /// let node = TopicNode::with_metrics(engine.node(), is_down.clone());
    /// let tea = node.topics::<String>("room").topic("tea");
    /// let mut client = routes! { "/" => ws(tea.follow(ws)) }.connect_ws("/").await.unwrap();
    /// client.recv().await.unwrap();
    /// engine.partition(0);
    /// tokio::task::yield_now().await;
    /// assert!(is_down.0.load(Ordering::Relaxed));
    /// engine.heal(0);
    /// tokio::task::yield_now().await;
    /// assert!(!is_down.0.load(Ordering::Relaxed));
    /// # }
    /// ```
    fn engine_down(&self) {}

    /// Called when the engine is reached again.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use http4k_ws::topics::engine::FaultyEngine;
    /// use http4k_ws::topics::{TopicMetrics, TopicNode};
    ///
    /// /// Counts the outages that have ended.
    /// #[derive(Default)]
    /// struct Outages(AtomicU64);
    ///
    /// impl TopicMetrics for Outages {
    ///     fn engine_up(&self) {
    ///         self.0.fetch_add(1, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let (engine, outages) = (FaultyEngine::new(), Arc::new(Outages::default()));
    /// let node = TopicNode::with_metrics(engine.node(), outages.clone());
    /// node.topics::<String>("room").topic("tea").publish("hello".to_owned()).await?;
    /// tokio::task::yield_now().await;
    /// assert_eq!(outages.0.load(Ordering::Relaxed), 0); // The first connection ends none.
    /// engine.restart();
    /// tokio::task::yield_now().await;
    /// assert_eq!(outages.0.load(Ordering::Relaxed), 1);
    /// # Ok(())
    /// # }
    /// ```
    fn engine_up(&self) {}

    /// Called when the number of topics with subscribers on this node changes.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{TopicMetrics, TopicNode};
    ///
    /// #[derive(Default)]
    /// struct Open(AtomicUsize);
    ///
    /// impl TopicMetrics for Open {
    ///     fn topics(&self, open: usize) {
    ///         self.0.store(open, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// let open = Arc::new(Open::default());
    /// let tea = TopicNode::in_memory_with(open.clone()).topics::<String>("room").topic("tea");
    /// let mut client = routes! { "/" => ws(tea.follow(ws)) }.test_ws("/");
    /// assert!(client.received().next().is_some());
    /// assert_eq!(open.0.load(Ordering::Relaxed), 1);
    /// ```
    fn topics(&self, open: usize) {
        let _ = open;
    }

    /// Called when the number of subscribers of a topic on this node changes.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::topics::{TopicMetrics, TopicName, TopicNode};
    ///
    /// #[derive(Default)]
    /// struct Here(AtomicUsize);
    ///
    /// impl TopicMetrics for Here {
    ///     fn subscribers(&self, _topic: &TopicName, here: usize) {
    ///         self.0.store(here, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// let here = Arc::new(Here::default());
    /// let tea = TopicNode::in_memory_with(here.clone()).topics::<String>("room").topic("tea");
    /// let app = routes! { "/" => ws(tea.follow(ws)) };
    /// let (mut ann, mut bob) = (app.test_ws("/"), app.test_ws("/"));
    /// assert!(ann.received().next().is_some() && bob.received().next().is_some());
    /// assert_eq!(here.0.load(Ordering::Relaxed), 2);
    /// ```
    fn subscribers(&self, topic: &TopicName, here: usize) {
        let _ = (topic, here);
    }
}

impl<E: TopicMetrics + ?Sized> TopicMetrics for Arc<E> {
    fn published(&self, topic: &TopicName) {
        (**self).published(topic);
    }

    fn publish_failed(&self, topic: &TopicName, error: &PublishError) {
        (**self).publish_failed(topic, error);
    }

    fn delivered(&self, topic: &TopicName, items: u64) {
        (**self).delivered(topic, items);
    }

    fn filled(&self, topic: &TopicName, entries: u64) {
        (**self).filled(topic, entries);
    }

    fn reset(&self, topic: &TopicName) {
        (**self).reset(topic);
    }

    fn lost(&self, topic: &TopicName, subscribers: u64) {
        (**self).lost(topic, subscribers);
    }

    fn lagging(&self, topic: &TopicName, subscribers: u64) {
        (**self).lagging(topic, subscribers);
    }

    fn engine_down(&self) {
        (**self).engine_down();
    }

    fn engine_up(&self) {
        (**self).engine_up();
    }

    fn topics(&self, open: usize) {
        (**self).topics(open);
    }

    fn subscribers(&self, topic: &TopicName, here: usize) {
        (**self).subscribers(topic, here);
    }
}

/// The metrics of a node, if it has any.
#[derive(Clone, Default)]
pub(super) struct Metrics(Option<Arc<dyn TopicMetrics>>);

impl Metrics {
    pub(super) fn of(metrics: impl TopicMetrics) -> Self {
        Self(Some(Arc::new(metrics)))
    }

    /// Calls one method of the metrics.
    pub(super) fn notify(&self, call: impl FnOnce(&dyn TopicMetrics)) {
        if let Some(metrics) = &self.0 {
            guarded("`TopicMetrics`", || call(&**metrics));
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TopicMetrics")
    }
}
