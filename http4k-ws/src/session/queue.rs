//! A queue of messages that knows when it is full.
//!
//! The queue from the peer has two marks. At the first, its bound, it is full, and what comes stays in
//! the network. A peer that is gone would then never be noticed: its end, or its close frame, is behind
//! bytes that are not read. So a little is read ahead, up to the second mark.

use std::collections::VecDeque;

use super::SessionConfig;
use super::phase::Role;
use crate::message::WsMessage;

/// The bytes that may wait for the consumer of a server. TCP is the queue for more.
const INBOUND: usize = 32 * 1024;

/// What is read ahead of a full queue: it costs no more than this.
const AHEAD: usize = 16 * 1024;

/// The memory that a message takes beside its bytes.
pub(super) const OVERHEAD: usize = 64;

/// An item of a [`Queue`]: a message, alone or with a note on it.
pub(crate) trait Queued {
    fn message(&self) -> &WsMessage;
}

impl Queued for WsMessage {
    #[inline]
    fn message(&self) -> &WsMessage {
        self
    }
}

/// Messages in order, bounded in number and in bytes.
#[derive(Debug)]
pub(crate) struct Queue<T = WsMessage> {
    messages: VecDeque<T>,
    bytes: usize,
    max_messages: usize,
    max_bytes: usize,
    /// The number of messages that were taken.
    popped: u64,
    /// The cost of the queue when it became full.
    full_at: Option<usize>,
}

/// The room that a queue has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Free,
    /// It is full, and a little may be read ahead.
    Ahead,
    None,
}

impl Queue {
    /// The queue from the peer.
    pub(super) fn inbound(config: &SessionConfig, role: Role) -> Self {
        let most = match role {
            Role::Server => INBOUND,
            Role::Client => usize::MAX,
        };
        Self::bounded(config.queue_messages, config.queue_bytes.min(most))
    }
}

impl<T: Queued> Queue<T> {
    /// A queue of at most `max_messages`, at least 1, and about `max_bytes`.
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

    pub(super) fn room(&self) -> Room {
        match self.full_at {
            None => Room::Free,
            Some(cost) if self.cost() < cost + AHEAD => Room::Ahead,
            Some(_) => Room::None,
        }
    }

    /// Returns the memory that the messages take.
    pub(super) fn cost(&self) -> usize {
        self.bytes + self.messages.len() * OVERHEAD
    }

    /// Returns the number of messages that were taken from the queue.
    pub(super) fn popped(&self) -> u64 {
        self.popped
    }

    /// A message came, which can only fill the queue.
    fn note_full(&mut self) {
        if self.full_at.is_none() && self.is_full() {
            self.full_at = Some(self.cost());
        }
    }

    /// A message went, which can only make room.
    fn note_room(&mut self) {
        if self.full_at.is_some() && !self.is_full() {
            self.full_at = None;
        }
    }

    /// Whether a message must wait. One that need not may still take the queue over its bytes, so that
    /// a message of any size can travel.
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
        self.bytes += message.message().as_bytes().len();
        self.messages.push_back(message);
        self.note_full();
    }

    /// Puts a message back that was popped, full or not.
    #[cfg(feature = "client")]
    pub(super) fn push_front(&mut self, message: T) {
        self.bytes += message.message().as_bytes().len();
        self.messages.push_front(message);
        self.note_full();
    }

    #[cfg(feature = "client")]
    pub(super) fn front(&self) -> Option<&T> {
        self.messages.front()
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.message().as_bytes().len();
        if self.messages.is_empty() && self.messages.capacity() > 64 {
            // A burst must not leave its memory with an idle socket.
            self.messages = VecDeque::new();
        }
        self.popped += 1;
        self.note_room();
        Some(message)
    }

    pub(super) fn remove(&mut self, index: usize) {
        if let Some(message) = self.messages.remove(index) {
            self.bytes -= message.message().as_bytes().len();
            self.note_room();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.messages = VecDeque::new();
        self.bytes = 0;
        self.full_at = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(max_messages: usize, max_bytes: usize) -> Queue {
        Queue::bounded(max_messages, max_bytes)
    }

    #[test]
    fn is_full_by_number() {
        let mut queue = queue(2, 1000);
        queue.push("a".into());
        assert!(!queue.is_full());
        queue.push("".into());
        assert!(queue.is_full());
        queue.pop();
        assert!(!queue.is_full());
    }

    #[test]
    fn a_little_is_read_ahead_of_a_full_queue() {
        let mut queue = queue(2, 1_000_000);
        queue.push("".into());
        assert_eq!(queue.room(), Room::Free);
        queue.push("".into());
        let mut ahead = 0;
        while queue.room() == Room::Ahead {
            queue.push("".into());
            ahead += 1;
        }
        assert_eq!((queue.room(), ahead), (Room::None, AHEAD / OVERHEAD));
        queue.pop();
        assert_eq!(queue.room(), Room::Ahead);
        while queue.is_full() {
            queue.pop();
        }
        assert_eq!(
            (queue.room(), queue.popped()),
            (Room::Free, ahead as u64 + 1)
        );
    }

    #[test]
    fn the_queue_from_the_peer_is_small() {
        let mut queue = Queue::inbound(&SessionConfig::default(), Role::Server);
        queue.push(WsMessage::from(vec![0; INBOUND - 1]));
        assert_eq!(queue.room(), Room::Free);
        queue.push("x".into());
        assert_eq!(queue.room(), Room::Ahead);
        queue.push(WsMessage::from(vec![0; AHEAD]));
        assert_eq!(queue.room(), Room::None);
    }

    #[test]
    fn is_full_by_bytes_and_one_message_may_go_over() {
        let mut queue = queue(100, 3);
        queue.push("ab".into());
        assert!(!queue.is_full());
        queue.push("cdef".into());
        assert!(queue.is_full());
        assert_eq!(queue.pop(), Some("ab".into()));
        assert_eq!(queue.pop(), Some("cdef".into()));
        assert!(queue.is_empty() && !queue.is_full());
    }
}
