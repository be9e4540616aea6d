//! The client that waits in plain functions.

use std::time::Duration;

use super::background::{after, wait, wait_until};
use crate::handler::{NextMessage, SendError, WebSocket, WsClient, WsSender};
use crate::message::{WsMessage, WsStatus};

/// A socket to a server, whose calls block; made by
/// [`WebSocketClient::blocking`](super::WebSocketClient::blocking).
///
/// It works in a plain function, in a test, and inside a runtime of either flavour, whose thread it then
/// blocks: a server on that very thread can't answer meanwhile.
///
/// Dropping it closes the socket with 1000, in the background; before a process ends,
/// [`close`](WsClient::close) and [`closed`](WsClient::closed) make sure of that.
#[derive(Debug)]
pub struct BlockingWebSocket {
    socket: WebSocket,
    patience: Duration,
}

impl BlockingWebSocket {
    pub(super) fn new(socket: WebSocket) -> Self {
        Self {
            socket,
            patience: Duration::from_secs(30),
        }
    }

    /// How long [`next`](WsClient::next), [`received`](WsClient::received) and
    /// [`closed`](WsClient::closed) wait at most. Default 30 s; with [`Duration::MAX`] for ever.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// A sender for other threads and tasks.
    pub fn sender(&self) -> WsSender {
        self.socket.sender()
    }
}

impl WsClient for BlockingWebSocket {
    /// Queues `message`, and returns; it is sent in the background. Where the server takes so little that
    /// the queue is full, this waits.
    fn send(&mut self, message: impl Into<WsMessage>) -> Result<(), SendError> {
        wait(self.socket.send(message))
    }

    fn next_within(&mut self, limit: Duration) -> NextMessage {
        let socket = &mut self.socket;
        let next = async {
            match socket.next_message().await {
                Some(message) => NextMessage::Message(message),
                None => NextMessage::Closed(socket.closed().await),
            }
        };
        wait_until(after(limit), next).unwrap_or(NextMessage::Pending)
    }

    fn next(&mut self) -> NextMessage {
        self.next_within(self.patience)
    }

    fn close(&mut self, status: WsStatus) {
        self.socket.close(status);
    }

    fn subprotocol(&self) -> Option<&str> {
        self.socket.subprotocol()
    }

    fn closed(&mut self) -> Option<WsStatus> {
        wait_until(after(self.patience), self.socket.closed())
    }
}
