//! The trait of blocking WebSocket clients, in memory and over the network.

use std::time::Duration;

use http::HeaderMap;

use super::error::SendError;
use super::transport::no_headers;
use crate::message::{WsMessage, WsStatus};

/// A blocking client of a WebSocket, in memory or over the network, so that one test can run on
/// both.
///
/// The asynchronous client is a [`WebSocket`](crate::WebSocket) itself.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::WebSocketClient;
/// use http4k_ws::testing::WsClient;
///
/// async fn greet(ws: WebSocket) -> WsResult {
///     Ok(ws.send("hello").await?)
/// }
///
/// // Every client sees the same.
/// fn is_greeted(client: &mut impl WsClient) {
///     assert_eq!(client.received().next().unwrap().unwrap().text(), "hello");
///     assert_eq!(client.closed(), Some(WsStatus::NORMAL));
/// }
///
/// is_greeted(&mut greet.test_ws("/"));
/// # #[cfg(all(feature = "client", feature = "server"))] {
/// let server = greet.as_server("127.0.0.1:0").start().unwrap();
/// let address = format!("ws://{}/", server.addr());
/// is_greeted(&mut WebSocketClient::blocking(address).unwrap());
/// # }
/// ```
pub trait WsClient {
    /// Sends `message`.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Closed`] if the socket is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::SendError;
    /// let app = |ws: WebSocket| ws.close(WsStatus::GOING_AWAY);
    /// let mut client = app.test_ws("/");
    /// assert_eq!(client.send("hello?"), Err(SendError::Closed(WsStatus::GOING_AWAY)));
    /// ```
    fn send(&mut self, message: impl Into<WsMessage>) -> Result<(), SendError>;

    /// Waits for the next message, for at most `limit`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::time::Duration;
    /// # use http4k_ws::testing::NextMessage;
    /// let app = |ws: WebSocket| {
    ///     let sender = ws.sender();
    ///     ws.on_message(move |_message: WsMessage| sender.try_send("pong"));
    /// };
    /// let mut client = app.test_ws("/");
    /// let limit = Duration::from_millis(10);
    /// assert_eq!(client.next_within(limit), NextMessage::Pending);
    /// client.send("ping").unwrap();
    /// assert_eq!(client.next_within(limit), NextMessage::Message("pong".into()));
    /// ```
    fn next_within(&mut self, limit: Duration) -> NextMessage;

    /// Waits for the next message, up to the limit of this client.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::NextMessage;
    /// let mut client = (|ws: WebSocket| ws.try_send("hello")).test_ws("/");
    /// assert_eq!(client.next(), NextMessage::Message("hello".into()));
    /// assert_eq!(client.next(), NextMessage::Closed(WsStatus::NORMAL));
    /// ```
    fn next(&mut self) -> NextMessage;

    /// Closes the socket with `status`. Calling it again has no effect.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let mut client = (|ws: WebSocket| ws.on_message(|_message: WsMessage| ())).test_ws("/");
    /// client.close(WsStatus::GOING_AWAY);
    /// client.close(WsStatus::NORMAL);
    /// assert_eq!(client.closed(), Some(WsStatus::GOING_AWAY));
    /// ```
    fn close(&mut self, status: WsStatus);

    /// Returns the negotiated subprotocol (RFC 6455 §1.9).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::filter::subprotocols;
    /// let greet = |ws: WebSocket| ws.try_send("hello");
    /// let app = routes! { "/" with(subprotocols(["chat.v1"])) => ws(greet) };
    /// let offer = Request::get("/").header("sec-websocket-protocol", "chat.v1");
    /// assert_eq!(app.test_ws(offer).subprotocol(), Some("chat.v1"));
    /// assert_eq!(app.test_ws("/").subprotocol(), None);
    /// ```
    fn subprotocol(&self) -> Option<&str>;

    /// Returns the header fields of the response that opened the socket, except those of the
    /// handshake itself. Empty for a client that reconnects, because each connection has its own.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let app = |_request: Request| {
    ///     let consumer = WsConsumer::new(|ws: WebSocket| ws.try_send("hello"));
    ///     WsResponse::accept(consumer).with_header("x-node", "7")
    /// };
    /// assert_eq!(app.test_ws("/").response_headers()["x-node"], "7");
    /// ```
    fn response_headers(&self) -> &HeaderMap {
        no_headers()
    }

    /// Waits until the socket is closed, and returns its status. `None` if that exceeds the limit
    /// of this client.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let mut client = (|ws: WebSocket| ws.try_send("hello")).test_ws("/");
    /// assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    /// // Earlier messages can still be received.
    /// assert_eq!(client.received().next().unwrap().unwrap(), "hello");
    /// ```
    fn closed(&mut self) -> Option<WsStatus>;

    /// Asserts that for `time` no message arrives and the socket stays open.
    ///
    /// # Panics
    ///
    /// Panics if a message arrives or the socket closes, with the message or the status.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::time::Duration;
    /// let app = |ws: WebSocket| {
    ///     let sender = ws.sender();
    ///     ws.on_message(move |message: WsMessage| match message.text().is_empty() {
    ///         true => Ok(()),
    ///         false => sender.try_send(message),
    ///     });
    /// };
    /// let mut client = app.test_ws("/");
    /// client.send("").unwrap();
    /// client.expect_silence(Duration::from_millis(10));
    /// client.send("hello").unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), "hello");
    /// ```
    #[track_caller]
    fn expect_silence(&mut self, time: Duration) {
        match self.next_within(time) {
            NextMessage::Pending => {}
            NextMessage::Message(message) => {
                panic!("silence was expected for {time:?}, and a message came: {message:?}")
            }
            NextMessage::Closed(status) => {
                panic!("silence was expected for {time:?}, and the socket was closed: {status}")
            }
        }
    }

    /// Returns an iterator over the messages that arrive from now on, in order.
    ///
    /// It ends when the socket is closed with 1000, or by a close frame without a code. Any other
    /// status is one [`ReceiveError::Closed`]. If no message arrives within the limit of this
    /// client, the item is [`ReceiveError::Silent`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::ReceiveError;
    /// let app = |ws: WebSocket| {
    ///     ws.try_send("last words").unwrap();
    ///     ws.close(WsStatus::GOING_AWAY);
    /// };
    /// let mut client = app.test_ws("/");
    /// let mut received = client.received();
    /// assert_eq!(received.next().unwrap().unwrap(), "last words");
    /// let end = Err(ReceiveError::Closed(WsStatus::GOING_AWAY));
    /// assert_eq!(received.next(), Some(end));
    /// assert_eq!(received.next(), None);
    /// ```
    fn received(&mut self) -> Received<'_, Self>
    where
        Self: Sized,
    {
        Received {
            client: self,
            ended: false,
        }
    }
}

/// The outcome of waiting for a message.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::NextMessage;
///
/// let mut client = (|ws: WebSocket| ws.try_send("hello")).test_ws("/");
/// assert_eq!(client.next(), NextMessage::Message("hello".into()));
/// assert_eq!(client.next(), NextMessage::Closed(WsStatus::NORMAL));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextMessage {
    /// A message.
    Message(WsMessage),
    /// No message has arrived, and the socket is open.
    Pending,
    /// The socket is closed, and every earlier message was received.
    Closed(WsStatus),
}

/// The reason why no message was received.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::ReceiveError;
///
/// async fn closed(_ws: WebSocket) -> WsResult {
///     Err(WsError::closing(WsStatus::POLICY_VIOLATION))
/// }
///
/// let error = closed.test_ws("/").received().next().unwrap().unwrap_err();
/// assert_eq!(error, ReceiveError::Closed(WsStatus::POLICY_VIOLATION));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The socket was closed with a status other than 1000.
    #[error("the socket was closed: {0}")]
    Closed(WsStatus),
    /// The socket is open, and no message arrived within the limit of the client.
    #[error("no message came, and none is on its way")]
    Silent,
}

/// The iterator of [`WsClient::received`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// let mut client = (|ws: WebSocket| ws.try_send("hello")).test_ws("/");
/// let messages: Vec<_> = client.received().map(Result::unwrap).collect();
/// assert_eq!(messages, ["hello"]);
/// ```
#[derive(Debug)]
pub struct Received<'a, C> {
    client: &'a mut C,
    ended: bool,
}

impl<C: WsClient> Iterator for Received<'_, C> {
    type Item = Result<WsMessage, ReceiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let error = match self.client.next() {
            NextMessage::Message(message) => return Some(Ok(message)),
            NextMessage::Closed(status) if status.is_normal() => None,
            NextMessage::Closed(status) => Some(Err(ReceiveError::Closed(status))),
            NextMessage::Pending => Some(Err(ReceiveError::Silent)),
        };
        self.ended = true;
        error
    }
}
