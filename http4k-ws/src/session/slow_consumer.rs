//! The policies for a peer that reads too slowly.

use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use crate::message::WsMessage;

/// The policy for messages that are sent while the queue to the peer is full.
///
/// `T` is the type of the messages: [`WsMessage`] for a socket, and
/// [`SseEvent`](crate::sse::SseEvent) for a stream of events. The documentation of the variants
/// describes a socket. A stream that is closed breaks off, so that its client can reconnect.
///
/// [`WebSocket::dropped`](crate::WebSocket::dropped), [`Sse::dropped`](crate::sse::Sse::dropped)
/// and their senders return the number of dropped messages. The bounds of the queue hold under each
/// policy.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::session_config;
/// use http4k_ws::session::{SessionConfig, SlowConsumer};
///
/// /// Sends more prices than a client can read. Only the latest matter.
/// async fn prices(ws: WebSocket) -> WsResult {
///     for price in 0..1000 {
///         ws.send(price.to_string()).await?;
///     }
///     Ok(())
/// }
///
/// let latest = |config: SessionConfig| config.with_slow_consumer(SlowConsumer::DropOldest);
/// let app = routes! { "/prices" with(session_config(latest)) => ws(prices(ws)) };
///
/// let last = app.test_ws("/prices").received().last().unwrap().unwrap();
/// assert_eq!(last.text(), "999");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlowConsumer<T = WsMessage> {
    /// `send` waits for space, and `try_send` fails with
    /// [`SendError::Full`](crate::SendError::Full).
    #[default]
    Wait,
    /// The socket is closed with 1013 after the queued messages. `send` and `try_send` fail.
    Close,
    /// The oldest messages are dropped.
    DropOldest,
    /// Queued messages with the same key are dropped, because the new one supersedes them. If there
    /// are none, the oldest message is dropped. Created by
    /// [`coalesce_by`](SlowConsumer::coalesce_by), and for a stream by
    /// [`coalesce_events_by`](SlowConsumer::coalesce_events_by).
    Coalesce(CoalesceKey<T>),
}

impl SlowConsumer {
    /// Returns the policy by which a message replaces queued messages with the same key. A message
    /// without a key replaces none.
    ///
    /// The remaining messages keep their order. `key` is called once for each message sent, under a
    /// lock. It should be quick, and must not use the socket.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    /// use http4k_ws::session::SlowConsumer;
    ///
    /// /// Of `AAPL 187.2`, the part before the space.
    /// let by_symbol = SlowConsumer::coalesce_by(|message: &WsMessage| {
    ///     Some(message.as_text()?.split_once(' ')?.0.to_owned())
    /// });
    /// assert_eq!(by_symbol, by_symbol.clone());
    /// ```
    pub fn coalesce_by<K: Hash>(
        key: impl Fn(&WsMessage) -> Option<K> + Send + Sync + 'static,
    ) -> Self {
        Self::Coalesce(CoalesceKey::hashing(key))
    }
}

/// The key function of [`SlowConsumer::Coalesce`], created by [`SlowConsumer::coalesce_by`] and
/// [`SlowConsumer::coalesce_events_by`].
///
/// # Examples
///
/// ```
/// use http4k_ws::WsMessage;
/// use http4k_ws::session::SlowConsumer;
///
/// let length = |message: &WsMessage| Some(message.as_bytes().len());
/// let by_length = || SlowConsumer::coalesce_by(length);
/// let SlowConsumer::Coalesce(key) = by_length() else { panic!("a policy with a key") };
/// assert_eq!(SlowConsumer::Coalesce(key.clone()), SlowConsumer::Coalesce(key.clone()));
/// assert_ne!(SlowConsumer::Coalesce(key), by_length());
/// ```
pub struct CoalesceKey<T = WsMessage>(Arc<Key<T>>);

type Key<T> = dyn Fn(&T) -> Option<u64> + Send + Sync;

impl<T: 'static> CoalesceKey<T> {
    /// Creates the key function from one that returns any value.
    pub(crate) fn hashing<K: Hash>(key: impl Fn(&T) -> Option<K> + Send + Sync + 'static) -> Self {
        let hasher = RandomState::new();
        Self(Arc::new(move |message| {
            key(message).map(|key| hasher.hash_one(key))
        }))
    }
}

impl<T> CoalesceKey<T> {
    pub(crate) fn of(&self, message: &T) -> Option<u64> {
        (self.0)(message)
    }
}

impl<T> Clone for CoalesceKey<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for CoalesceKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CoalesceKey")
    }
}

/// Two are equal if one is a clone of the other.
impl<T> PartialEq for CoalesceKey<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Eq for CoalesceKey<T> {}
