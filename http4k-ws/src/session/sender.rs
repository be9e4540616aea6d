//! The sending half that other tasks may hold.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::error::SendError;
use super::shared::Shared;
use crate::lens::{Format, Message, encoded};
use crate::message::{WsMessage, WsStatus};

/// Sends to one socket from anywhere: any task, any thread, any callback.
///
/// It does not keep the socket open. Cloning gives another sender to the same socket; the messages of
/// one sender arrive in order.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use http4k_ws::prelude::*;
///
/// // Everybody who is connected.
/// let members = Arc::new(Mutex::new(Vec::<WsSender>::new()));
/// let joining = Arc::clone(&members);
/// let app = move |mut ws: WebSocket| {
///     joining.lock().unwrap().push(ws.sender());
///     async move {
///         while ws.recv().await?.is_some() {}
///         WsResult::Ok(())
///     }
/// };
///
/// let (mut ann, mut bob) = (app.test_ws("/"), app.test_ws("/"));
/// for member in members.lock().unwrap().iter() {
///     member.try_send("news").unwrap();
/// }
/// assert_eq!(ann.received().next().unwrap().unwrap().text(), "news");
/// assert_eq!(bob.received().next().unwrap().unwrap().text(), "news");
/// ```
pub struct WsSender<Out = WsMessage> {
    shared: Arc<Shared>,
    /// The format that the subprotocol names.
    format: Option<Format>,
    out: PhantomData<fn(Out)>,
}

impl<Out: Message> WsSender<Out> {
    pub(super) fn new(shared: Arc<Shared>, format: Option<Format>) -> Self {
        Self {
            shared,
            format,
            out: PhantomData,
        }
    }

    #[cfg(feature = "client")]
    pub(super) fn state(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The number of the socket, which no other has in this process.
    pub fn id(&self) -> u64 {
        self.shared.id
    }

    /// Queues `message`; where the queue is full, waits for room.
    ///
    /// Cancel safe: dropped before it is done, it has sent nothing.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] once the socket is closing, [`SendError::Unencodable`] for a value that its
    /// format has no form for.
    pub async fn send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        self.shared.send(message).await
    }

    /// Queues `message`, or fails at once.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`SendError::Full`] where that would wait.
    pub fn try_send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        self.shared
            .try_send(message)
            .map_err(|refused| refused.error)
    }

    /// Waits until everything queued so far, by any sender, has left this process; see
    /// [`WebSocket::flush`](crate::WebSocket::flush).
    ///
    /// Cancel safe: dropped before it is done, it has changed nothing.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] if the socket was closed or lost before everything was flushed.
    pub async fn flush(&self) -> Result<(), SendError> {
        self.shared.flush().await
    }

    /// Sends a ping, and waits for its pong. Returns the round-trip time; see
    /// [`WebSocket::ping`](crate::WebSocket::ping).
    ///
    /// Cancel safe: dropped before it is done, it may have sent a ping.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] if the socket is closing, or ends before the pong comes.
    pub async fn ping(&self) -> Result<Duration, SendError> {
        self.shared.ping().await
    }

    /// The latest round-trip time that was measured; `None` before the first pong.
    pub fn rtt(&self) -> Option<Duration> {
        self.shared.lock().round_trips.latest()
    }

    /// Sends what is queued, then closes the socket with `status`. Calling it again has no effect.
    ///
    /// A status that can't travel in a frame ([`WsStatus::is_sendable`]) becomes 1011.
    pub fn close(&self, status: WsStatus) {
        self.shared.close(status);
    }

    /// How many messages were left out because the peer was too slow ([`SlowConsumer`](crate::session::SlowConsumer)).
    pub fn dropped(&self) -> u64 {
        self.shared.lock().outbound.dropped()
    }

    /// Waits until the socket is closed, and gives the status it was closed with. The future keeps no
    /// socket open, and can be dropped at any time.
    pub fn closed(&self) -> impl Future<Output = WsStatus> + Send + use<Out> {
        let shared = Arc::clone(&self.shared);
        async move { shared.closed().await }
    }
}

impl<Out> Clone for WsSender<Out> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            format: self.format,
            out: PhantomData,
        }
    }
}

impl<Out> fmt::Debug for WsSender<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WsSender")
            .field("socket", &self.shared)
            .finish()
    }
}

/// Two senders are equal when they send to the same socket.
impl<Out> PartialEq for WsSender<Out> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl<Out> Eq for WsSender<Out> {}
