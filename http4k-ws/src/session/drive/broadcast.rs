//! The short step of a session that has messages to its peer alone, as each session has that
//! receives a broadcast.

use std::task::Context;

use super::Session;
use super::poll_state::PollState;
use crate::message::WsMessage;
use crate::session::deadlines::Phase;
use crate::session::state::Requests;
use crate::session::transport::{Role, Transport};

impl<T: Transport> Session<T> {
    /// Returns `true` if a step for which neither the consumer nor the timer was woken may be a
    /// short one: the connection is open, was read to the end, and is not blocked. A client is one
    /// socket, and saves nothing.
    #[inline]
    pub(super) fn may_only_write(&self) -> bool {
        let flows = self.listens && self.hold.is_none();
        flows && matches!(self.phase, Phase::Open) && self.role == Role::Server
    }

    /// Writes the messages to the peer, in a short step in which nothing has arrived. Returns
    /// `false` if anything else may be due, or if not all was written.
    pub(super) fn only_writes(&mut self, cx: &mut Context<'_>, poll: &mut PollState) -> bool {
        let consumes = self.consumer.is_some();
        if !poll.read_all {
            return false;
        }
        let (state, traffic, transport) = (&self.state, &mut self.traffic, &mut self.transport);
        let (limit, may_write) = (poll.may_write, &mut poll.may_write);
        let gathers = transport.gathers() && !state.notifier.is_observed();
        let gather = gathers.then_some(|message: &WsMessage| {
            may_write.spend(message.as_bytes().len());
            // No observer runs under the locks.
            traffic.count_sent(message);
            transport.gather(message);
        });
        let (waker, moving) = (cx.waker(), &mut poll.moving);
        if !state.take_messages(waker, consumes, limit, moving, gather) {
            return false;
        }
        self.write(cx, poll, &Requests::to_write());
        !poll.blocked && matches!(self.phase, Phase::Open)
    }
}

#[cfg(test)]
mod tests;
