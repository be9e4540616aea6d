//! What becomes of messages for a peer that takes them too slowly.

use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use crate::message::WsMessage;

/// What happens to a message that is sent while the queue to the peer is full.
///
/// How many messages were left out is counted: [`WebSocket::dropped`](crate::WebSocket::dropped),
/// [`WsSender::dropped`](crate::WsSender::dropped). The bounds of the queue hold whatever is chosen.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::session_config;
/// use http4k_ws::session::{SessionConfig, SlowConsumer};
///
/// /// More prices than anybody can read: the latest are what matters.
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
pub enum SlowConsumer {
    /// `send` waits for room, `try_send` fails with [`SendError::Full`](crate::SendError::Full).
    #[default]
    Wait,
    /// The socket is closed with 1013, after what is queued; `send` and `try_send` fail.
    Close,
    /// The messages that have waited longest are left out.
    DropOldest,
    /// The message waiting that has the same key is left out, for the new one says more; where there is
    /// none, the one that has waited longest. Made by [`coalesce_by`](Self::coalesce_by).
    Coalesce(CoalesceKey),
}

impl SlowConsumer {
    /// A message replaces the one waiting whose key is the same; one without a key replaces none.
    ///
    /// The order of those that are left is that in which they were sent. `key` is called once for each
    /// message sent, under a lock: it should be quick, and must not use the socket.
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
        let hasher = RandomState::new();
        Self::Coalesce(CoalesceKey(Arc::new(move |message| {
            key(message).map(|key| hasher.hash_one(key))
        })))
    }
}

/// What makes two messages replace each other; made by [`SlowConsumer::coalesce_by`].
#[derive(Clone)]
pub struct CoalesceKey(Arc<Key>);

type Key = dyn Fn(&WsMessage) -> Option<u64> + Send + Sync;

impl CoalesceKey {
    pub(super) fn of(&self, message: &WsMessage) -> Option<u64> {
        (self.0)(message)
    }
}

impl fmt::Debug for CoalesceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CoalesceKey")
    }
}

/// Two are equal when they are clones of one.
impl PartialEq for CoalesceKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for CoalesceKey {}
