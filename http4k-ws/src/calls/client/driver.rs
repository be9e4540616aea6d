//! The task of a client, which reads replies and sends what dropped calls leave to send.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::sync::mpsc::error::TrySendError;

use super::error::CallError;
use super::shared::{Connection, Control, Encoded, Shared};
use crate::calls::envelope::{CallId, ReplyHead, WithCancel, WithMore};
use crate::calls::reply_message::{ReplyPart, part};
use crate::lens::{LensFailure, named_format, read_named, write_named};
use crate::message::{WsMessage, WsStatus};
use crate::session::{WebSocket, WsSender};

/// The driver of a client. A drop fails all calls.
#[derive(Debug)]
pub(crate) struct CallDriver {
    pub(super) shared: Arc<Shared>,
    /// The name of the set of calls.
    pub(super) name: &'static str,
}

impl CallDriver {
    /// Carries calls over `socket` until it ends, and returns its status. Open calls have failed
    /// then.
    pub(crate) async fn run(&self, socket: WebSocket) -> WsStatus {
        let mut socket = socket;
        let connection = Connection {
            sender: socket.sender(),
            format: named_format(socket.format()),
        };
        self.shared.connected(connection.clone());
        tokio::select! {
            biased;
            () = self.read(&mut socket, &connection) => {}
            never = self.write(&connection) => match never {},
        }
        let status = socket.closed().await;
        self.shared.disconnected(&status);
        status
    }

    /// Waits until the client is closed.
    #[cfg(feature = "client")]
    pub(crate) async fn close_requested(&self) -> WsStatus {
        self.shared.closing().await
    }

    /// Fails all calls, and those made from now on.
    pub(crate) fn finish(&self, status: &WsStatus) {
        self.shared.finish(status);
    }

    async fn read(&self, socket: &mut WebSocket, connection: &Connection) {
        while let Some(message) = socket.next_message().await {
            let encoded = Encoded {
                message,
                format: connection.format,
            };
            if let Err(status) = self.dispatch(encoded) {
                log::warn!("a server of calls sent an invalid message: {status}");
                return socket.close(status);
            }
        }
    }

    /// Passes a message on.
    ///
    /// # Errors
    ///
    /// The status to close with, because the messages of this server cannot be trusted.
    fn dispatch(&self, encoded: Encoded) -> Result<(), WsStatus> {
        let read = read_named(encoded.format, &encoded.message, self.name);
        let head: ReplyHead = read.map_err(|failure| failure.ws_status())?;
        if head.notice.0 {
            self.shared.notify(encoded);
            return Ok(());
        }
        let (id, part) = part(head).ok_or(WsStatus::INVALID_PAYLOAD)?;
        match part {
            ReplyPart::Item => self.pass_item(id, encoded),
            ReplyPart::Ok => match self.shared.stream(id) {
                Some(_) => Err(refused("a stream has items and no reply")),
                None => {
                    self.end(id, Ok(encoded));
                    Ok(())
                }
            },
            ReplyPart::End if self.shared.is_once(id) => Err(refused("a call ends with a reply")),
            ReplyPart::End => {
                // The channel closes.
                self.shared.take(id);
                Ok(())
            }
            ReplyPart::Error(problem) => {
                self.end(id, Err(CallError::Failed(problem)));
                Ok(())
            }
        }
    }

    fn pass_item(&self, id: CallId, encoded: Encoded) -> Result<(), WsStatus> {
        if self.shared.is_once(id) {
            return Err(refused("a call has one reply and no items"));
        }
        // A call that was cancelled meanwhile is not open.
        let Some(items) = self.shared.stream(id) else {
            return Ok(());
        };
        // One place is for the end.
        match items.capacity() {
            0 | 1 => Err(refused(
                "the server sent more items than the client accepts",
            )),
            _ => match items.try_send(Ok(encoded)) {
                Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
                Err(TrySendError::Full(_)) => Err(refused("a stream is full")),
            },
        }
    }

    fn end(&self, id: CallId, outcome: Result<Encoded, CallError>) {
        if let Some(slot) = self.shared.take(id) {
            slot.end(outcome);
        }
    }

    async fn write(&self, connection: &Connection) -> Infallible {
        let Connection { sender, format } = connection;
        loop {
            while let Some((id, control)) = self.shared.next_control() {
                let message = match control {
                    Control::Cancel => {
                        write_named(*format, &WithCancel { id, cancel: true }, "cancel")
                    }
                    Control::More(more) => write_named(*format, &WithMore { id, more }, "more"),
                };
                send(sender, message).await;
            }
            self.shared.controls.notified().await;
        }
    }
}

async fn send(sender: &WsSender, message: Result<WsMessage, LensFailure>) {
    if let Ok(message) = message {
        // The end of the socket is seen by reading.
        let _closed = sender.send(message).await;
    }
}

fn refused(reason: &'static str) -> WsStatus {
    let status = WsStatus::POLICY_VIOLATION;
    status
        .with_reason(reason)
        .unwrap_or(WsStatus::POLICY_VIOLATION)
}

impl Drop for CallDriver {
    fn drop(&mut self) {
        self.finish(&WsStatus::ABNORMAL);
    }
}
