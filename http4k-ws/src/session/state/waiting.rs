//! The messages that wait for the peer, in the queue and in front of the filters.

use super::Inner;
use crate::message::WsMessage;
use crate::session::budget::GRAIN;
use crate::session::queue::Amount;

impl Inner {
    /// Returns `true` if the next message to the peer must wait for space.
    pub(in crate::session) fn must_wait(&self) -> bool {
        match &self.filtering {
            None => self.outbound.must_wait(),
            Some(filtering) => self.outbound.must_wait() || filtering.unfiltered.must_wait(),
        }
    }

    /// Returns the same while `beside` more messages are about to be queued.
    pub(super) fn must_wait_beside(&self, beside: Amount) -> bool {
        self.must_wait() || self.outbound.must_wait_beside(beside)
    }

    /// Returns the number of the newest message to the peer.
    pub(super) fn newest(&self) -> u64 {
        match &self.filtering {
            None => self.outbound.newest(),
            Some(filtering) => filtering.unfiltered.newest(),
        }
    }

    /// Returns the memory of the messages to the peer, in bytes.
    pub(in crate::session) fn cost_to_peer(&self) -> usize {
        let unfiltered = self.filtering.as_ref();
        self.outbound.cost() + unfiltered.map_or(0, |filtering| filtering.unfiltered.cost())
    }

    /// Returns `true` if less than a grain of the budget waits, and all of it for the peer.
    #[inline]
    pub(super) fn holds_little(&self) -> bool {
        let others = !self.inbound.is_empty() || self.filtering.is_some() || self.buffered > 0;
        !others && self.outbound.cost() < GRAIN
    }

    /// Returns the number of messages that were dropped because the peer is too slow.
    pub(in crate::session) fn dropped(&self) -> u64 {
        let unfiltered = self.filtering.as_ref();
        self.outbound.dropped() + unfiltered.map_or(0, |filtering| filtering.unfiltered.dropped())
    }

    /// Returns `true` if no message to the peer waits.
    pub(in crate::session) fn all_sent(&self) -> bool {
        self.outbound.waiting() == 0 && !self.has_unfiltered()
    }

    /// Returns `true` if a message waits for the filters.
    pub(in crate::session) fn has_unfiltered(&self) -> bool {
        let unfiltered = self.filtering.as_ref();
        unfiltered.is_some_and(|filtering| !filtering.unfiltered.is_empty())
    }

    /// Removes the next message for the filters, with its number.
    pub(in crate::session) fn next_unfiltered(&mut self) -> Option<(u64, WsMessage)> {
        self.filtering.as_mut()?.unfiltered.pop_numbered()
    }

    pub(super) fn clear_unfiltered(&mut self) {
        if let Some(filtering) = &mut self.filtering {
            filtering.unfiltered.clear();
        }
    }

    pub(super) fn clear_outbound(&mut self) {
        self.outbound.clear();
        self.clear_unfiltered();
    }
}
