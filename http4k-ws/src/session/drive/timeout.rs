//! The effects of deadlines and of the server's budget.

use std::task::Context;

use bytes::Bytes;

use super::Session;
use super::poll_state::{Halt, PollState};
use crate::message::WsStatus;
use crate::session::deadlines::{Due, Phase, Snapshot};
use crate::session::refusal_log::RefusalKind;
use crate::session::transport::{Outgoing, Role, Transport};

impl<T: Transport> Session<T> {
    /// Returns the deadline that has passed, or `None` and a wakeup when one may.
    pub(super) fn poll_due(&mut self, poll: &mut PollState) -> Option<Due> {
        // The peers of a client are its own choice, so it waits for its consumer without a limit.
        let full = poll.ahead || poll.halt == Some(Halt::Full);
        let full = full && self.role == Role::Server;
        if full {
            // What was written makes space for the responses of the consumer.
            self.state.after_write(&mut poll.moving);
        }
        let snapshot = Snapshot {
            phase: &self.phase,
            awaits_responses: self.awaits_responses(),
            blocked: poll.blocked,
            reading_paused: poll.halt.is_some(),
            consumer_progress: full
                .then(|| self.state.lock().consumer_progress())
                .flatten(),
            progress: self.transport.progress(),
        };
        let mut cx = Context::from_waker(&self.own_waker);
        self.deadlines.poll_due(&mut cx, &snapshot, &self.config)
    }

    /// Acts on a deadline that has passed.
    pub(super) fn on_due(&mut self, cx: &mut Context<'_>, due: Due) {
        match due {
            Due::Phase => self.end_phase(cx),
            Due::Ping => {
                self.state.lock().round_trips.keep_alive();
                let ping = Outgoing::Ping(Bytes::new());
                if self.transport.start_send(ping).is_err() {
                    self.lost();
                }
            }
            Due::Silence => {
                let reason = format!(
                    "nothing was received for {:?}",
                    self.config.dead_after.unwrap_or_default()
                );
                self.fail_overdue(&WsStatus::GOING_AWAY, reason);
            }
            Due::Consumer => {
                let stall = self.config.consumer_stall;
                self.warn(
                    RefusalKind::Consumer,
                    format_args!(
                        "socket {} is closed: its consumer received nothing for {stall:?} while \
                         messages wait (`SessionConfig::consumer_stall`)",
                        self.state.id
                    ),
                );
                let reason = format!("messages were not received for {stall:?}");
                self.fail_overdue(&WsStatus::TRY_AGAIN_LATER, reason);
            }
            Due::Message => {
                let rate = self.config.message_rate;
                self.warn(
                    RefusalKind::Message,
                    format_args!(
                        "socket {} is closed: a message of its peer brought less than {rate} bytes a \
                         second (`SessionConfig::message_rate`)",
                        self.state.id
                    ),
                );
                let reason = format!("a message brings at least {rate} bytes a second");
                self.fail_overdue(&WsStatus::POLICY_VIOLATION, reason);
            }
        }
    }

    /// Fails the connection with `status`, or with the one that this side has closed with already.
    fn fail_overdue(&mut self, status: &WsStatus, reason: String) {
        let closing = self.state.lock().closing.clone();
        let status = closing.unwrap_or_else(|| {
            let explained = status.with_reason(reason);
            explained.unwrap_or_else(|_| status.clone())
        });
        self.report_failure(&status);
        self.fail_connection(status);
    }

    /// Ends a phase that has lasted too long.
    fn end_phase(&mut self, cx: &mut Context<'_>) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Open => {
                let closing = self.state.lock().closing.clone();
                let status = closing.unwrap_or(WsStatus::TRY_AGAIN_LATER);
                self.report_failure(&status);
                self.abort(cx, status);
            }
            // Another step writes the close frame.
            Phase::Failing(status) if self.state.end_failing() => {
                self.phase = Phase::Failing(status);
            }
            Phase::Failing(status) => self.abort(cx, status),
            Phase::Closing(status) => self.finish(status),
            Phase::Ending => {}
            Phase::Over => {
                let grace = self.config.consumer_grace;
                log::warn!("consumer dropped: still running {grace:?} after the socket closed");
                self.drop_consumer();
            }
        }
    }

    /// Ends the connection, because too many bytes wait in all sockets of the server.
    pub(super) fn shed(&mut self, cx: &mut Context<'_>) {
        let closing = self.state.lock().closing.clone();
        let status = closing.unwrap_or(WsStatus::TRY_AGAIN_LATER);
        self.report_failure(&status);
        if self.hold.is_some() {
            // The peer reads nothing, and the bytes that the transport buffers for it must go.
            self.abort(cx, status);
        } else {
            self.fail_connection(status);
        }
    }

    /// Sends a close frame if there is space for it, and closes abruptly, because the peer reads
    /// nothing.
    fn abort(&mut self, cx: &mut Context<'_>, status: WsStatus) {
        let close = Outgoing::Close(status.clone());
        if self.transport.start_send(close).is_ok() {
            // The connection ends whether the frame leaves or not.
            let _ = self.transport.poll_flush(cx);
        }
        self.phase = Phase::Over;
        self.finish(status);
    }
}
