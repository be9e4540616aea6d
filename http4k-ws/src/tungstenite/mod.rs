//! Connections that `tokio-tungstenite` 0.30 has opened.
//!
//! A program that has such a connection keeps it, and uses it as a [`WebSocket`]: with the same
//! session, and so with the queues, deadlines, callbacks and metrics of [`SessionConfig`]. The
//! module is bound to that version. It changes with the library's own copy of `tokio-tungstenite`,
//! and a program with another version gets a compile error at [`Opened::new`].
//!
//! tungstenite decodes and encodes the frames, so these rules are its own, or do not hold:
//!
//! - `max_message` is checked when a message is complete. Set `max_message_size` of its
//!   `WebSocketConfig`, too.
//! - `max_frame`, `max_fragments`, `max_empty_fragments`, `max_control_rate`, `message_deadline`
//!   and `message_rate` are not enforced, and messages are not compressed.
//! - `write_stall` and `dead_after` count whole messages, so a slow peer needs small ones.
//! - A close frame of the peer is answered as soon as it is read. The responses to the messages
//!   before it leave first, if the consumer sends them without waiting for anything else.
//! - A text that is not UTF-8 fails at the end of its message.
//!
//! # Examples
//!
//! ```
//! use http4k_ws::prelude::*;
//! use http4k_ws::tungstenite::Opened;
//! use tokio_tungstenite::{accept_async, client_async};
//!
//! async fn echo(mut ws: WebSocket) -> WsResult {
//!     while let Some(message) = ws.recv().await? {
//!         ws.send(message).await?;
//!     }
//!     Ok(())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let (ours, theirs) = tokio::io::duplex(1024);
//! tokio::spawn(async {
//!     let accepted = accept_async(ours).await.unwrap();
//!     Opened::new(accepted).serve(WsConsumer::new(echo)).await
//! });
//! let (connected, _response) = client_async("ws://localhost/", theirs).await.unwrap();
//! let mut socket = Opened::new(connected).connect();
//! socket.send("hello").await.unwrap();
//! assert_eq!(socket.recv().await.unwrap().unwrap(), "hello");
//! # }
//! ```

mod transport;

use std::sync::Arc;

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;

use crate::handler::WsConsumer;
use crate::message::{IntoRequest, Request, WsStatus};
use crate::session::{Handshake, Role, SessionConfig, WebSocket, open};
use transport::Adapter;

/// A connection of another library that can carry a session.
///
/// Only this library implements it, for the `WebSocketStream` of `tokio-tungstenite`.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::tungstenite::{Connection, Opened};
/// use tokio_tungstenite::WebSocketStream;
/// use tokio_tungstenite::tungstenite::protocol::Role;
///
/// /// Returns the socket over a connection of any stream of bytes.
/// fn connect(connection: impl Connection) -> WebSocket {
///     Opened::new(connection).connect()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (ours, theirs) = tokio::io::duplex(1024);
/// let theirs = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
/// tokio::spawn(Opened::new(theirs).serve(WsConsumer::new(|ws: WebSocket| ws.try_send("hi"))));
/// let mut socket = connect(WebSocketStream::from_raw_socket(ours, Role::Client, None).await);
/// assert_eq!(socket.recv().await.unwrap().unwrap(), "hi");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connection that http4k-ws can use",
    label = "expected a `tokio_tungstenite::WebSocketStream` of version 0.30",
    note = "another version of `tokio-tungstenite` has another type of the same name"
)]
pub trait Connection: private::Sealed {}

mod private {
    use super::{Opened, WebSocket, WsConsumer, WsStatus};

    /// A connection that can carry a session. Only the library implements it.
    pub trait Sealed: Sized {
        #[doc(hidden)]
        fn connect(opened: Opened<Self>) -> WebSocket;

        #[doc(hidden)]
        fn serve(
            opened: Opened<Self>,
            consumer: WsConsumer,
        ) -> impl Future<Output = WsStatus> + Send;
    }
}

impl<S> Connection for WebSocketStream<S> where S: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S> private::Sealed for WebSocketStream<S>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    fn connect(opened: Opened<Self>) -> WebSocket {
        let (connection, handshake, config) = opened.into_parts();
        let transport = Adapter::new(connection, config.max_message);
        let (socket, session) = open(transport, Role::Client, handshake, Arc::new(config));
        tokio::spawn(session.map(drop));
        socket
    }

    async fn serve(opened: Opened<Self>, mut consumer: WsConsumer) -> WsStatus {
        let (connection, handshake, config) = opened.into_parts();
        let config = consumer.session(&Arc::new(config));
        let transport = Adapter::new(connection, config.max_message);
        let (socket, session) = open(transport, Role::Server, handshake, config);
        session.with_consumer(consumer.start(socket)).await
    }
}

/// A connection after its opening handshake, in either role.
///
/// See the [module](self) for its use on both sides, and for the limits that do not hold.
///
/// # Examples
///
/// ```
/// use http4k_ws::tungstenite::Opened;
/// use tokio_tungstenite::WebSocketStream;
/// use tokio_tungstenite::tungstenite::protocol::Role;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (ours, _theirs) = tokio::io::duplex(1024);
/// let opened = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
/// let opened = Opened::new(opened).with_request("/rooms/blue").with_subprotocol("chat");
/// let socket = opened.connect();
/// assert_eq!(socket.request().uri(), "/rooms/blue");
/// assert_eq!(socket.subprotocol(), Some("chat"));
/// # }
/// ```
#[derive(Debug)]
#[must_use = "an opened connection does nothing until it is connected or served"]
pub struct Opened<C> {
    connection: C,
    request: Request,
    subprotocol: Option<String>,
    config: SessionConfig,
}

impl<C: Connection> Opened<C> {
    /// Wraps a connection whose opening handshake is done, with the default [`SessionConfig`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::tungstenite::Opened;
    /// use tokio_tungstenite::WebSocketStream;
    /// use tokio_tungstenite::tungstenite::protocol::Role;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (ours, _theirs) = tokio::io::duplex(1024);
    /// let opened = Opened::new(WebSocketStream::from_raw_socket(ours, Role::Client, None).await);
    /// let socket = opened.connect();
    /// assert_eq!((socket.request().uri().path(), socket.subprotocol()), ("/", None));
    /// # }
    /// ```
    pub fn new(connection: C) -> Self {
        Self {
            connection,
            request: Request::default(),
            subprotocol: None,
            config: SessionConfig::default(),
        }
    }

    /// Sets the request of the opening handshake, which [`WebSocket::request`] returns. Default:
    /// `GET /`.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::tungstenite::Opened;
    /// use tokio_tungstenite::WebSocketStream;
    /// use tokio_tungstenite::tungstenite::protocol::Role;
    ///
    /// async fn greet(ws: WebSocket) -> WsResult {
    ///     let name = ws.request().query("name").unwrap_or_default().into_owned();
    ///     Ok(ws.send(format!("hello {name}")).await?)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (ours, theirs) = tokio::io::duplex(1024);
    /// let opened = WebSocketStream::from_raw_socket(ours, Role::Server, None).await;
    /// let opened = Opened::new(opened).with_request("/chat?name=ann");
    /// tokio::spawn(opened.serve(WsConsumer::new(greet)));
    /// # let theirs = WebSocketStream::from_raw_socket(theirs, Role::Client, None).await;
    /// # let mut client = Opened::new(theirs).connect();
    /// assert_eq!(client.recv().await.unwrap().unwrap(), "hello ann");
    /// # }
    /// ```
    #[track_caller]
    pub fn with_request(mut self, request: impl IntoRequest) -> Self {
        match request.into_request() {
            Ok(request) => self.request = request,
            Err(error) => panic!("invalid request: {error}"),
        }
        self
    }

    /// Sets the subprotocol that the opening handshake agreed on. Default: none.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::tungstenite::Opened;
    /// use tokio_tungstenite::WebSocketStream;
    /// use tokio_tungstenite::tungstenite::protocol::Role;
    ///
    /// async fn version(ws: WebSocket) -> WsResult {
    ///     let version = ws.subprotocol().unwrap_or("none").to_owned();
    ///     Ok(ws.send(version).await?)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (ours, theirs) = tokio::io::duplex(1024);
    /// let opened = WebSocketStream::from_raw_socket(ours, Role::Server, None).await;
    /// let opened = Opened::new(opened).with_subprotocol("chat.v2");
    /// tokio::spawn(opened.serve(WsConsumer::new(version)));
    /// # let theirs = WebSocketStream::from_raw_socket(theirs, Role::Client, None).await;
    /// # let mut client = Opened::new(theirs).connect();
    /// assert_eq!(client.recv().await.unwrap().unwrap(), "chat.v2");
    /// # }
    /// ```
    pub fn with_subprotocol(mut self, subprotocol: impl Into<String>) -> Self {
        self.subprotocol = Some(subprotocol.into());
        self
    }

    /// Sets the bounds of the session.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::session::{SendError, SessionConfig};
    /// use http4k_ws::tungstenite::Opened;
    /// use tokio_tungstenite::WebSocketStream;
    /// use tokio_tungstenite::tungstenite::protocol::Role;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (ours, _theirs) = tokio::io::duplex(1024);
    /// let opened = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
    /// let config = SessionConfig::default().with_queue_messages(1);
    /// let socket = Opened::new(opened).with_config(config).connect();
    /// assert!(socket.try_send("first").is_ok());
    /// assert_eq!(socket.try_send("second"), Err(SendError::Full));
    /// # }
    /// ```
    pub fn with_config(mut self, config: SessionConfig) -> Self {
        self.config = config;
        self
    }

    /// Returns the socket of a client, whose session is a task of the current runtime.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures_util::{SinkExt, StreamExt};
    /// use http4k_ws::tungstenite::Opened;
    /// use tokio_tungstenite::WebSocketStream;
    /// use tokio_tungstenite::tungstenite::protocol::Role;
    /// use tokio_tungstenite::tungstenite::Message;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (ours, theirs) = tokio::io::duplex(1024);
    /// let opened = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
    /// let mut socket = Opened::new(opened).connect();
    /// # let mut server = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
    /// server.send(Message::text("hello")).await.unwrap();
    /// assert_eq!(socket.recv().await.unwrap().unwrap(), "hello");
    /// socket.send("hi").await.unwrap();
    /// assert_eq!(server.next().await.unwrap().unwrap(), Message::text("hi"));
    /// # }
    /// ```
    pub fn connect(self) -> WebSocket {
        C::connect(self)
    }

    /// Runs a server's socket with `consumer` to its end, and returns its final status.
    ///
    /// The consumer may change the bounds with [`WsConsumer::with_session`]. Its end, its error and
    /// its panic close the socket as they do on a server.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection abruptly.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::tungstenite::Opened;
    /// use tokio_tungstenite::WebSocketStream;
    /// use tokio_tungstenite::tungstenite::protocol::Role;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (ours, theirs) = tokio::io::duplex(1024);
    /// let opened = Opened::new(WebSocketStream::from_raw_socket(ours, Role::Server, None).await);
    /// let failing = WsConsumer::new(|_ws: WebSocket| Err::<(), _>("out of tea"));
    /// # let theirs = WebSocketStream::from_raw_socket(theirs, Role::Client, None).await;
    /// # let client = Opened::new(theirs).connect();
    /// assert_eq!(opened.serve(failing).await, WsStatus::INTERNAL_ERROR);
    /// assert_eq!(client.closed().await.code(), 1011);
    /// # }
    /// ```
    pub async fn serve(self, consumer: WsConsumer) -> WsStatus {
        C::serve(self, consumer).await
    }

    fn into_parts(self) -> (C, Handshake, SessionConfig) {
        let handshake = Handshake {
            request: self.request.into(),
            subprotocol: self.subprotocol,
            route: None,
            response: None,
        };
        (self.connection, handshake, self.config)
    }
}
