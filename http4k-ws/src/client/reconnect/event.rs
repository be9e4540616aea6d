//! The events of a reconnecting socket.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::{self, error::RecvError};

use crate::client::error::ConnectError;
use crate::message::WsStatus;

/// An event in the life of a [`ReconnectingWebSocket`](super::ReconnectingWebSocket).
///
/// # Examples
///
/// ```
/// use http4k_ws::client::reconnect::{ReconnectEvent, Reconnecting, ReconnectingWebSocket};
/// use http4k_ws::handler::IntoPolyHandler;
/// use http4k_ws::prelude::*;
///
/// async fn refuse(_ws: WebSocket) -> WsResult {
///     Err(WsError::closing(WsStatus::POLICY_VIOLATION))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = refuse.into_poly_handler();
/// let mut socket: ReconnectingWebSocket = Reconnecting::over(move || {
///     let app = app.clone();
///     async move { app.connect_ws("/").await }
/// })
/// .start();
/// let mut events = socket.events();
/// let mut seen = Vec::new();
/// while let Some(event) = events.next().await {
///     seen.push(match event {
///         ReconnectEvent::Connected { attempt } => format!("attempt {attempt}"),
///         ReconnectEvent::Disconnected { status, .. } => format!("closed: {}", status.code()),
///         ReconnectEvent::GaveUp { .. } => "gave up".to_owned(),
///         other => panic!("{other:?}"),
///     });
/// }
/// assert_eq!(seen, ["attempt 1", "closed: 1008", "gave up"]);
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ReconnectEvent {
    /// A connection is open, and the hook has returned.
    Connected {
        /// The number of the attempt, counted from 1 since the last stable connection.
        attempt: u32,
    },
    /// The connection ended.
    Disconnected {
        /// The status it was closed with; 1006 if it was lost.
        status: WsStatus,
        /// The number of messages that were written to this connection. The peer may have received
        /// all of them, some or none, because a WebSocket does not confirm anything. They are not
        /// sent again.
        ///
        /// Messages that were not written are sent again, and do not count. Messages of the hook do
        /// not count either.
        unconfirmed: u64,
    },
    /// An attempt failed.
    Failed {
        /// The number of the attempt.
        attempt: u32,
        /// The cause.
        error: Arc<ConnectError>,
    },
    /// Another attempt will follow.
    Reconnecting {
        /// The number of that attempt.
        attempt: u32,
        /// The delay before it.
        after: Duration,
    },
    /// Queued messages were dropped, because the outbox was full or the socket ended.
    Lost {
        /// The number of messages.
        messages: u64,
    },
    /// Messages that arrived before the end of a connection were dropped, because too many others
    /// were not received yet.
    Unread {
        /// The number of messages.
        messages: u64,
    },
    /// No other attempt will follow, although nothing requested the end. The last interruption is
    /// final, or a limit of the policy is reached.
    GaveUp {
        /// The number of attempts since the last stable connection.
        attempts: u32,
    },
    /// The oldest events were dropped, because too many were not received.
    Missed {
        /// The number of events.
        events: u64,
    },
}

/// The number of events that are kept for a receiver.
const KEPT: usize = 64;

/// The events of a [`ReconnectingWebSocket`](super::ReconnectingWebSocket), in order.
/// [`events`](super::ReconnectingWebSocket::events) returns it.
///
/// It keeps the newest 64 events. [`ReconnectEvent::Missed`] has the number of those that it
/// dropped.
///
/// # Examples
///
/// ```
/// use http4k_ws::client::reconnect::{ReconnectEvent, Reconnecting, ReconnectingWebSocket};
/// use http4k_ws::handler::IntoPolyHandler;
/// use http4k_ws::prelude::*;
///
/// async fn idle(ws: WebSocket) {
///     let _status = ws.closed().await;
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = idle.into_poly_handler();
/// let mut socket: ReconnectingWebSocket = Reconnecting::over(move || {
///     let app = app.clone();
///     async move { app.connect_ws("/").await }
/// })
/// .start();
/// let mut events = socket.events();
/// assert!(matches!(events.next().await, Some(ReconnectEvent::Connected { attempt: 1 })));
/// socket.close(WsStatus::NORMAL);
/// assert!(matches!(events.next().await, Some(ReconnectEvent::Disconnected { .. })));
/// assert!(events.next().await.is_none());
/// # }
/// ```
#[derive(Debug)]
pub struct ReconnectEvents(broadcast::Receiver<ReconnectEvent>);

impl ReconnectEvents {
    /// Waits for the next event. Returns `None` once the socket has ended.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, it has taken no event.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{ReconnectEvent, Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// let mut events = socket.events();
    /// assert!(matches!(events.next().await, Some(ReconnectEvent::Connected { .. })));
    /// socket.close(WsStatus::NORMAL);
    /// assert!(matches!(events.next().await, Some(ReconnectEvent::Disconnected { .. })));
    /// assert!(events.next().await.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<ReconnectEvent> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(events)) => Some(ReconnectEvent::Missed { events }),
            Err(RecvError::Closed) => None,
        }
    }

    /// Returns another receiver, of the events from now on.
    pub(super) fn later(&self) -> Self {
        Self(self.0.resubscribe())
    }
}

pub(super) type EventSender = broadcast::Sender<ReconnectEvent>;

pub(super) fn channel() -> (EventSender, ReconnectEvents) {
    let (sender, events) = broadcast::channel(KEPT);
    (sender, ReconnectEvents(events))
}
