//! The sending half of a socket, for other tasks.

use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, Hash, RandomState};
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::error::SendError;
use super::state::SocketState;
use crate::lens::{Format, Message, encoded};
use crate::message::{WsMessage, WsStatus};

/// A sender to one socket, for any task, thread or callback.
///
/// It does not keep the socket open. A clone sends to the same socket. The messages of one sender
/// arrive in order. A list of senders should have a guard that removes a sender again; see
/// [Joining and leaving](crate::session#joining-and-leaving). A
/// [`Group`](crate::session::Group) sends one message to many sockets.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use http4k_ws::prelude::*;
///
/// // The senders of all connected clients.
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
    state: Arc<SocketState>,
    /// The format that the subprotocol names.
    format: Option<Format>,
    out: PhantomData<fn(Out)>,
}

impl<Out: Message> WsSender<Out> {
    pub(super) fn new(state: Arc<SocketState>, format: Option<Format>) -> Self {
        Self {
            state,
            format,
            out: PhantomData,
        }
    }

    #[cfg(feature = "client")]
    pub(super) fn state(&self) -> &Arc<SocketState> {
        &self.state
    }

    /// Returns the number of the socket, which is unique in this process.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::{Arc, Mutex};
    /// # let members = Arc::new(Mutex::new(Vec::<WsSender>::new()));
    /// let app = move |ws: WebSocket| {
    ///     let (members, id) = (Arc::clone(&members), ws.id());
    ///     members.lock().unwrap().push(ws.sender());
    ///     ws.on_message(move |text: WsMessage| {
    ///         // To all members, except the one that sends.
    ///         for member in members.lock().unwrap().iter().filter(|member| member.id() != id) {
    ///             member.try_send(text.clone()).unwrap();
    ///         }
    ///     });
    /// };
    /// let (mut ann, mut bob) = (app.test_ws("/"), app.test_ws("/"));
    /// ann.send("hello").unwrap();
    /// assert_eq!(bob.received().next().unwrap().unwrap(), "hello");
    /// ann.expect_silence(std::time::Duration::from_millis(10));
    /// ```
    pub fn id(&self) -> u64 {
        self.state.id
    }

    /// Queues `message`, waiting for queue space if necessary.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Closed`] if the socket is closing, and [`SendError::Unencodable`] if
    /// the format cannot represent the value.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, the message was not sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::{SendError, SessionConfig};
    /// let app = |ws: WebSocket| async move {
    ///     let sender = ws.sender();
    ///     for number in 1..=5 {
    ///         sender.send(number.to_string()).await?;
    ///     }
    ///     ws.close(WsStatus::NORMAL);
    ///     assert_eq!(sender.send("6").await, Err(SendError::Closed(WsStatus::NORMAL)));
    ///     WsResult::Ok(())
    /// };
    /// // With space for one message in the queue, `send` waits, and nothing is lost.
    /// let config = SessionConfig::default().with_queue_messages(1);
    /// assert_eq!(app.test_with(config).ws("/").received().count(), 5);
    /// ```
    pub async fn send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        self.state.send(message)?.await
    }

    /// Queues `message` without waiting.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Full`] if [`send`](Self::send) would wait, and otherwise the same
    /// errors.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::{SendError, SessionConfig};
    /// let app = |ws: WebSocket| {
    ///     let sender = ws.sender();
    ///     assert_eq!(sender.try_send("one"), Ok(()));
    ///     assert_eq!(sender.try_send("two"), Err(SendError::Full));
    /// };
    /// let config = SessionConfig::default().with_queue_messages(1);
    /// let mut client = app.test_with(config).ws("/");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "one");
    /// ```
    pub fn try_send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        self.state
            .try_send(message)
            .map_err(|refused| refused.error)
    }

    /// Queues `message` with a key, such as the symbol of a price, waiting for queue space if
    /// necessary.
    ///
    /// If the queue is full, the message supersedes queued ones that were sent with the same key,
    /// and is queued as the last. So a peer that reads too slowly receives the latest value of each
    /// key, without [`SlowConsumer::Coalesce`](crate::session::SlowConsumer::Coalesce) and its
    /// function, which would have to read the key out of the encoded message. If none is
    /// superseded, the policy of the socket applies. Below the bound of the queue every message
    /// stays.
    ///
    /// Keys are compared by their hashes, which are the same in all senders of a process. On a
    /// route with [message filters](crate::filter::messages) the key has no effect.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, the message was not sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::session_config;
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::session::SessionConfig;
    ///
    /// #[derive(Serialize, Deserialize, Message)]
    /// struct Price { symbol: String, cents: u32 }
    ///
    /// /// Sends more prices than a client can read. Only the latest of each symbol matters.
    /// async fn prices(ws: WebSocket<String, Price>) -> WsResult {
    ///     let sender = ws.sender();
    ///     for cents in 0..100 {
    ///         for symbol in ["AAPL", "MSFT"] {
    ///             let price = Price { symbol: symbol.to_owned(), cents };
    ///             sender.send_keyed(symbol, price).await?;
    ///         }
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let two = |config: SessionConfig| config.with_queue_messages(2);
    /// let app = routes! { "/prices" with(session_config(two)) => ws(prices(ws)) };
    /// let last = app.test_ws("/prices").received().last().unwrap().unwrap();
    /// assert_eq!(last.text(), r#"{"symbol":"MSFT","cents":99}"#);
    /// ```
    pub async fn send_keyed(
        &self,
        key: impl Hash,
        message: impl Into<Out>,
    ) -> Result<(), SendError> {
        let key = key_of(&key);
        let message = encoded(self.format, message.into())?;
        self.state.send_keyed(key, message).await
    }

    /// Queues `message` with a key as [`send_keyed`](Self::send_keyed), without waiting.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Full`] if [`send_keyed`](Self::send_keyed) would wait, and otherwise
    /// the same errors.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::{SendError, SessionConfig};
    /// let app = |ws: WebSocket| {
    ///     let sender = ws.sender();
    ///     sender.try_send_keyed("AAPL", "AAPL 187").unwrap();
    ///     sender.try_send_keyed("AAPL", "AAPL 188").unwrap();
    ///     // The queue is full, and holds nothing with this key.
    ///     assert_eq!(sender.try_send_keyed("MSFT", "MSFT 420"), Err(SendError::Full));
    /// };
    /// let config = SessionConfig::default().with_queue_messages(1);
    /// let prices: Vec<_> = app.test_with(config).ws("/").received().map(Result::unwrap).collect();
    /// assert_eq!(prices, ["AAPL 188"]);
    /// ```
    pub fn try_send_keyed(&self, key: impl Hash, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        let sent = self.state.queue(message, Some(key_of(&key)));
        sent.map_err(|refused| refused.error)
    }

    /// Returns the format that the subprotocol names.
    #[cfg(feature = "json")]
    pub(crate) fn format(&self) -> Option<Format> {
        self.format
    }

    /// Queues a message that is encoded already, without waiting.
    #[cfg(feature = "json")]
    pub(crate) fn try_send_encoded(
        &self,
        key: Option<u64>,
        message: WsMessage,
    ) -> Result<(), SendError> {
        let sent = match key {
            None => self.state.try_send(message),
            Some(_) => self.state.queue(message, key),
        };
        sent.map_err(|refused| refused.error)
    }

    /// Queues a message that is encoded already, waiting for queue space if necessary.
    #[cfg(feature = "json")]
    pub(crate) async fn send_encoded(&self, message: WsMessage) -> Result<(), SendError> {
        self.state.send(message)?.await
    }

    /// Waits until all messages queued so far, by any sender, have left this process, as
    /// [`WebSocket::flush`](crate::WebSocket::flush) does.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Closed`] if the socket was closed or lost before everything was
    /// flushed.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, nothing changes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::SendError;
    /// let app = |ws: WebSocket| async move {
    ///     let sender = ws.sender();
    ///     sender.send("your order is stored").await?;
    ///     assert_eq!(sender.flush().await, Ok(()));
    ///     WsResult::Ok(())
    /// };
    /// let mut client = app.test_ws("/");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "your order is stored");
    /// ```
    pub async fn flush(&self) -> Result<(), SendError> {
        self.state.flush().await
    }

    /// Sends a ping, waits for its pong, and returns the round-trip time, as
    /// [`WebSocket::ping`](crate::WebSocket::ping) does.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Closed`] if the socket is closing, or ends before the pong arrives.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, a ping may have been sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::SendError;
    /// async fn wait(mut ws: WebSocket) -> WsResult {
    ///     while ws.recv().await?.is_some() {}
    ///     Ok(())
    /// }
    ///
    /// let client = wait.connect_ws("/").await.expect("it accepts");
    /// let sender = client.sender();
    /// assert!(sender.ping().await.is_ok());
    /// client.close(WsStatus::NORMAL);
    /// assert_eq!(sender.ping().await, Err(SendError::Closed(WsStatus::NORMAL)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn ping(&self) -> Result<Duration, SendError> {
        self.state.ping().await
    }

    /// Returns the latest round-trip time. `None` before the first pong.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// async fn wait(mut ws: WebSocket) -> WsResult {
    ///     while ws.recv().await?.is_some() {}
    ///     Ok(())
    /// }
    ///
    /// let client = wait.connect_ws("/").await.expect("it accepts");
    /// let sender = client.sender();
    /// assert_eq!(sender.rtt(), None);
    /// let time = sender.ping().await?;
    /// assert_eq!(sender.rtt(), Some(time));
    /// # Ok(())
    /// # }
    /// ```
    pub fn rtt(&self) -> Option<Duration> {
        self.state.lock().round_trips.latest()
    }

    /// Sends the queued messages, then closes the socket with `status`. Calling it again has no
    /// effect.
    ///
    /// A status that cannot be sent in a frame ([`WsStatus::is_sendable`]) becomes 1011.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::{Arc, Mutex};
    /// let seat = Arc::new(Mutex::new(None::<WsSender>));
    /// let taken = Arc::clone(&seat);
    /// let app = move |ws: WebSocket| {
    ///     ws.on_message(|_message: WsMessage| ());
    ///     // The newest device of the user replaces the one before.
    ///     if let Some(before) = taken.lock().unwrap().replace(ws.sender()) {
    ///         before.close(WsStatus::new(4001, "replaced").unwrap());
    ///     }
    /// };
    /// let mut phone = app.test_ws("/");
    /// let _laptop = app.test_ws("/");
    /// assert_eq!(phone.closed().unwrap().reason(), "replaced");
    /// ```
    pub fn close(&self, status: WsStatus) {
        self.state.close(status);
    }

    /// Returns the number of messages that were dropped because the peer is too slow
    /// ([`SlowConsumer`](crate::session::SlowConsumer)).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::{SessionConfig, SlowConsumer};
    /// let app = |ws: WebSocket| {
    ///     let sender = ws.sender();
    ///     for tick in 1..=10 {
    ///         sender.try_send(tick.to_string()).unwrap();
    ///     }
    ///     assert_eq!(sender.dropped(), 8);
    /// };
    /// let config = SessionConfig::default().with_slow_consumer(SlowConsumer::DropOldest);
    /// let mut client = app.test_with(config.with_queue_messages(2)).ws("/");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "9");
    /// ```
    pub fn dropped(&self) -> u64 {
        self.state.lock().dropped()
    }

    /// Waits until the socket is closed, and returns its status. The future does not keep the
    /// socket open.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, nothing changes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::mpsc::channel;
    /// let (left, leaving) = channel();
    /// let app = move |ws: WebSocket| {
    ///     ws.on_message(|_message: WsMessage| ());
    ///     let (closed, left) = (ws.sender().closed(), left.clone());
    ///     tokio::spawn(async move { left.send(closed.await) });
    /// };
    /// let mut client = app.test_ws("/");
    /// assert!(leaving.try_recv().is_err());
    /// client.close(WsStatus::GOING_AWAY);
    /// assert_eq!(leaving.recv(), Ok(WsStatus::GOING_AWAY));
    /// ```
    pub fn closed(&self) -> impl Future<Output = WsStatus> + Send + use<Out> {
        let state = Arc::clone(&self.state);
        async move { state.closed().await }
    }
}

/// Returns the hash of a key, which differs between processes.
pub(crate) fn key_of(key: &(impl Hash + ?Sized)) -> u64 {
    static STATE: OnceLock<RandomState> = OnceLock::new();
    STATE.get_or_init(RandomState::new).hash_one(key)
}

impl<Out> Clone for WsSender<Out> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            format: self.format,
            out: PhantomData,
        }
    }
}

impl<Out> fmt::Debug for WsSender<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WsSender")
            .field("socket", &self.state)
            .finish()
    }
}

/// Two senders are equal if they send to the same socket.
impl<Out> PartialEq for WsSender<Out> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.state, &other.state)
    }
}

impl<Out> Eq for WsSender<Out> {}
