//! The two queues of a session: from the peer to the consumer, and from the consumer to the peer.
//! A stream of events has the second one only.
//!
//! 1. A queue is full if it has reached its number of messages or its bytes. Below that it accepts
//!    a message of any size, so that each message can travel.
//! 2. The queue from the peer has a second mark. If nothing were read once it is full, a peer that
//!    is gone would never be noticed, because its close frame or the end of its stream is behind
//!    unread bytes. So a little is read ahead, up to the second mark.
//! 3. The queue to the peer has the policy for a peer that reads too slowly. It numbers the
//!    messages in the order in which they were accepted, so that a flush can wait for a number. If
//!    message filters are in front, the numbers are those of the queue before them.

use std::collections::VecDeque;

use super::config::SessionConfig;
use super::slow_consumer::{CoalesceKey, SlowConsumer};
use super::transport::Role;
use crate::message::WsMessage;

/// The bytes that may wait for the consumer of a server. The rest waits in the network.
const INBOUND: usize = 32 * 1024;

/// The bytes that may be read ahead of a full queue (2).
const AHEAD: usize = 16 * 1024;

/// The memory of a message beside its bytes.
pub(super) const OVERHEAD: usize = 64;

/// An item of a [`Queue`]: a message or an event, alone or with further data.
pub(crate) trait Queued {
    /// The type from which [`SlowConsumer::Coalesce`] takes its keys.
    type Keyed;

    /// Returns the number of bytes that the item holds.
    fn size(&self) -> usize;

    /// Returns the key of the item, or `None` if it replaces no other.
    fn key(&self, of: &CoalesceKey<Self::Keyed>) -> Option<u64>;
}

impl Queued for WsMessage {
    type Keyed = Self;

    #[inline]
    fn size(&self) -> usize {
        self.as_bytes().len()
    }

    fn key(&self, of: &CoalesceKey) -> Option<u64> {
        of.of(self)
    }
}

/// Messages in order, bounded in number and in bytes.
#[derive(Debug)]
pub(crate) struct Queue<T = WsMessage> {
    messages: VecDeque<T>,
    bytes: usize,
    max_messages: usize,
    max_bytes: usize,
    /// The number of messages that were removed from the front.
    popped: u64,
    /// The cost of the queue when it became full.
    full_at: Option<usize>,
}

/// The space in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// The queue is not full.
    Free,
    /// The queue is full, and a little may be read ahead (2).
    Ahead,
    /// The queue is at its second mark.
    None,
}

impl Queue {
    /// Creates the queue from the peer.
    pub(super) fn inbound(config: &SessionConfig, role: Role) -> Self {
        let most = match role {
            Role::Server => INBOUND,
            Role::Client => usize::MAX,
        };
        Self::bounded(config.queue_messages, config.queue_bytes.min(most))
    }
}

impl<T: Queued> Queue<T> {
    /// Creates a queue of at most `max_messages`, at least 1, and about `max_bytes`.
    pub(crate) fn bounded(max_messages: usize, max_bytes: usize) -> Self {
        Self {
            messages: VecDeque::new(),
            bytes: 0,
            max_messages: max_messages.max(1),
            max_bytes,
            popped: 0,
            full_at: None,
        }
    }

    pub(super) fn space(&self) -> Space {
        match self.full_at {
            None => Space::Free,
            Some(cost) if self.cost() < cost + AHEAD => Space::Ahead,
            Some(_) => Space::None,
        }
    }

    /// Returns the memory of the messages, in bytes.
    pub(super) fn cost(&self) -> usize {
        self.bytes + self.messages.len() * OVERHEAD
    }

    /// Returns the number of messages that were removed from the front.
    pub(super) fn popped(&self) -> u64 {
        self.popped
    }

    /// Records that a message was added, which can only fill the queue.
    fn note_added(&mut self) {
        if self.full_at.is_none() && self.is_full() {
            self.full_at = Some(self.cost());
        }
    }

    /// Records that a message was removed, which can only free space.
    fn note_removed(&mut self) {
        if self.full_at.is_some() && !self.is_full() {
            self.full_at = None;
        }
    }

    /// Returns `true` if the next message must wait (1).
    pub(crate) fn is_full(&self) -> bool {
        self.messages.len() >= self.max_messages || self.bytes >= self.max_bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(crate) fn push(&mut self, message: T) {
        self.bytes += message.size();
        self.messages.push_back(message);
        self.note_added();
    }

    /// Puts a message back that was removed, even if the queue is full.
    #[cfg(feature = "client")]
    fn push_front(&mut self, message: T) {
        self.bytes += message.size();
        self.messages.push_front(message);
        self.note_added();
    }

    #[cfg(feature = "client")]
    fn front(&self) -> Option<&T> {
        self.messages.front()
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.size();
        if self.messages.is_empty() && self.messages.capacity() > 64 {
            // An idle socket must not keep the memory of a burst.
            self.messages = VecDeque::new();
        }
        self.popped += 1;
        self.note_removed();
        Some(message)
    }

    pub(super) fn remove(&mut self, index: usize) {
        if let Some(message) = self.messages.remove(index) {
            self.bytes -= message.size();
            self.note_removed();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.messages = VecDeque::new();
        self.bytes = 0;
        self.full_at = None;
    }
}

/// The queue to the peer, with the policy for a full queue (3).
#[derive(Debug)]
pub(crate) struct Outbound<T: Queued = WsMessage> {
    queue: Queue<T>,
    /// The number and the key of each message in the queue. Empty unless the policy coalesces, or
    /// the numbers have gaps.
    keys: VecDeque<(u64, Option<u64>)>,
    policy: SlowConsumer<T::Keyed>,
    /// The number of messages accepted so far, which is also the number of the newest.
    accepted: u64,
    dropped: u64,
}

/// The outcome of an offered message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offered<T = WsMessage> {
    /// The message is in the queue, and `dropped` others were dropped for it.
    Queued { dropped: u64 },
    /// The queue is full. The message must wait.
    MustWait(T),
    /// The queue is full, and the policy closes the socket.
    TooSlow(T),
}

impl Outbound {
    pub(super) fn new(config: &SessionConfig) -> Self {
        let policy = config.slow_consumer.clone();
        Self::bounded(config.queue_messages, config.queue_bytes, policy)
    }

    /// Creates an empty queue with the same bounds and policy.
    pub(super) fn of_same_bounds(&self) -> Self {
        let bounds = (self.queue.max_messages, self.queue.max_bytes);
        Self::bounded(bounds.0, bounds.1, self.policy.clone())
    }
}

impl<T: Queued> Outbound<T> {
    /// Creates a queue of at most `max_messages`, at least 1, and about `max_bytes`.
    pub(crate) fn bounded(
        max_messages: usize,
        max_bytes: usize,
        policy: SlowConsumer<T::Keyed>,
    ) -> Self {
        Self {
            queue: Queue::bounded(max_messages, max_bytes),
            keys: VecDeque::new(),
            policy,
            accepted: 0,
            dropped: 0,
        }
    }

    /// Returns the number of the newest message.
    pub(crate) fn newest(&self) -> u64 {
        self.accepted
    }

    /// Returns the number up to which each message was sent or dropped.
    pub(super) fn settled(&self) -> u64 {
        match self.keys.front() {
            // Messages from the middle may be dropped, so the length of the queue is not enough.
            Some((oldest, _)) => oldest - 1,
            None => self.accepted - self.queue.len() as u64,
        }
    }

    /// Returns the memory of the messages, in bytes.
    pub(crate) fn cost(&self) -> usize {
        self.queue.cost()
    }

    /// Returns `true` if the next message must wait for space.
    pub(crate) fn must_wait(&self) -> bool {
        matches!(self.policy, SlowConsumer::Wait) && self.queue.is_full()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Returns the number of messages that were dropped since the socket opened.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Adds `message` to the queue, as far as the policy allows.
    pub(crate) fn offer(&mut self, message: T) -> Offered<T> {
        let full = self.queue.is_full();
        let mut dropped = 0;
        match &self.policy {
            SlowConsumer::Wait if full => return Offered::MustWait(message),
            SlowConsumer::Close if full => return Offered::TooSlow(message),
            SlowConsumer::Wait | SlowConsumer::Close => {}
            SlowConsumer::DropOldest => dropped = self.make_space(),
            SlowConsumer::Coalesce(key) => {
                let key = message.key(key);
                // Below the bound, older messages of the same key stay.
                if full {
                    dropped = self.replace(key) + self.make_space();
                }
                self.keys.push_back((self.accepted + 1, key));
            }
        }
        self.accepted += 1;
        self.dropped += dropped;
        self.queue.push(message);
        Offered::Queued { dropped }
    }

    /// Drops the oldest messages until the queue has space. Returns their number.
    fn make_space(&mut self) -> u64 {
        let mut dropped = 0;
        while self.queue.is_full() && self.pop().is_some() {
            dropped += 1;
        }
        dropped
    }

    /// Drops the messages with the same key. There may be several, because only a full queue
    /// coalesces. Returns their number.
    fn replace(&mut self, key: Option<u64>) -> u64 {
        let Some(key) = key else { return 0 };
        let mut dropped = 0;
        while let Some(index) = self.keys.iter().position(|(_, known)| *known == Some(key)) {
            self.keys.remove(index);
            self.queue.remove(index);
            dropped += 1;
        }
        dropped
    }

    /// Adds `message`, whose number is that of another queue before this one (3). Its sender waited
    /// for space already, so it does not wait again.
    pub(super) fn offer_as(&mut self, number: u64, message: T) -> Offered<T> {
        self.accepted = number - 1;
        let offered = match self.policy {
            SlowConsumer::Wait => {
                self.accepted = number;
                self.queue.push(message);
                Offered::Queued { dropped: 0 }
            }
            _ => self.offer(message),
        };
        // Numbers are missing, so each message needs its own.
        if self.keys.len() < self.queue.len() {
            self.keys.push_back((number, None));
        }
        offered
    }

    /// Counts `number` as accepted, although its message was dropped before this queue.
    pub(super) fn skip(&mut self, number: u64) {
        self.accepted = number;
    }

    /// Removes the oldest message. Returns it with its number.
    pub(super) fn pop_numbered(&mut self) -> Option<(u64, T)> {
        let number = self.settled() + 1;
        Some((number, self.pop()?))
    }

    /// Returns the oldest message.
    #[cfg(feature = "client")]
    pub(crate) fn front(&self) -> Option<&T> {
        self.queue.front()
    }

    #[cfg(feature = "client")]
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// Puts a message back in front that was removed, even if the queue is full.
    #[cfg(feature = "client")]
    pub(crate) fn put_back(&mut self, message: T) {
        if let SlowConsumer::Coalesce(key) = &self.policy {
            // It was accepted before all others in the queue.
            let number = self.settled();
            self.keys.push_front((number, message.key(key)));
        }
        self.queue.push_front(message);
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.keys.pop_front();
        self.queue.pop()
    }

    pub(crate) fn clear(&mut self) {
        self.keys = VecDeque::new();
        self.queue.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(max_messages: usize, max_bytes: usize) -> Queue {
        Queue::bounded(max_messages, max_bytes)
    }

    #[test]
    fn the_queue_is_full_by_number() {
        let mut queue = queue(2, 1000);
        queue.push("a".into());
        assert!(!queue.is_full());
        queue.push("".into());
        assert!(queue.is_full());
        queue.pop();
        assert!(!queue.is_full());
    }

    #[test]
    fn few_messages_are_read_ahead_of_a_full_queue() {
        let mut queue = queue(2, 1_000_000);
        queue.push("".into());
        assert_eq!(queue.space(), Space::Free);
        queue.push("".into());
        let mut ahead = 0;
        while queue.space() == Space::Ahead {
            queue.push("".into());
            ahead += 1;
        }
        assert_eq!((queue.space(), ahead), (Space::None, AHEAD / OVERHEAD));
        queue.pop();
        assert_eq!(queue.space(), Space::Ahead);
        while queue.is_full() {
            queue.pop();
        }
        assert_eq!(
            (queue.space(), queue.popped()),
            (Space::Free, ahead as u64 + 1)
        );
    }

    #[test]
    fn the_queue_from_the_peer_is_small() {
        let mut queue = Queue::inbound(&SessionConfig::default(), Role::Server);
        queue.push(WsMessage::from(vec![0; INBOUND - 1]));
        assert_eq!(queue.space(), Space::Free);
        queue.push("x".into());
        assert_eq!(queue.space(), Space::Ahead);
        queue.push(WsMessage::from(vec![0; AHEAD]));
        assert_eq!(queue.space(), Space::None);
    }

    #[test]
    fn the_queue_is_full_by_bytes_which_the_last_message_may_exceed() {
        let mut queue = queue(100, 3);
        queue.push("ab".into());
        assert!(!queue.is_full());
        queue.push("cdef".into());
        assert!(queue.is_full());
        assert_eq!(queue.pop(), Some("ab".into()));
        assert_eq!(queue.pop(), Some("cdef".into()));
        assert!(queue.is_empty() && !queue.is_full());
    }

    fn outbound(policy: SlowConsumer) -> Outbound {
        Outbound::new(&SessionConfig {
            queue_messages: 2,
            slow_consumer: policy,
            ..SessionConfig::default()
        })
    }

    #[test]
    fn sent_and_dropped_messages_are_settled() {
        for policy in [SlowConsumer::Wait, SlowConsumer::DropOldest] {
            let mut outbound = outbound(policy);
            for text in ["a", "b", "c"] {
                outbound.offer(text.into());
            }
            let waiting = outbound.queue.len() as u64;
            assert_eq!(outbound.settled(), outbound.newest() - waiting);
            outbound.pop();
            assert_eq!(outbound.settled(), outbound.newest() - waiting + 1);
            while outbound.pop().is_some() {}
            assert_eq!(outbound.settled(), outbound.newest());
        }
    }

    #[test]
    fn a_dropped_newer_message_does_not_settle_an_older_one() {
        let first_letter = |message: &WsMessage| message.text().chars().next();
        let mut outbound = outbound(SlowConsumer::coalesce_by(first_letter));
        for text in ["a1", "b1", "b2", "b3"] {
            outbound.offer(text.into());
        }
        assert_eq!((outbound.newest(), outbound.settled()), (4, 0));
        assert_eq!(outbound.pop(), Some("a1".into()));
        assert_eq!(outbound.settled(), 3);
        assert_eq!(outbound.pop(), Some("b3".into()));
        assert_eq!(outbound.settled(), 4);
    }
}
