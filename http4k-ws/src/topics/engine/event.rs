//! The events that an engine sends to a node, in a bounded queue.
//!
//! The queue never makes the engine wait. If it is full, an entry is left out, and its topic is
//! reported as ready again. The node then checks the position of the topic and fills the gap.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::topics::name::TopicName;
use crate::topics::position::Position;

/// An event of an engine, for one node.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::TopicName;
/// use http4k_ws::topics::engine::{Engine, EngineEvent, FaultyEngine, Interest, Publication};
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
/// let (engine, topic) = (FaultyEngine::new().node(), TopicName::new("room", "42")?);
/// let mut events = engine.events();
/// engine.interest(vec![Interest::Add(topic.clone())]);
/// let stored = engine.publish(&entry(&topic)).await?;
/// let prev = loop {
///     match events.next().await.expect("the engine goes on") {
///         EngineEvent::Entry { at, prev, .. } if at == stored => break prev,
///         EngineEvent::Down(cause) => panic!("{cause}"),
///         _ => {} // Up, Ready and earlier entries.
///     }
/// };
/// assert_eq!(prev, 0); // It is the first entry.
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineEvent {
    /// An entry of a topic of interest.
    Entry {
        /// The topic.
        topic: TopicName,
        /// The position of the entry.
        at: Position,
        /// The offset of the entry before it in the same epoch; 0 if it is the first.
        prev: u64,
        /// The entry.
        bytes: Bytes,
    },
    /// Every entry that is stored from now on will be sent. The node then reads the positions of
    /// these topics. Sent after interest was added, after entries may have been missed, and after
    /// [`Up`](Self::Up) for every topic of interest.
    Ready(Vec<TopicName>),
    /// The engine cannot be reached, for this reason. Sent once for each outage.
    Down(String),
    /// The engine is reached again, or for the first time.
    Up,
}

/// The bound on entries that wait for the node.
const MAX_ENTRIES: usize = 16 * 1024;

/// The bound on the bytes of entries that wait for the node.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The receiving half of the queue, which a node polls.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::{EngineEvent, EngineEvents};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (sender, mut events) = EngineEvents::new();
/// assert!(sender.send(EngineEvent::Up));
/// assert_eq!(events.next().await, Some(EngineEvent::Up));
/// // The node is gone.
/// drop(events);
/// assert!(!sender.send(EngineEvent::Up));
/// # }
/// ```
pub struct EngineEvents(Arc<Mutex<Waiting>>);

/// The sending half of the queue, which an engine holds. A clone sends to the same queue.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::{EngineEvent, EngineEvents};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (sender, mut events) = EngineEvents::new();
/// assert!(sender.send(EngineEvent::Up));
/// assert_eq!(events.next().await, Some(EngineEvent::Up));
/// drop(sender);
/// assert_eq!(events.next().await, None);
/// # }
/// ```
#[derive(Clone)]
pub struct EventSender(Arc<Ending>);

/// The last sender ends the queue.
struct Ending(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<EngineEvent>,
    entries: usize,
    bytes: usize,
    /// The topics of which an entry was left out.
    missed: HashSet<TopicName>,
    sender_gone: bool,
    receiver_gone: bool,
    waker: Option<Waker>,
}

impl EngineEvents {
    /// Creates a queue of at most 16,384 entries and 16 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::{EngineEvent, EngineEvents};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (sender, mut events) = EngineEvents::new();
    /// // An engine has several tasks, each with a sender.
    /// let task = {
    ///     let sender = sender.clone();
    ///     tokio::spawn(async move { sender.send(EngineEvent::Up) })
    /// };
    /// assert_eq!(events.next().await, Some(EngineEvent::Up));
    /// assert!(task.await.unwrap());
    /// drop(events);
    /// assert!(!sender.send(EngineEvent::Up)); // The node no longer receives.
    /// # }
    /// ```
    pub fn new() -> (EventSender, Self) {
        let waiting = Arc::default();
        let sender = EventSender(Arc::new(Ending(Arc::clone(&waiting))));
        (sender, Self(waiting))
    }

    /// Waits for the next event. Returns `None` if the sender is dropped.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, no event is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::{EngineEvent, EngineEvents};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (sender, mut events) = EngineEvents::new();
    /// sender.send(EngineEvent::Down("the server stops".to_owned()));
    /// drop(sender);
    /// assert!(matches!(events.next().await, Some(EngineEvent::Down(_))));
    /// assert_eq!(events.next().await, None);
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<EngineEvent> {
        future::poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<EngineEvent>> {
        let mut waiting = lock(&self.0);
        if let Some(event) = waiting.events.pop_front() {
            if let EngineEvent::Entry { bytes, .. } = &event {
                waiting.entries -= 1;
                waiting.bytes -= bytes.len();
            }
            return Poll::Ready(Some(event));
        }
        if !waiting.missed.is_empty() {
            let missed = waiting.missed.drain().collect();
            return Poll::Ready(Some(EngineEvent::Ready(missed)));
        }
        if waiting.sender_gone {
            return Poll::Ready(None);
        }
        waiting.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl EventSender {
    /// Queues `event`. Returns `false` if the node no longer receives.
    ///
    /// If the queue is full, an entry is left out. Behind the others, the node then receives
    /// [`EngineEvent::Ready`] for its topic, and reads the history.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::{EngineEvent, EngineEvents, empty_entry};
    /// use http4k_ws::topics::{Position, TopicName};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (sender, mut events) = EngineEvents::new();
    /// let topic = TopicName::new("room", "42").unwrap();
    /// for offset in 1..=16_385 {
    ///     let (topic, at) = (topic.clone(), Position::new(0xAF, offset));
    ///     sender.send(EngineEvent::Entry { topic, at, prev: offset - 1, bytes: empty_entry() });
    /// }
    /// for _ in 0..16_384 {
    ///     assert!(matches!(events.next().await, Some(EngineEvent::Entry { .. })));
    /// }
    /// assert_eq!(events.next().await, Some(EngineEvent::Ready(vec![topic])));
    /// # }
    /// ```
    pub fn send(&self, event: EngineEvent) -> bool {
        let mut waiting = lock(&self.0.0);
        if waiting.receiver_gone {
            return false;
        }
        match &event {
            EngineEvent::Entry { topic, bytes, .. } => {
                // An entry of any size can travel alone.
                let fits = waiting.bytes + bytes.len() <= MAX_BYTES || waiting.entries == 0;
                if waiting.entries >= MAX_ENTRIES || !fits {
                    let topic = topic.clone();
                    waiting.missed.insert(topic);
                    return true;
                }
                waiting.entries += 1;
                waiting.bytes += bytes.len();
                waiting.events.push_back(event);
            }
            _ => waiting.events.push_back(event),
        }
        let waker = waiting.waker.take();
        drop(waiting);
        waker.into_iter().for_each(Waker::wake);
        true
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for EngineEvents {
    fn drop(&mut self) {
        let mut waiting = lock(&self.0);
        *waiting = Waiting {
            receiver_gone: true,
            ..Waiting::default()
        };
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let mut waiting = lock(&self.0);
        waiting.sender_gone = true;
        let waker = waiting.waker.take();
        drop(waiting);
        waker.into_iter().for_each(Waker::wake);
    }
}

impl fmt::Debug for EngineEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = lock(&self.0);
        f.debug_struct("EngineEvents")
            .field("waiting", &waiting.events.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for EventSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventSender")
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_full_queue_leaves_entries_out_and_reports_their_topic() {
        let (sender, mut events) = EngineEvents::new();
        let topic = TopicName::new("t", "1").unwrap();
        let entry = |offset| EngineEvent::Entry {
            topic: topic.clone(),
            at: Position::new(1, offset),
            prev: offset - 1,
            bytes: Bytes::new(),
        };
        let sent = MAX_ENTRIES as u64 + 3;
        for offset in 1..=sent {
            assert!(sender.send(entry(offset)));
        }
        for offset in 1..=MAX_ENTRIES as u64 {
            assert_eq!(events.next().now_or_never(), Some(Some(entry(offset))));
        }
        let ready = EngineEvent::Ready(vec![topic.clone()]);
        assert_eq!(events.next().now_or_never(), Some(Some(ready)));
        assert_eq!(events.next().now_or_never(), None);
        assert!(sender.send(entry(sent)));
        assert_eq!(events.next().now_or_never(), Some(Some(entry(sent))));
    }

    #[test]
    fn a_sender_notices_that_its_receiver_is_gone() {
        let (sender, events) = EngineEvents::new();
        drop(events);
        assert!(!sender.send(EngineEvent::Up));
    }
}
