//! The way from the transport to the inbound queue.

use std::task::{Context, Poll};

use super::{Halt, PollState, Session};
use crate::message::{WsMessage, WsStatus};
use crate::session::deadlines::Phase;
use crate::session::queue::{OVERHEAD, Space};
use crate::session::transport::{Incoming, Transport};

/// The bytes that are read from a peer beyond those that it reads itself, less what waits already,
/// while it is slow to read. More would only become responses that wait, too.
const READ_WHILE_BLOCKED: u64 = 16 * 1024;

/// A message of so many bytes is handled before the next one is read. A transport writes one of
/// this size by itself, so the pause costs no system call, and a peer that never reads is noticed
/// earlier.
const LARGE: usize = 16 * 1024;

impl<T: Transport> Session<T> {
    /// Moves what the peer sent to the inbound queue, until a reason to halt or the end of the
    /// input.
    pub(super) fn read(&mut self, cx: &mut Context<'_>, poll: &mut PollState) {
        poll.halt = None;
        // Above its budget, the server reads from no socket.
        if self
            .state
            .budget()
            .is_some_and(|budget| budget.must_pause(cx.waker()))
        {
            poll.halt = Some(Halt::Budget);
            return;
        }
        // Only this loop fills the queue, so the space that a message left needs no second look.
        let mut free = false;
        while self.reads() && !poll.read_all && !poll.read.is_spent() {
            if !free || self.hold.is_some() {
                poll.halt = self.halt(poll);
            }
            if poll.halt.is_some() {
                return;
            }
            let Poll::Ready(incoming) = self.transport.poll_incoming(cx) else {
                poll.read_all = true;
                return;
            };
            match incoming {
                Incoming::Message(message) => {
                    let large = message.as_bytes().len() >= LARGE;
                    free = self.receive(message, poll);
                    if large {
                        return;
                    }
                }
                Incoming::Ping => poll.read.add_control(),
                Incoming::Pong(payload) => {
                    poll.read.add_control();
                    self.state.pong(&payload);
                }
                Incoming::CloseAhead => return,
                Incoming::Close(status) => self.peer_closed(status),
                Incoming::Failed(status) => self.peer_failed(status),
                Incoming::Error(error) => self.callback_failed(&error),
                Incoming::Lost => self.lost(),
            }
        }
    }

    /// Returns `true` in the phases that read.
    fn reads(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Closing(_))
    }

    /// Returns the reason why no more is read now, if there is one.
    fn halt(&mut self, poll: &PollState) -> Option<Halt> {
        let inner = self.state.lock();
        match inner.inbound.space() {
            Space::Free => {}
            // The consumer runs first. If it receives nothing, a little is read ahead.
            Space::Ahead if poll.ahead => {}
            Space::Ahead | Space::None => return Some(Halt::Full),
        }
        let hold = self.hold.as_ref()?;
        if inner.end().is_some() {
            // Messages up to the peer's close frame are dropped, so they cost nothing.
            return None;
        }
        let waiting = (inner.cost_to_peer() + self.transport.buffered()) as u64;
        let written = self.transport.progress().bytes_written - hold.written_before;
        let may_read = written.saturating_add(READ_WHILE_BLOCKED.saturating_sub(waiting));
        (hold.read >= may_read).then_some(Halt::Blocked)
    }

    /// Counts a message of `bytes` that was read while the transport is blocked. Control frames do
    /// not count, because only the latest ping is answered.
    fn count_held(&mut self, bytes: usize) {
        if let Some(hold) = &mut self.hold {
            hold.read += (bytes + OVERHEAD) as u64;
        }
    }

    /// Returns `true` if reading stopped only to let the consumer run first.
    pub(super) fn reads_on(&mut self, poll: &mut PollState) -> bool {
        if !self.reads() || poll.read_all || poll.read.is_spent() {
            return false;
        }
        match poll.halt {
            None => true,
            Some(Halt::Full) => {
                poll.ahead = true;
                self.state.lock().inbound.space() != Space::None
            }
            // The peer may have read something since.
            Some(Halt::Blocked) => self.halt(poll).is_none(),
            Some(Halt::Budget) => false,
        }
    }

    /// Queues a message. Returns `true` if the queue is not full.
    fn receive(&mut self, message: WsMessage, poll: &mut PollState) -> bool {
        poll.read.add(&message);
        self.count_held(message.as_bytes().len());
        self.state.notifier.received(&mut self.traffic, &message);
        let message = match self.filters {
            None => message,
            Some(_) => match self.filter_received(message) {
                Some(message) => message,
                // The loop looks for itself whether the queue is full.
                None => return false,
            },
        };
        let mut inner = self.state.lock();
        if inner.end().is_none() {
            inner.inbound.push(message);
            inner.wake_receiver();
        }
        inner.inbound.space() == Space::Free
    }

    /// Ends the socket after the peer's close frame. If this side closed first, its status counts.
    fn peer_closed(&mut self, status: WsStatus) {
        let status = match std::mem::replace(&mut self.phase, Phase::Ending) {
            Phase::Closing(ours) => ours,
            _ => {
                self.state.notifier.peer_closes(&status);
                status
            }
        };
        self.finish(status);
    }

    /// Fails the connection after a breach by the peer, once earlier messages have their responses.
    fn peer_failed(&mut self, status: WsStatus) {
        match std::mem::replace(&mut self.phase, Phase::Ending) {
            // Our close frame is sent, and nothing may follow it.
            Phase::Closing(ours) => self.finish(ours),
            _ => {
                self.report_failure(&status);
                self.phase = Phase::Failing(status);
            }
        }
    }

    /// Ends the socket after the connection is lost.
    pub(super) fn lost(&mut self) {
        let status = match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Closing(ours) | Phase::Failing(ours) => ours,
            _ => WsStatus::ABNORMAL,
        };
        self.finish(status);
    }
}
