//! What waits for the peer, and what is left out when the peer is too slow.

use std::collections::VecDeque;

use super::SessionConfig;
use super::queue::{Queue, Queued};
use super::slow_consumer::SlowConsumer;
use crate::message::WsMessage;

/// The queue to the peer, with the policy of what to do when it is full.
#[derive(Debug)]
pub(crate) struct Outbound<T = WsMessage> {
    queue: Queue<T>,
    /// The number and the key of each message that waits; empty under every other policy.
    keys: VecDeque<(u64, Option<u64>)>,
    policy: SlowConsumer,
    /// The number of messages accepted so far, which is also the number of the newest.
    accepted: u64,
    dropped: u64,
}

/// What became of a message that was offered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offered<T = WsMessage> {
    /// It waits in the queue, and so many others were left out for it.
    Queued { dropped: u64 },
    /// It must wait for room.
    MustWait(T),
    /// The peer is too slow for this socket.
    TooSlow(T),
}

impl Outbound {
    pub(super) fn new(config: &SessionConfig) -> Self {
        let policy = config.slow_consumer.clone();
        Self::bounded(config.queue_messages, config.queue_bytes, policy)
    }
}

impl<T: Queued> Outbound<T> {
    /// A queue of at most `max_messages`, at least 1, and about `max_bytes`.
    pub(crate) fn bounded(max_messages: usize, max_bytes: usize, policy: SlowConsumer) -> Self {
        Self {
            queue: Queue::bounded(max_messages, max_bytes),
            keys: VecDeque::new(),
            policy,
            accepted: 0,
            dropped: 0,
        }
    }

    /// The number of the newest message.
    pub(crate) fn newest(&self) -> u64 {
        self.accepted
    }

    /// The number up to which no message waits any more: each was taken or left out.
    pub(super) fn settled(&self) -> u64 {
        match self.keys.front() {
            // Messages from the middle may be left out, so their count does not tell it.
            Some((oldest, _)) => oldest - 1,
            None => self.accepted - self.queue.len() as u64,
        }
    }

    /// Returns the memory that the messages take.
    pub(super) fn cost(&self) -> usize {
        self.queue.cost()
    }

    /// Whether a message must wait for room.
    pub(crate) fn must_wait(&self) -> bool {
        self.policy == SlowConsumer::Wait && self.queue.is_full()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many messages were left out since the beginning.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(crate) fn offer(&mut self, message: T) -> Offered<T> {
        let full = self.queue.is_full();
        let mut dropped = 0;
        match &self.policy {
            SlowConsumer::Wait if full => return Offered::MustWait(message),
            SlowConsumer::Close if full => return Offered::TooSlow(message),
            SlowConsumer::Wait | SlowConsumer::Close => {}
            SlowConsumer::DropOldest => dropped = self.make_room(),
            SlowConsumer::Coalesce(key) => {
                let key = key.of(message.message());
                if full {
                    dropped = self.replace(key) + self.make_room();
                }
                self.keys.push_back((self.accepted + 1, key));
            }
        }
        self.accepted += 1;
        self.dropped += dropped;
        self.queue.push(message);
        Offered::Queued { dropped }
    }

    /// Leaves out what has waited longest, until there is room.
    fn make_room(&mut self) -> u64 {
        let mut dropped = 0;
        while self.queue.is_full() && self.pop().is_some() {
            dropped += 1;
        }
        dropped
    }

    /// Leaves out those that have the same key, of which there can be several while there is room.
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

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.keys.pop_front();
        self.queue.pop()
    }

    /// The message that waits longest.
    #[cfg(feature = "client")]
    pub(crate) fn front(&self) -> Option<&T> {
        self.queue.front()
    }

    #[cfg(feature = "client")]
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// Puts a message back in front that was popped, full or not.
    #[cfg(feature = "client")]
    pub(crate) fn put_back(&mut self, message: T) {
        if let SlowConsumer::Coalesce(key) = &self.policy {
            // It was accepted before all that wait.
            let number = self.settled();
            self.keys.push_front((number, key.of(message.message())));
        }
        self.queue.push_front(message);
    }

    pub(crate) fn clear(&mut self) {
        self.keys = VecDeque::new();
        self.queue.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound(policy: SlowConsumer) -> Outbound {
        Outbound::new(&SessionConfig {
            queue_messages: 2,
            slow_consumer: policy,
            ..SessionConfig::default()
        })
    }

    #[test]
    fn what_was_taken_or_left_out_is_settled() {
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
    fn a_newer_message_left_out_does_not_settle_an_older_one() {
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
