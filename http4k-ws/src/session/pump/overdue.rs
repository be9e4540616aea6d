//! What a session does when a deadline has passed.

use std::task::Context;

use bytes::Bytes;

use super::{Halt, Session, Turn};
use crate::message::WsStatus;
use crate::session::RefusalKind;
use crate::session::deadlines::{Due, Standing};
use crate::session::phase::{Phase, Role};
use crate::session::transport::{Outgoing, Transport};

impl<T: Transport> Session<T> {
    /// What has come due.
    pub(super) fn due(&mut self, cx: &mut Context<'_>, turn: &Turn) -> Option<Due> {
        let full = turn.ahead || turn.halt == Some(Halt::Full);
        let full = full && self.role == Role::Server;
        let standing = Standing {
            phase: &self.phase,
            blocked: turn.blocked,
            deaf: turn.halt.is_some(),
            awaited: full.then(|| self.shared.lock().awaited()).flatten(),
            progress: self.transport.progress(),
        };
        self.deadlines.poll_due(cx, &standing, &self.config)
    }

    pub(super) fn come_due(&mut self, cx: &mut Context<'_>, due: Due) {
        match due {
            Due::Phase => self.phase_overdue(cx),
            Due::Ping => {
                self.shared.lock().round_trips.keep_alive();
                let ping = Outgoing::Ping(Bytes::new());
                if self.transport.start_send(ping).is_err() {
                    self.lost();
                }
            }
            Due::Silence => {
                let reason = format!(
                    "nothing was bytes_read for {:?}",
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
                        self.shared.id
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
                        self.shared.id
                    ),
                );
                let reason = format!("a message brings at least {rate} bytes a second");
                self.fail_overdue(&WsStatus::POLICY_VIOLATION, reason);
            }
        }
    }

    /// Fails the connection; where this side has asked for an end already, that is its status.
    fn fail_overdue(&mut self, status: &WsStatus, reason: String) {
        let asked = self.shared.lock().closing.clone();
        let status = asked.unwrap_or_else(|| {
            let explained = status.with_reason(reason);
            explained.unwrap_or_else(|_| status.clone())
        });
        self.tell_failed(&status);
        self.fail_connection(status);
    }

    fn phase_overdue(&mut self, cx: &mut Context<'_>) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Open => {
                let asked = self.shared.lock().closing.clone();
                let status = asked.unwrap_or(WsStatus::TRY_AGAIN_LATER);
                self.tell_failed(&status);
                self.abort(cx, status);
            }
            Phase::Failing(status) => self.abort(cx, status),
            Phase::Closing(status) => self.finish(status),
            Phase::Ending => {}
            Phase::Over => {
                log::warn!(
                    "a WebSocket consumer was dropped: its socket is over, and it went on for too long"
                );
                self.drop_consumer();
            }
        }
    }

    /// Ends the connection, for what waits in it is too much.
    pub(super) fn shed(&mut self, cx: &mut Context<'_>) {
        let asked = self.shared.lock().closing.clone();
        let status = asked.unwrap_or(WsStatus::TRY_AGAIN_LATER);
        self.tell_failed(&status);
        if self.hold.is_some() {
            // The peer takes nothing, and what the transport holds for it is to go.
            self.abort(cx, status);
        } else {
            self.fail_connection(status);
        }
    }

    /// Sends a close frame if there is room for it, and cuts the connection: the peer takes nothing.
    fn abort(&mut self, cx: &mut Context<'_>, status: WsStatus) {
        let close = Outgoing::Close(status.clone());
        if self.transport.start_send(close).is_ok() {
            // Whether it leaves or not, this is the end.
            let _ = self.transport.poll_flush(cx);
        }
        self.phase = Phase::Over;
        self.finish(status);
    }
}
