//! The messages that a poll of a session moves, in memory of its thread.

use std::cell::Cell;
use std::collections::VecDeque;

use crate::message::WsMessage;
use crate::session::queue::Amount;

/// The messages for which a thread keeps memory between two polls.
const KEPT: usize = 256;

thread_local! {
    /// Empty queues with the memory of an earlier poll.
    static SPARE: Cell<Option<Box<Moving>>> = const { Cell::new(None) };
}

/// The messages that a poll of the session moves.
#[derive(Debug, Default)]
pub(in crate::session) struct Moving {
    /// The messages from the peer that are not queued yet.
    pub(in crate::session) received: VecDeque<WsMessage>,
    /// The bytes of these messages.
    pub(in crate::session) received_amount: Amount,
    /// The messages to the peer that were taken from the queue.
    pub(in crate::session) sending: VecDeque<WsMessage>,
    /// The bytes of those that were passed to the transport.
    pub(in crate::session) sent_bytes: usize,
}

impl Moving {
    /// Returns empty queues, with the memory that the thread has kept.
    #[inline]
    pub(in crate::session) fn take() -> Box<Self> {
        SPARE
            .try_with(Cell::take)
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    /// Keeps the memory of empty queues for the next poll of any session on this thread.
    #[inline]
    pub(in crate::session) fn keep(self: Box<Self>) {
        let is_empty = self.received.is_empty() && self.sending.is_empty();
        if is_empty && self.received.capacity().max(self.sending.capacity()) <= KEPT {
            // A thread that ends keeps nothing.
            let _ = SPARE.try_with(|spare| spare.set(Some(self)));
        }
    }
}
