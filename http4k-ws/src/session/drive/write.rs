//! The way from the outbound queue to the transport.

use std::task::{Context, Poll};

use super::Session;
use super::poll_state::PollState;
use super::read::Hold;
use crate::message::WsStatus;
use crate::session::deadlines::Phase;
use crate::session::queue::OVERHEAD;
use crate::session::state::{Requests, Written};
use crate::session::transport::{GATHERS, Outgoing, Role, Transport};

impl<T: Transport> Session<T> {
    /// Writes the outbound queue, then the close frame if one is due, and flushes once.
    pub(super) fn write(
        &mut self,
        cx: &mut Context<'_>,
        poll: &mut PollState,
        requests: &Requests,
    ) {
        poll.blocked = false;
        if matches!(self.phase, Phase::Ending | Phase::Over) {
            return;
        }
        // Nothing follows a close frame that is sent.
        let open = !matches!(self.phase, Phase::Closing(_));
        if open && self.filters.is_some() {
            self.filter_sent(poll);
        }
        if open && self.write_messages(cx, poll, requests) && !poll.blocked {
            let may_close = !requests.taken || requests.closing || self.is_failing();
            if may_close && !self.has_unfiltered() && !self.awaits_responses() {
                self.write_close(cx, poll);
            }
        }
        if matches!(self.phase, Phase::Over) {
            return self.state.return_unsent(&mut poll.moving);
        }
        // One flush for all of it, and for the pongs that the transport has queued.
        let flushed = match self.transport.poll_flush(cx) {
            Poll::Ready(Ok(())) => true,
            Poll::Ready(Err(_)) => {
                self.lost();
                false
            }
            Poll::Pending => {
                poll.blocked = true;
                false
            }
        };
        self.hold_reading(poll.blocked);
        let closing = matches!(self.phase, Phase::Closing(_));
        poll.moving.written = Some(Written { flushed, closing });
    }

    /// Starts or ends the limit on reading that holds while the transport is blocked. A client
    /// reads without that limit. If both ends stopped, neither could go on.
    fn hold_reading(&mut self, blocked: bool) {
        if self.role == Role::Client {
            return;
        }
        match (blocked, &self.hold) {
            (false, Some(_)) => self.hold = None,
            (true, None) => {
                let written_before = self.transport.progress().bytes_written;
                self.hold = Some(Box::new(Hold {
                    written_before,
                    read: 0,
                }));
            }
            _ => {}
        }
    }

    /// Writes queued messages until the queue is empty or the transport is blocked. Returns `true`
    /// if the connection still stands.
    fn write_messages(
        &mut self,
        cx: &mut Context<'_>,
        poll: &mut PollState,
        requests: &Requests,
    ) -> bool {
        // Without a message or a close frame, the transport need not become ready.
        let idle = match requests.taken {
            true => poll.moving.sending.is_empty() && !requests.closing,
            false => {
                let inner = self.state.lock_outside();
                inner.outbound.waiting() == 0 && inner.closing.is_none()
            }
        };
        if idle && !self.is_failing() {
            return true;
        }
        if requests.taken && self.gather_messages(poll) {
            return true;
        }
        loop {
            match self.transport.poll_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Pending => {
                    poll.blocked = true;
                    return true;
                }
                Poll::Ready(Err(_)) => return self.lost_unsent(poll),
            }
            let next = match requests.taken {
                true => poll.moving.sending.pop_front(),
                // It leaves the queue only now, so that a policy may still drop it until here.
                false => self.state.lock_outside().outbound.pop(),
            };
            let Some(message) = next else {
                return true;
            };
            poll.may_write.spend(message.as_bytes().len());
            self.state.notifier.sent(&mut self.traffic, &message);
            let sent = self.transport.start_send(Outgoing::Message(message));
            if sent.is_err() {
                return self.lost_unsent(poll);
            }
            // A message or a close from here on sets the dirty flag, and has another step.
            if requests.taken && poll.moving.sending.is_empty() {
                return true;
            }
        }
    }

    /// Passes the messages that were taken to a transport that only copies them, as many as it
    /// gathers at once. Returns `true` if none is left.
    fn gather_messages(&mut self, poll: &mut PollState) -> bool {
        if !self.transport.gathers() {
            return false;
        }
        let mut room = GATHERS;
        while let Some(message) = poll.moving.sending.pop_front() {
            let bytes = message.as_bytes().len();
            let Some(left) = room.checked_sub(bytes + OVERHEAD) else {
                poll.moving.sending.push_front(message);
                return false;
            };
            room = left;
            poll.may_write.spend(bytes);
            self.state.notifier.sent(&mut self.traffic, &message);
            self.transport.gather(&message);
        }
        true
    }

    /// Ends the socket after the connection is lost. Messages that were not sent stay queued, in
    /// case they outlive it. Returns `false`.
    fn lost_unsent(&mut self, poll: &mut PollState) -> bool {
        self.state.return_unsent(&mut poll.moving);
        self.lost();
        false
    }

    /// Returns `true` if messages wait for the filters, and so no close frame may be sent.
    fn has_unfiltered(&self) -> bool {
        self.filters.is_some() && self.state.lock().has_unfiltered()
    }

    fn is_failing(&self) -> bool {
        matches!(self.phase, Phase::Failing(_))
    }

    /// Returns `true` while a consumer in another task may respond to what came before a violation.
    pub(super) fn awaits_responses(&self) -> bool {
        self.is_failing() && self.state.awaits_responses()
    }

    /// Sends the close frame if one is due. All messages before it are written.
    fn write_close(&mut self, cx: &mut Context<'_>, poll: &mut PollState) {
        match std::mem::replace(&mut self.phase, Phase::Open) {
            Phase::Failing(status) => {
                self.send_last_close(&status);
                // A task that waits for a flush of these messages must not see the end first.
                let flushed = matches!(self.transport.poll_flush(cx), Poll::Ready(Ok(())));
                let closing = true;
                poll.moving.written = Some(Written { flushed, closing });
                self.state.after_write(&mut poll.moving);
                self.finish(status);
            }
            phase => {
                self.phase = phase;
                let closing = {
                    let inner = self.state.lock();
                    // Another task may have sent and closed since the queue was empty.
                    let all_sent = inner.all_sent();
                    inner.closing.clone().filter(|_| all_sent)
                };
                let Some(status) = closing else { return };
                match self.transport.start_send(Outgoing::Close(status.clone())) {
                    Ok(()) => self.phase = Phase::Closing(status),
                    Err(_) => self.lost(),
                }
            }
        }
    }

    /// Sends a close frame if that is still possible, and waits for no response (RFC 6455 §7.1.7).
    pub(super) fn fail_connection(&mut self, status: WsStatus) {
        self.send_last_close(&status);
        self.finish(status);
    }

    fn send_last_close(&mut self, status: &WsStatus) {
        let sent = self.transport.start_send(Outgoing::Close(status.clone()));
        self.phase = if sent.is_ok() {
            Phase::Ending
        } else {
            Phase::Over
        };
    }
}

#[cfg(test)]
mod tests;
