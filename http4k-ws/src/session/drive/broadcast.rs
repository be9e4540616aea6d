//! The short poll of a session that was woken for messages to its peer alone, as each session is
//! that receives a broadcast.

use std::task::Context;

use super::{PER_POLL, PollState, Session};
use crate::session::deadlines::Phase;
use crate::session::state::Requests;
use crate::session::transport::{Role, Transport};

impl<T: Transport> Session<T> {
    /// Returns `true` if the poll that begins may be a short one: nothing woke the consumer or the
    /// timer, and the connection is open, was read to the end, and is not blocked. A client is one
    /// socket, and saves nothing.
    #[inline]
    pub(super) fn may_be_short(&self) -> bool {
        let woken = self.state.own_waker.take_call();
        let flows = self.listens && self.hold.is_none() && matches!(self.phase, Phase::Open);
        !woken && flows && self.role == Role::Server
    }

    /// Writes the messages to the peer, in a short poll in which nothing has arrived. Returns
    /// `false` if anything else may be due.
    pub(super) fn only_writes(&mut self, cx: &mut Context<'_>, poll: &mut PollState) -> bool {
        let consumes = self.consumer.is_some();
        let (waker, moving) = (cx.waker(), &mut poll.moving);
        if !poll.read_all || !self.state.take_messages(waker, consumes, PER_POLL, moving) {
            return false;
        }
        self.write(cx, poll, &Requests::to_write());
        let stands = !poll.blocked && matches!(self.phase, Phase::Open);
        stands && self.deadlines.have_seen(self.transport.progress())
    }
}

#[cfg(test)]
mod tests;
