//! Clients: sockets to WebSocket servers, and requests to HTTP servers.
//!
//! ```
//! use http4k_ws::{SendError, Serve, WebSocket};
//! use http4k_ws::client::WebSocketClient;
//! use http4k_ws::testing::WsClient;
//!
//! async fn greet(ws: WebSocket) -> Result<(), SendError> {
//!     ws.send("hello").await
//! }
//!
//! let server = greet.as_server("127.0.0.1:0").start()?;
//! let mut client = WebSocketClient::blocking(format!("ws://{}/", server.addr()))?;
//! assert_eq!(client.received().next().unwrap()?.text(), "hello");
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
#![doc = include_str!("../docs/clients.md")]

mod background;
mod blocking;
mod callbacks;
mod connect;
mod dial;
mod error;
pub mod event_source;
mod happy_eyeballs;
mod http;
mod opening;
pub mod reconnect;
mod stream;
mod uri;

pub use blocking::BlockingWebSocket;
pub use callbacks::CallbackWebSocket;
pub use dial::DialError;
pub use error::ConnectError;
pub use event_source::{BlockingEventSource, EventSource, EventSourceError};
pub use http::{BlockingHttpClient, HttpClient, HttpClientError};
pub use opening::OpeningHandshake;

#[cfg(not(feature = "tls"))]
pub use crate::switched_off::ClientTls;
#[cfg(feature = "tls")]
pub use crate::tls::client::ClientTls;

use crate::handler::IntoConsumed;
use crate::lens::Message;
use crate::session::{IntoWsResult, WebSocket};

/// Connects to WebSocket servers.
///
/// # Examples
///
/// ```
/// use http4k_ws::client::WebSocketClient;
/// use http4k_ws::prelude::*;
///
/// let app = routes! { "/hello" => ws(|ws: WebSocket| ws.try_send("hello")) };
/// let server = app.as_server("127.0.0.1:0").start()?;
/// let mut client = WebSocketClient::blocking(format!("ws://{}/hello", server.addr()))?;
/// assert_eq!(client.received().next().unwrap()?, "hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct WebSocketClient;

impl WebSocketClient {
    /// Connects to `uri`, such as `ws://localhost:9000/chat`. The socket belongs to the current
    /// tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns [`ConnectError`] if the socket could not be opened.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime with I/O and time.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{ConnectError, WebSocketClient};
    /// # let app = routes! { "/chat" => ws(|ws: WebSocket| ws.try_send("hello")) };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let address = server.addr();
    /// let mut socket = WebSocketClient::connect(format!("ws://{address}/chat")).await?;
    /// assert_eq!(socket.recv().await?, Some("hello".into()));
    ///
    /// let error = WebSocketClient::connect(format!("ws://{address}/chatt")).await.unwrap_err();
    /// assert!(matches!(error, ConnectError::Refused { response } if response.status() == 404));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(uri: impl Into<String>) -> Result<WebSocket, ConnectError> {
        Self::to(uri).connect().await
    }

    /// Connects to `uri`, and blocks until the socket is open. It needs no runtime, and can be used
    /// inside one.
    ///
    /// # Errors
    ///
    /// Returns [`ConnectError`] if the socket could not be opened.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{ConnectError, WebSocketClient};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = (|ws: WebSocket| ws.try_send("hello")).as_server("127.0.0.1:0").start()?;
    /// # let address = server.addr();
    /// let mut client = WebSocketClient::blocking(format!("ws://{address}/"))?;
    /// assert_eq!(client.received().next().unwrap()?, "hello");
    ///
    /// server.stop();
    /// let error = WebSocketClient::blocking(format!("ws://{address}/")).unwrap_err();
    /// assert!(matches!(error, ConnectError::Dial(_)), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking(uri: impl Into<String>) -> Result<BlockingWebSocket, ConnectError> {
        Self::to(uri).blocking()
    }

    /// Connects to `uri` in the background, and calls `on_connect` with the open socket, as
    /// http4k's callback client does. The call returns immediately and does not fail. Errors are
    /// reported to [`on_error`](CallbackWebSocket::on_error). It needs no runtime, and can be used
    /// inside one.
    ///
    /// `on_connect` is a function over a socket, async or not, like the consumer of a server.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::mpsc::channel;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| {
    /// #     let sender = ws.sender();
    /// #     ws.on_message(move |message: WsMessage| sender.try_send(message));
    /// # };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let (echoed, echo) = channel();
    /// let client = WebSocketClient::non_blocking(uri, |ws: WebSocket| ws.try_send("hello"));
    /// client.on_message(move |message| echoed.send(message).unwrap());
    /// assert_eq!(echo.recv()?, "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn non_blocking<In, Out, F, R, When>(
        uri: impl Into<String>,
        on_connect: F,
    ) -> CallbackWebSocket
    where
        In: Message,
        Out: Message,
        F: FnOnce(WebSocket<In, Out>) -> R + Send + 'static,
        R: IntoConsumed<When, Output: IntoWsResult, Future: Send>,
    {
        Self::to(uri).non_blocking(on_connect)
    }

    /// Returns an opening handshake with `uri`, which can be configured before it is done.
    ///
    /// The scheme is `ws` or `http`, or with the feature `tls` also `wss` or `https`. User
    /// information, as in `ws://user:password@host/`, is sent as `Authorization: Basic` (RFC 7617),
    /// also over a connection that is not encrypted.
    ///
    /// The handshake fails with [`ConnectError::BadUri`] if the URI has a fragment (RFC 6455 §3), a
    /// port over 65,535, an empty host, or an IPv6 address with a zone. It also fails if the URI
    /// names a user and `Authorization` is set as well.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::{ConnectError, WebSocketClient};
    /// let bad = |uri| WebSocketClient::to(uri).blocking().unwrap_err();
    /// assert!(matches!(bad("ws://localhost/#top"), ConnectError::BadUri { .. }));
    /// assert!(matches!(bad("ws://localhost:99999/"), ConnectError::BadUri { .. }));
    /// assert!(matches!(bad("ftp://localhost/"), ConnectError::UnsupportedScheme { .. }));
    /// ```
    pub fn to(uri: impl Into<String>) -> OpeningHandshake {
        OpeningHandshake::new(uri.into())
    }
}
