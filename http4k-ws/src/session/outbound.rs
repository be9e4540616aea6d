//! The queue to the peer. A stream of events has one, too.
//!
//! 1. The queue has the policy for a peer that reads too slowly.
//! 2. It numbers the messages in the order in which they were accepted, so that a flush can wait
//!    for a number. If message filters are in front, the numbers are those of the queue before
//!    them.
//! 3. A message may have a key of its own. While one does, every message that is not lent has an
//!    entry in `keys`, and none is lent anew.

use std::collections::VecDeque;

use super::config::SessionConfig;
use super::queue::{Amount, Queue, Queued};
use super::slow_consumer::SlowConsumer;
use crate::message::WsMessage;

/// The queue to the peer, with the policy for a full queue (1).
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Outbound<T: Queued = WsMessage> {
    policy: SlowConsumer<T::Keyed>,
    /// The number of messages accepted so far, which is also the number of the newest.
    accepted: u64,
    /// The number and the key of each message that is not lent. Empty unless the policy coalesces,
    /// a message has a key of its own (3), or the numbers have gaps.
    keys: VecDeque<(u64, Option<u64>)>,
    queue: Queue<T>,
    /// The number up to which each message was sent or dropped when messages were lent. Kept for
    /// the time in which some are lent and others have keys.
    before_loan: u64,
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
        let bounds = self.queue.bounds();
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
            before_loan: 0,
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
            Some(_) if self.lent() > 0 => self.before_loan,
            Some((oldest, _)) => oldest - 1,
            None => self.accepted - self.queue.len() as u64,
        }
    }

    /// Returns the number of messages that are lent.
    fn lent(&self) -> u64 {
        (self.queue.len() - self.queue.waiting()) as u64
    }

    /// Returns the memory of the messages, in bytes.
    pub(crate) fn cost(&self) -> usize {
        self.queue.cost()
    }

    /// Returns the numbers of messages and bytes up to which the queue is not full.
    pub(super) fn room(&self) -> Amount {
        self.queue.room()
    }

    /// Returns `true` if the next message must wait for space.
    pub(crate) fn must_wait(&self) -> bool {
        matches!(self.policy, SlowConsumer::Wait) && self.queue.is_full()
    }

    /// Returns `true` if the next message must wait for space, while `beside` more are about to be
    /// queued.
    pub(super) fn must_wait_beside(&self, beside: Amount) -> bool {
        let room = self.queue.room();
        let full = room.messages <= beside.messages || room.bytes <= beside.bytes;
        matches!(self.policy, SlowConsumer::Wait) && full
    }

    /// Returns the messages that the consumer may send in an exchange.
    pub(super) fn room_to_exchange(&self) -> Amount {
        let room = self.queue.room();
        match self.policy {
            SlowConsumer::Wait => Amount {
                messages: room.messages / 2,
                bytes: room.bytes / 2,
            },
            _ => Amount::default(),
        }
    }

    /// Returns `true` if messages may be lent, because the policy never drops one that waits.
    #[inline]
    pub(super) fn may_lend(&self) -> bool {
        matches!(self.policy, SlowConsumer::Wait | SlowConsumer::Close) && self.keys.is_empty()
    }

    /// Lends all messages, which move to `to`.
    pub(super) fn lend(&mut self, to: &mut VecDeque<T>) {
        self.queue.lend(to);
    }

    /// Counts messages that were never in the queue as if they had been accepted and lent.
    pub(super) fn count_lent(&mut self, amount: Amount) {
        self.accepted += amount.messages as u64;
        self.queue.count_lent(amount);
    }

    /// Ends the loan, and returns the messages that are `left`.
    #[inline]
    pub(super) fn take_back(&mut self, left: &mut VecDeque<T>) {
        if !self.keys.is_empty() {
            let last = self.before_loan + self.lent();
            let numbers = (0..left.len() as u64).map(|before| last - before);
            numbers.for_each(|number| self.keys.push_front((number, None)));
        }
        self.queue.take_back(left);
    }

    /// Accepts messages in front of the one at `index`. Their senders had space.
    pub(super) fn insert(&mut self, index: usize, messages: &mut VecDeque<T>, amount: Amount) {
        self.accepted += amount.messages as u64;
        if !self.keys.is_empty() {
            let count = messages.len() as u64;
            let first = self.keys.get(index).map(|(number, _)| *number);
            let first = first.unwrap_or(self.accepted + 1 - count);
            self.renumber(index, count);
            for before in (0..count).rev() {
                self.keys.insert(index, (first + before, None));
            }
        }
        self.queue.insert(index, messages, amount.bytes);
    }

    /// Adds `count` to the numbers of the messages from `index` on.
    fn renumber(&mut self, index: usize, count: u64) {
        let behind = self.keys.iter_mut().skip(index);
        behind.for_each(|(number, _)| *number += count);
    }

    /// Returns the number of messages that are not lent.
    pub(super) fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Returns the number of messages that were dropped since the socket opened.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Adds `message` to the queue, as far as the policy allows.
    #[inline(always)]
    pub(crate) fn offer(&mut self, message: T) -> Offered<T> {
        if !self.may_lend() || self.queue.is_full() {
            return self.offer_by_policy(message);
        }
        // The case of nearly every message.
        self.accepted += 1;
        self.queue.push(message);
        Offered::Queued { dropped: 0 }
    }

    /// Adds `message` to a queue that is full, or whose messages have keys or may be dropped.
    #[inline(never)]
    fn offer_by_policy(&mut self, message: T) -> Offered<T> {
        let full = self.queue.is_full();
        let mut dropped = 0;
        match &self.policy {
            SlowConsumer::Wait if full => return Offered::MustWait(message),
            SlowConsumer::Close if full => return Offered::TooSlow(message),
            SlowConsumer::Wait | SlowConsumer::Close => self.note_key(None),
            SlowConsumer::DropOldest => {
                dropped = self.make_space();
                self.note_key(None);
            }
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

    /// Adds a message with a key of its own (3), which supersedes those with the same key if the
    /// queue is full. If that makes no space, the policy decides.
    pub(super) fn offer_keyed(&mut self, key: u64, message: T) -> Offered<T> {
        let mut dropped = 0;
        let is_first = self.keys.is_empty();
        if self.queue.is_full() && self.replacing_makes_space(key) {
            dropped = self.replace(Some(key));
        }
        match &self.policy {
            SlowConsumer::Wait if self.queue.is_full() => return Offered::MustWait(message),
            SlowConsumer::Close if self.queue.is_full() => return Offered::TooSlow(message),
            _ => dropped += self.make_space(),
        }
        if is_first {
            self.before_loan = self.settled();
            let waiting = self.queue.waiting() as u64;
            let numbers = self.accepted + 1 - waiting..=self.accepted;
            self.keys.extend(numbers.map(|number| (number, None)));
        }
        self.keys.push_back((self.accepted + 1, Some(key)));
        self.accepted += 1;
        self.dropped += dropped;
        self.queue.push(message);
        Offered::Queued { dropped }
    }

    /// Returns `true` if the queue has space once the messages with the key are dropped.
    fn replacing_makes_space(&self, key: u64) -> bool {
        let same = self.keys.iter().enumerate();
        let same = same.filter(|(_, (_, known))| *known == Some(key));
        self.queue.has_space_without(same.map(|(index, _)| index))
    }

    /// Records a message that is about to be queued, if the others are recorded.
    #[inline]
    fn note_key(&mut self, key: Option<u64>) {
        if !self.keys.is_empty() {
            self.keys.push_back((self.accepted + 1, key));
        }
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

    /// Adds `message`, whose number is that of another queue before this one (2). Its sender waited
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
mod tests;
