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
    /// The result of the latest write, until the state records it under its next lock.
    pub(in crate::session) written: Option<Written>,
}

/// The result of writing and flushing.
#[derive(Debug, Clone, Copy)]
pub(in crate::session) struct Written {
    /// `true` if everything was flushed. Without that, there may be queue space.
    pub(in crate::session) flushed: bool,
    /// `true` if a close frame was part of it.
    pub(in crate::session) closing: bool,
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
        let capacity = self.received.capacity().max(self.sending.capacity());
        if is_empty && self.written.is_none() && capacity <= KEPT {
            // A thread that ends keeps nothing.
            let _ = SPARE.try_with(|spare| spare.set(Some(self)));
        }
    }
}
