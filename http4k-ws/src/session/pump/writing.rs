//! From the outbound queue to the transport.

use std::task::{Context, Poll};

use super::{Hold, Session, Turn};
use crate::message::WsStatus;
use crate::session::observers::WsEvent;
use crate::session::phase::{Phase, Role};
use crate::session::transport::{Outgoing, Transport};

impl<T: Transport> Session<T> {
    /// Writes what is queued, then the close frame if one is due, and flushes once. Returns `true`
    /// if a task waited for that.
    pub(super) fn write(&mut self, cx: &mut Context<'_>, turn: &mut Turn) -> bool {
        turn.blocked = false;
        if matches!(self.phase, Phase::Ending | Phase::Over) {
            return false;
        }
        let open = !matches!(self.phase, Phase::Closing(_));
        if open && self.write_messages(cx, turn) && !turn.blocked {
            self.write_close();
        }
        if matches!(self.phase, Phase::Over) {
            return false;
        }
        let flushed = match self.transport.poll_flush(cx) {
            Poll::Ready(Ok(())) => true,
            Poll::Ready(Err(_)) => {
                self.lost();
                false
            }
            Poll::Pending => {
                turn.blocked = true;
                false
            }
        };
        self.hold_back(turn.blocked);
        let closing = matches!(self.phase, Phase::Closing(_));
        self.shared.wrote(flushed, closing) && open
    }

    /// Reads no more of a peer than it takes, while the transport is blocked. A client reads on: if both
    /// ends did not, neither could.
    fn hold_back(&mut self, blocked: bool) {
        if self.role == Role::Client {
            return;
        }
        match (blocked, &self.hold) {
            (false, Some(_)) => self.hold = None,
            (true, None) => {
                let bytes_written = self.transport.progress().bytes_written;
                self.hold = Some(Hold {
                    bytes_written,
                    read: 0,
                });
            }
            _ => {}
        }
    }

    /// Says whether the connection still stands.
    fn write_messages(&mut self, cx: &mut Context<'_>, turn: &mut Turn) -> bool {
        loop {
            {
                let state = self.shared.lock();
                if state.outbound.is_empty() && state.closing.is_none() && !self.is_failing() {
                    return true;
                }
            }
            match self.transport.poll_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Pending => {
                    turn.blocked = true;
                    return true;
                }
                Poll::Ready(Err(_)) => {
                    self.lost();
                    return false;
                }
            }
            let (message, is_last) = {
                let mut state = self.shared.lock();
                let Some(message) = state.outbound.pop() else {
                    return true;
                };
                let is_last = state.outbound.is_empty() && state.closing.is_none();
                (message, is_last)
            };
            turn.written.add(&message);
            self.traffic.messages_sent += 1;
            self.traffic.bytes_sent += message.as_bytes().len() as u64;
            self.shared.observers.tell(WsEvent::Sent(&message));
            if self
                .transport
                .start_send(Outgoing::Message(message))
                .is_err()
            {
                self.lost();
                return false;
            }
            // What is queued or closed from here on is seen to in the next round.
            if is_last && !self.is_failing() {
                return true;
            }
        }
    }

    fn is_failing(&self) -> bool {
        matches!(self.phase, Phase::Failing(_))
    }

    /// Sends the close frame where one is due: everything before it is written.
    fn write_close(&mut self) {
        match std::mem::replace(&mut self.phase, Phase::Open) {
            Phase::Failing(status) => {
                self.fail_connection(status);
            }
            phase => {
                self.phase = phase;
                let closing = {
                    let state = self.shared.lock();
                    // Another task may have sent and closed since the queue was found empty.
                    let all_sent = state.outbound.is_empty();
                    state.closing.clone().filter(|_| all_sent)
                };
                let Some(status) = closing else { return };
                match self.transport.start_send(Outgoing::Close(status.clone())) {
                    Ok(()) => self.phase = Phase::Closing(status),
                    Err(_) => self.lost(),
                }
            }
        }
    }

    /// Sends a close frame if that is still possible, and waits for no answer (RFC 6455 §7.1.7).
    pub(super) fn fail_connection(&mut self, status: WsStatus) {
        let sent = self.transport.start_send(Outgoing::Close(status.clone()));
        self.phase = if sent.is_ok() {
            Phase::Ending
        } else {
            Phase::Over
        };
        self.finish(status);
    }
}
