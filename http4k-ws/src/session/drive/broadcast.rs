//! The short poll of a session that was woken for messages to its peer alone, as each session is
//! that receives a broadcast.

use std::task::{Context, Poll};

use super::{PER_POLL, PollState, Session};
use crate::session::deadlines::Phase;
use crate::session::state::Requests;
use crate::session::transport::Transport;

impl<T: Transport> Session<T> {
    /// Writes the messages to the peer, and parks. Returns `false` if anything else may be due, or
    /// if not all was written.
    ///
    /// Neither the consumer nor the timer is polled, as nothing has called the session's own waker.
    pub(super) fn only_writes(&mut self, cx: &mut Context<'_>, poll: &mut PollState) -> bool {
        if self.state.own_waker.take_call() || self.reads_first(cx, poll) {
            return false;
        }
        let consumes = self.consumer.is_some();
        let (waker, moving) = (cx.waker(), &mut poll.moving);
        if !self.state.take_messages(waker, consumes, PER_POLL, moving) {
            return false;
        }
        let requests = Requests::to_write();
        self.write(cx, poll, &requests);
        let stands = !poll.blocked && matches!(self.phase, Phase::Open);
        stands && self.deadlines.have_seen(self.transport.progress()) && self.try_park(poll)
    }

    /// Returns `true` if a step must read first, because something has arrived, or may have.
    fn reads_first(&mut self, cx: &mut Context<'_>, poll: &mut PollState) -> bool {
        let budget = self.state.budget();
        let pauses = budget.is_some_and(|budget| budget.must_pause(cx.waker()));
        if !self.listens || pauses || !matches!(self.phase, Phase::Open) {
            return true;
        }
        match self.transport.poll_incoming(cx) {
            Poll::Ready(incoming) => poll.first = Some(incoming),
            Poll::Pending => poll.read_all = true,
        }
        poll.first.is_some()
    }
}

#[cfg(test)]
mod tests;
