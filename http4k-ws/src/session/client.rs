//! What talks to a socket from the other side, offline and live alike.

use std::time::Duration;

use http::HeaderMap;

use crate::message::{WsMessage, WsStatus};
use crate::session::{SendError, no_headers};

/// A client of a WebSocket: the same in memory and over the network, so that one test can run on both.
///
/// Its calls block. The asynchronous twin is a [`WebSocket`](crate::WebSocket) itself.
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
/// // Whatever the client is, it sees the same.
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
    /// [`SendError::Closed`] once the socket is closed.
    fn send(&mut self, message: impl Into<WsMessage>) -> Result<(), SendError>;

    /// Waits for the next message, at most for `limit`.
    fn next_within(&mut self, limit: Duration) -> NextMessage;

    /// Waits for the next message as long as this client is willing to; see [`received`](Self::received).
    fn next(&mut self) -> NextMessage;

    /// Closes the socket with `status`. Closing twice is nothing.
    fn close(&mut self, status: WsStatus);

    /// The subprotocol agreed on (RFC 6455 §1.9).
    fn subprotocol(&self) -> Option<&str>;

    /// Returns the header fields of the response that opened the socket, except those of the
    /// handshake itself. Empty for a client that reconnects, because each connection has its own.
    fn response_headers(&self) -> &HeaderMap {
        no_headers()
    }

    /// Waits until the socket is closed, and gives the status; `None` when that takes too long.
    fn closed(&mut self) -> Option<WsStatus>;

    /// Waits for `time`, in which no message may come and the socket must stay open.
    ///
    /// # Panics
    ///
    /// When something does come; it is named.
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

    /// Every message still to come, in order.
    ///
    /// It ends when the socket is closed with 1000, or by a close frame without a code. Any other end is
    /// given once as [`ReceiveError::Closed`]. When nothing comes for as long as the client is willing to
    /// wait, that is given as [`ReceiveError::Silent`].
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

/// What waiting for a message came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextMessage {
    /// A message.
    Message(WsMessage),
    /// Nothing yet; the socket is open.
    Pending,
    /// The socket is closed, and every message before that was received.
    Closed(WsStatus),
}

/// Why no message was received.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The socket was closed with another status than 1000.
    #[error("the socket was closed: {0}")]
    Closed(WsStatus),
    /// The socket is open, and nothing came for as long as the client was willing to wait.
    #[error("no message came, and none is on its way")]
    Silent,
}

/// The messages still to come; made by [`WsClient::received`].
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
