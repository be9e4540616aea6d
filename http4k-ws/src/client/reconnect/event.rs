//! What becomes of the connections, told to whoever asks.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::{self, error::RecvError};

use crate::client::error::ConnectError;
use crate::message::WsStatus;

/// What became of the connections of a [`ReconnectingWebSocket`](super::ReconnectingWebSocket).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ReconnectEvent {
    /// A connection stands, and the hook has run.
    Connected {
        /// Which attempt it was, counted from 1 since the last connection that was stable.
        attempt: u32,
    },
    /// The connection is over.
    Disconnected {
        /// How it was closed; 1006 where it was lost.
        status: WsStatus,
        /// How many messages were written to this connection: the peer may have got all of them, some, or
        /// none, for a WebSocket confirms nothing. They are not sent again. What was not even written is,
        /// and does not count; neither does what the hook sent.
        unconfirmed: u64,
    },
    /// An attempt has failed.
    Failed {
        /// Which attempt it was.
        attempt: u32,
        /// Why.
        error: Arc<ConnectError>,
    },
    /// There will be another attempt.
    Reconnecting {
        /// Which attempt it will be.
        attempt: u32,
        /// When it will be.
        after: Duration,
    },
    /// Messages that waited to be sent never will be: the outbox was full, or there will be no other
    /// connection.
    Lost {
        /// How many.
        messages: u64,
    },
    /// Messages that came before the end of a connection were dropped, because so many others were not yet
    /// received.
    Unread {
        /// How many.
        messages: u64,
    },
    /// There will be no other attempt, though nobody has asked for an end: the last setback is final, or
    /// the policy's patience is at an end.
    GaveUp {
        /// How many attempts there were since the last connection that was stable.
        attempts: u32,
    },
    /// So many events came while nobody listened that the oldest were dropped.
    Missed {
        /// How many.
        events: u64,
    },
}

/// So many events are kept for one who listens.
const KEPT: usize = 64;

/// The events of a [`ReconnectingWebSocket`](super::ReconnectingWebSocket), in order; made by
/// [`events`](super::ReconnectingWebSocket::events).
///
/// It keeps the newest 64; of those that it had to drop, it tells the number.
#[derive(Debug)]
pub struct ReconnectEvents(broadcast::Receiver<ReconnectEvent>);

impl ReconnectEvents {
    /// The next event, or `None` when there will be no other.
    ///
    /// Cancel safe: dropped before it is done, it has taken no event.
    pub async fn next(&mut self) -> Option<ReconnectEvent> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(events)) => Some(ReconnectEvent::Missed { events }),
            Err(RecvError::Closed) => None,
        }
    }

    /// Another listener, from here on.
    pub(super) fn later(&self) -> Self {
        Self(self.0.resubscribe())
    }
}

pub(super) type Teller = broadcast::Sender<ReconnectEvent>;

pub(super) fn channel() -> (Teller, ReconnectEvents) {
    let (teller, events) = broadcast::channel(KEPT);
    (teller, ReconnectEvents(events))
}
