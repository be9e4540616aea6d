//! A bounded queue of a session. The one from the peer to the consumer has no policy; the one to
//! the peer is in `outbound.rs`.
//!
//! 1. A queue is full if it has reached its number of messages or its bytes. Below that it accepts
//!    a message of any size, so that each message can travel.
//! 2. The queue from the peer has a second mark. If nothing were read once it is full, a peer that
//!    is gone would never be noticed, because its close frame or the end of its stream is behind
//!    unread bytes. So a little is read ahead, up to the second mark.
//! 3. All messages of a queue may be lent, to be removed without the lock of the socket. They count
//!    as queued until they are returned, or counted as removed.

use std::collections::VecDeque;

use super::config::SessionConfig;
use super::deque::Deque;
use super::slow_consumer::CoalesceKey;
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
#[repr(C)]
pub(crate) struct Queue<T = WsMessage> {
    messages: Deque<T>,
    bytes: usize,
    /// The messages that are lent (3).
    lent: Amount,
    max_messages: usize,
    max_bytes: usize,
    /// The cost of the queue when it became full.
    full_at: Option<usize>,
    /// The number of messages that were removed from the front.
    popped: u64,
}

/// A number of messages, and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) messages: usize,
    pub(super) bytes: usize,
}

impl Amount {
    #[inline]
    pub(super) fn add(&mut self, bytes: usize) {
        self.messages += 1;
        self.bytes += bytes;
    }

    /// Returns `true` if both are below those of `limit`.
    #[inline]
    pub(super) fn is_below(self, limit: Self) -> bool {
        self.messages < limit.messages && self.bytes < limit.bytes
    }

    /// Returns the lesser of both numbers.
    #[inline]
    pub(super) fn least(self, other: Self) -> Self {
        Self {
            messages: self.messages.min(other.messages),
            bytes: self.bytes.min(other.bytes),
        }
    }

    /// Adds both numbers of `other`.
    #[inline]
    pub(super) fn add_all(&mut self, other: Self) {
        self.messages += other.messages;
        self.bytes += other.bytes;
    }

    /// Removes both numbers of `other`, as far as that many are left.
    #[inline]
    pub(super) fn spend_all(&mut self, other: Self) {
        self.messages = self.messages.saturating_sub(other.messages);
        self.bytes = self.bytes.saturating_sub(other.bytes);
    }

    /// Returns `true` if either is 0.
    #[inline]
    pub(super) fn is_spent(self) -> bool {
        self.messages == 0 || self.bytes == 0
    }

    /// Removes a message of `bytes`, as far as that many are left.
    #[inline]
    pub(super) fn spend(&mut self, bytes: usize) {
        self.messages = self.messages.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
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
            messages: Deque::new(),
            bytes: 0,
            lent: Amount::default(),
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
    #[inline]
    pub(super) fn cost(&self) -> usize {
        self.bytes + self.lent.bytes + self.len() * OVERHEAD
    }

    /// Returns the numbers of messages and bytes up to which the queue is not full.
    pub(super) fn room(&self) -> Amount {
        Amount {
            messages: self.max_messages.saturating_sub(self.len()),
            bytes: self.max_bytes.saturating_sub(self.bytes + self.lent.bytes),
        }
    }

    /// Returns the number of messages that were removed from the front.
    pub(super) fn popped(&self) -> u64 {
        self.popped
    }

    /// Records that a message was added, which can only fill the queue.
    #[inline]
    fn note_added(&mut self) {
        if self.full_at.is_none() && self.is_full() {
            self.full_at = Some(self.cost());
        }
    }

    /// Records that a message was removed, which can only free space.
    #[inline]
    fn note_removed(&mut self) {
        if self.full_at.is_some() && !self.is_full() {
            self.full_at = None;
        }
    }

    /// Returns the maximum number of messages, and the maximum of their bytes.
    pub(super) fn bounds(&self) -> (usize, usize) {
        (self.max_messages, self.max_bytes)
    }

    /// Returns the number of messages that are not lent.
    #[inline]
    pub(super) fn waiting(&self) -> usize {
        self.messages.len()
    }

    /// Returns `true` if the next message must wait (1).
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= self.max_messages || self.bytes + self.lent.bytes >= self.max_bytes
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.lent.messages == 0
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.messages.len() + self.lent.messages
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, message: T) {
        self.bytes += message.size();
        self.messages.push_back(message);
        self.note_added();
    }

    /// Puts a message back that was removed, even if the queue is full.
    #[cfg(feature = "client")]
    pub(super) fn push_front(&mut self, message: T) {
        self.bytes += message.size();
        self.messages.push_front(message);
        self.note_added();
    }

    #[cfg(feature = "client")]
    pub(super) fn front(&self) -> Option<&T> {
        self.messages.front()
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.size();
        self.popped += 1;
        self.note_removed();
        Some(message)
    }

    /// Returns `true` if the queue would not be full without the messages at these places.
    pub(super) fn has_space_without(&self, places: impl Iterator<Item = usize>) -> bool {
        let (mut messages, mut bytes) = (self.len(), self.bytes + self.lent.bytes);
        for message in places.filter_map(|place| self.messages.get(place)) {
            messages -= 1;
            bytes -= message.size();
        }
        messages < self.max_messages && bytes < self.max_bytes
    }

    pub(super) fn remove(&mut self, index: usize) {
        if let Some(message) = self.messages.remove(index) {
            self.bytes -= message.size();
            self.note_removed();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.messages.clear();
        self.bytes = 0;
        self.note_removed();
    }

    /// Adds all messages of `from`.
    pub(super) fn append(&mut self, from: &mut VecDeque<T>) {
        from.drain(..).for_each(|message| self.push(message));
    }

    /// Inserts messages of `bytes` in front of the one at `index`.
    pub(super) fn insert(&mut self, index: usize, messages: &mut VecDeque<T>, bytes: usize) {
        self.bytes += bytes;
        self.messages.insert(index, messages);
        self.note_added();
    }

    /// Lends all messages, which move to `to` (3). Nothing may be lent already.
    pub(super) fn lend(&mut self, to: &mut VecDeque<T>) {
        debug_assert_eq!(self.lent, Amount::default());
        self.lent = Amount {
            messages: self.messages.len(),
            bytes: std::mem::take(&mut self.bytes),
        };
        self.messages.move_to(to);
    }

    /// Counts messages that were never in the queue as if they had been added and lent.
    pub(super) fn count_lent(&mut self, amount: Amount) {
        self.lent.messages += amount.messages;
        self.lent.bytes += amount.bytes;
        self.note_added();
    }

    /// Ends the loan (3). The messages that are left return to the front, and the others count as
    /// removed.
    #[inline]
    pub(super) fn take_back(&mut self, left: &mut VecDeque<T>) {
        if self.lent.messages == 0 {
            return;
        }
        if left.is_empty() {
            return self.forget_lent();
        }
        let lent = std::mem::take(&mut self.lent);
        self.popped += (lent.messages - left.len()) as u64;
        self.bytes += left.iter().map(T::size).sum::<usize>();
        self.messages.insert(0, left);
        self.note_removed();
    }

    /// Ends the loan, and counts all messages as removed.
    #[inline]
    pub(super) fn forget_lent(&mut self) {
        let lent = std::mem::take(&mut self.lent);
        self.popped += lent.messages as u64;
        self.note_removed();
    }
}

#[cfg(test)]
mod tests;
