//! The socket that can be used before its connection is open, for the client with callbacks.
//!
//! 1. Messages, callbacks and the close wait in the state of the socket. Its session, once there is
//!    one, finds them there as if they had just been queued.
//! 2. Before that, there is no session to wake, and no deadline runs.
//! 3. The task that connects calls `connect` or `fail`, and does so once.

use std::sync::Arc;

use super::config::SessionConfig;
use super::drive::consume::CALLBACK;
use super::drive::{Session, open_state};
use super::error::WsError;
use super::sender::WsSender;
use super::socket::WebSocket;
use super::state::SocketState;
use super::transport::{Handshake, Role, Transport};
use crate::message::{Request, WsStatus};
use crate::panics::guarded;

impl WebSocket {
    /// Returns a socket of a client that is not connected yet. `request` is the one that will be
    /// sent.
    pub(crate) fn unconnected(request: Request, config: &SessionConfig) -> Self {
        let handshake = Handshake {
            request: request.into(),
            subprotocol: None,
            route: None,
            response: None,
        };
        let state = SocketState::new(config, Role::Client, &handshake);
        Self::new(Arc::new(state), handshake)
    }
}

impl WsSender {
    /// Opens the socket over `transport`. Returns another handle to it, and its session, which must
    /// be polled.
    pub(crate) fn connect<T: Transport>(
        &self,
        transport: T,
        handshake: Handshake,
        config: Arc<SessionConfig>,
    ) -> (WebSocket, Session<T>) {
        self.state().lock().handles += 1;
        let state = Arc::clone(self.state());
        open_state(state, transport, Role::Client, handshake, config)
    }

    /// Ends the socket with 1006, and calls its callbacks. Returns `false` if none received
    /// `error`.
    pub(crate) fn fail(&self, error: &WsError) -> bool {
        let Some(callbacks) = self.state().finish(&WsStatus::ABNORMAL) else {
            return false;
        };
        self.state().notifier.not_opened(&WsStatus::ABNORMAL);
        let callbacks = callbacks.into_lists();
        let reported = !callbacks.on_error.is_empty();
        for mut callback in callbacks.on_error {
            guarded(CALLBACK, || callback(error));
        }
        for callback in callbacks.on_close {
            guarded(CALLBACK, || callback(WsStatus::ABNORMAL));
        }
        reported
    }

    /// Returns `true` if the server will receive anything as soon as the socket is open.
    pub(crate) fn has_queued(&self) -> bool {
        let inner = self.state().lock();
        inner.outbound.newest() > 0 || inner.closing.is_some()
    }
}
