//! What waits for the peer, and what is left out when the peer is too slow.

use std::collections::VecDeque;

use super::SessionConfig;
use super::queue::Queue;
use super::slow_consumer::SlowConsumer;
use crate::message::WsMessage;

/// The queue to the peer, with the policy of what to do when it is full.
#[derive(Debug)]
pub(super) struct Outbound {
    queue: Queue,
    /// The key of each message that waits; empty under every other policy.
    keys: VecDeque<Option<u64>>,
    policy: SlowConsumer,
    dropped: u64,
}

/// What became of a message that was offered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offered {
    /// It waits in the queue, and so many others were left out for it.
    Queued { dropped: u64 },
    /// It must wait for room.
    MustWait(WsMessage),
    /// The peer is too slow for this socket.
    TooSlow(WsMessage),
}

impl Outbound {
    pub(super) fn new(config: &SessionConfig) -> Self {
        Self {
            queue: Queue::new(config),
            keys: VecDeque::new(),
            policy: config.slow_consumer.clone(),
            dropped: 0,
        }
    }

    /// Whether a message must wait for room.
    pub(super) fn must_wait(&self) -> bool {
        self.policy == SlowConsumer::Wait && self.queue.is_full()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many messages were left out since the beginning.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(super) fn offer(&mut self, message: WsMessage) -> Offered {
        let full = self.queue.is_full();
        let mut dropped = 0;
        match &self.policy {
            SlowConsumer::Wait if full => return Offered::MustWait(message),
            SlowConsumer::Close if full => return Offered::TooSlow(message),
            SlowConsumer::Wait | SlowConsumer::Close => {}
            SlowConsumer::DropOldest => dropped = self.make_room(),
            SlowConsumer::Coalesce(key) => {
                let key = key.of(&message);
                if full {
                    dropped = self.replace(key) + self.make_room();
                }
                self.keys.push_back(key);
            }
        }
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
        while let Some(index) = self.keys.iter().position(|known| *known == Some(key)) {
            self.keys.remove(index);
            self.queue.remove(index);
            dropped += 1;
        }
        dropped
    }

    pub(super) fn pop(&mut self) -> Option<WsMessage> {
        self.keys.pop_front();
        self.queue.pop()
    }

    pub(super) fn clear(&mut self) {
        self.keys = VecDeque::new();
        self.queue.clear();
    }
}
