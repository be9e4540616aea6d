//! The way from the transport to the inbound queue.

use std::task::{Context, Poll};

use super::Session;
use super::poll_state::{Halt, PollState};
use crate::message::{WsMessage, WsStatus};
use crate::session::deadlines::Phase;
use crate::session::queue::{Amount, OVERHEAD, Space};
use crate::session::transport::{Incoming, Transport};

/// The bytes that are read from a peer beyond those that it reads itself, less what waits already,
/// while it is slow to read. More would only become responses that wait, too.
const READ_WHILE_BLOCKED: u64 = 16 * 1024;

/// A message of so many bytes is handled before the next one is read. A transport writes one of
/// this size by itself, so the pause costs no system call, and a peer that never reads is noticed
/// earlier.
const LARGE: usize = 16 * 1024;

/// The count of what was read from a peer while the transport is blocked.
#[derive(Debug)]
pub(super) struct Hold {
    /// The bytes that the connection had accepted when it became blocked.
    pub(super) written_before: u64,
    /// The bytes that were read since.
    pub(super) read: u64,
}

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
        while self.reads() && !poll.read_all && !poll.may_read.is_spent() {
            // A short poll has room, and looks at it when something has arrived.
            if !poll.short && (poll.seen.room.is_spent() || self.hold.is_some()) {
                self.queue_received(poll);
                poll.halt = self.halt(poll);
            }
            if poll.halt.is_some() {
                return;
            }
            let Poll::Ready(incoming) = self.transport.poll_incoming(cx) else {
                poll.read_all = true;
                return;
            };
            if poll.short {
                self.begin_step(cx, poll);
            }
            if !self.accept(incoming, poll) {
                return;
            }
        }
    }

    /// Receives the messages that have arrived behind the latest one, without a look at anything
    /// else between them. Returns `false` if the consumer must run before the next one.
    fn receive_arrived(&mut self, poll: &mut PollState) -> bool {
        let limit = poll.may_read.least(poll.seen.room);
        if limit.is_spent() || self.filters.is_some() || self.hold.is_some() {
            return true;
        }
        let (notifier, traffic) = (&self.state.notifier, &mut self.traffic);
        let received = &mut poll.moving.received;
        let (mut amount, mut large) = (Amount::default(), false);
        let end = self.transport.take_arrived(|message| {
            let bytes = message.as_bytes().len();
            notifier.received(traffic, &message);
            received.push_back(message);
            amount.add(bytes);
            large = bytes >= LARGE;
            !large && amount.is_below(limit)
        });
        poll.may_read.spend_all(amount);
        poll.seen.room.spend_all(amount);
        poll.moving.received_amount.add_all(amount);
        if let Some(end) = end {
            self.receive_end(end, poll);
        }
        !large
    }

    /// Acts on an event. Returns `false` if the consumer must run before the next one.
    #[inline]
    fn accept(&mut self, incoming: Incoming, poll: &mut PollState) -> bool {
        match incoming {
            Incoming::Message(message) => {
                let bytes = message.as_bytes().len();
                self.receive(message, bytes, poll);
                let small = bytes < LARGE;
                return match small && self.transport.has_arrived() {
                    true => self.receive_arrived(poll),
                    false => small,
                };
            }
            Incoming::Ping => poll.may_read.spend(0),
            Incoming::Pong(payload) => {
                poll.may_read.spend(0);
                // It confirms that the messages before it have arrived.
                self.queue_received(poll);
                self.state.pong(&payload);
            }
            Incoming::CloseAhead => return false,
            end => self.receive_end(end, poll),
        }
        true
    }

    /// Acts on an event that ends the socket, or on an error.
    fn receive_end(&mut self, incoming: Incoming, poll: &mut PollState) {
        // The messages before it are received, whatever it ends.
        self.queue_received(poll);
        match incoming {
            Incoming::Message(_) | Incoming::Ping | Incoming::Pong(_) | Incoming::CloseAhead => {}
            Incoming::Close(status) => self.peer_closed(status),
            Incoming::Failed(status) => self.peer_failed(status),
            Incoming::Error(error) => self.callback_failed(&error),
            Incoming::Lost => self.lost(),
        }
    }

    /// Queues the messages that were read so far.
    fn queue_received(&self, poll: &mut PollState) {
        if !poll.moving.received.is_empty() {
            poll.moving.received_amount = Amount::default();
            poll.seen.queues = true;
            self.state.receive(&mut poll.moving.received);
        }
    }

    /// Returns `true` in the phases that read.
    fn reads(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Closing(_))
    }

    /// Returns the reason why no more is read now, if there is one.
    fn halt(&mut self, poll: &PollState) -> Option<Halt> {
        let inner = self.state.lock_outside();
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
        if !self.reads() || poll.read_all || poll.may_read.is_spent() {
            return false;
        }
        match poll.halt {
            None => true,
            Some(Halt::Full) => {
                poll.ahead = true;
                self.state.lock_outside().inbound.space() != Space::None
            }
            // The peer may have read something since.
            Some(Halt::Blocked) => {
                self.state.after_write(&mut poll.moving);
                self.halt(poll).is_none()
            }
            Some(Halt::Budget) => false,
        }
    }

    /// Adds a message of `bytes` to those that the consumer receives next.
    fn receive(&mut self, message: WsMessage, bytes: usize, poll: &mut PollState) {
        poll.may_read.spend(bytes);
        self.count_held(bytes);
        self.state.notifier.received(&mut self.traffic, &message);
        let (message, bytes) = match self.filters {
            None => (message, bytes),
            Some(_) => match self.filter_received(message) {
                Some(message) => {
                    let bytes = message.as_bytes().len();
                    (message, bytes)
                }
                None => return,
            },
        };
        poll.seen.room.spend(bytes);
        poll.moving.received_amount.add(bytes);
        poll.moving.received.push_back(message);
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
                if self.consumer.is_none() {
                    self.state.begin_failing();
                }
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

#[cfg(test)]
mod tests;
