//! Automatic reconnection.
//!
//! A [`ReconnectingWebSocket`] replaces a connection that ends with another, as often as its
//! [`ReconnectPolicy`] allows. Messages that were not written wait for the next connection, and
//! [`ReconnectEvents`] report everything that is lost.
//!
//! ```no_run
//! use http4k_ws::client::WebSocketClient;
//! use http4k_ws::client::reconnect::ReconnectingWebSocket;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut prices: ReconnectingWebSocket = WebSocketClient::to("ws://localhost:9000/prices")
//!     .reconnecting()
//!     .start();
//! while let Some(price) = prices.recv().await? {
//!     println!("{}", price.text());
//! }
//! # Ok(())
//! # }
//! ```

mod blocking;
#[cfg(feature = "json")]
mod calls;
mod connection;
mod event;
mod inbox;
mod outage;
mod outbox;
mod policy;
mod reconnector;
mod socket;
mod state;

use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;

pub use blocking::BlockingReconnectingWebSocket;
pub use event::{ReconnectEvent, ReconnectEvents};
pub(super) use outage::Outage;
pub use policy::ReconnectPolicy;
pub(super) use policy::retry_after;
use reconnector::{Connect, OnConnect, Reconnector};
pub use socket::{ReconnectingSender, ReconnectingWebSocket};
use state::ReconnectState;

use super::background;
use super::error::ConnectError;
use crate::lens::Message;
use crate::random::Random;
use crate::session::{SlowConsumer, WebSocket, WsError};

/// The bounds of the outbox, and the policy for a full one.
#[derive(Debug)]
struct Bounds {
    messages: usize,
    bytes: usize,
    when_full: SlowConsumer,
}

/// A reconnecting socket that is not started yet.
/// [`OpeningHandshake::reconnecting`](super::OpeningHandshake::reconnecting) returns it, and so
/// does [`over`](Self::over) for any other way to connect.
///
/// # Examples
///
/// A server that closes after each message, and a client that continues:
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::reconnect::{ReconnectPolicy, Reconnecting, ReconnectingWebSocket};
///
/// async fn brief(mut ws: WebSocket) -> WsResult {
///     if let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Err(WsError::closing(WsStatus::RESTART))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = brief.into_poly_handler();
/// let policy = ReconnectPolicy::default().with_base(std::time::Duration::from_millis(1));
/// let mut feed: ReconnectingWebSocket = Reconnecting::over(move || {
///     let app = app.clone();
///     async move { app.connect_ws("/feed").await }
/// })
/// .with_policy(policy)
/// .start();
/// for number in ["one", "two", "three"] {
///     feed.send(number).await?;
///     assert_eq!(feed.recv().await?, Some(WsMessage::from(number)));
/// }
/// # Ok(())
/// # }
/// # use http4k_ws::handler::IntoPolyHandler;
/// ```
#[must_use = "nothing is connected until `start` or `blocking` is called"]
pub struct Reconnecting {
    connect: Connect,
    on_connect: Option<OnConnect>,
    policy: ReconnectPolicy,
    outbox: Bounds,
}

impl Reconnecting {
    /// Returns a reconnecting socket over the connections that `connect` opens. Examples are
    /// [`connect_ws`](crate::PolyHandler::connect_ws) of an in-memory application,
    /// [`connect_over`](super::OpeningHandshake::connect_over) of a tunnel, and a handshake with a
    /// new token each time.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// let app = routes! { "/feed" => ws(|ws: WebSocket| ws.try_send("hello")) };
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(move || {
    ///     let app = app.clone();
    ///     // A new token for each connection would be fetched here.
    ///     async move { app.connect_ws(Request::get("/feed").header("x-token", "t1")).await }
    /// })
    /// .start();
    /// assert_eq!(socket.recv().await?, Some("hello".into()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn over<F, Fut, E>(mut connect: F) -> Self
    where
        F: FnMut() -> Fut + Send + 'static,
        Fut: Future<Output = Result<WebSocket, E>> + Send + 'static,
        E: Into<ConnectError>,
    {
        Self {
            connect: Box::new(move || {
                let connecting = connect();
                Box::pin(async { connecting.await.map_err(Into::into) })
            }),
            on_connect: None,
            policy: ReconnectPolicy::default(),
            outbox: Bounds {
                messages: 256,
                bytes: 1024 * 1024,
                when_full: SlowConsumer::default(),
            },
        }
    }

    /// Sets the policy for when to connect again, and when to give up. Default
    /// [`ReconnectPolicy::default`].
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{ReconnectPolicy, Reconnecting, ReconnectingWebSocket};
    /// # let app = routes! { "/feed" => ws(|ws: WebSocket| ws.close(WsStatus::NORMAL)) };
    /// # let connect = move || {
    /// #     let app = app.clone();
    /// #     async move { app.connect_ws("/feed").await }
    /// # };
    /// let policy = ReconnectPolicy::default().with_retried_code(1000).with_max_attempts(2);
    /// # let policy = policy.with_base(std::time::Duration::from_millis(1));
    /// let socket: ReconnectingWebSocket = Reconnecting::over(connect).with_policy(policy).start();
    /// // The server closes each connection at once, so that none is stable.
    /// assert_eq!(socket.closed().await, WsStatus::NORMAL);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_policy(mut self, policy: ReconnectPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the number of messages, and of their bytes, that may wait for a connection. The queue
    /// of a connection itself does not count. Default 256, at least 1, and 1 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::ConnectError;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # use http4k_ws::session::SendError;
    /// // A connection that never opens.
    /// let connect = || std::future::pending::<Result<WebSocket, ConnectError>>();
    /// let reconnecting = Reconnecting::over(connect).with_outbox(2, 1024);
    /// let socket: ReconnectingWebSocket = reconnecting.start();
    /// socket.try_send("one")?;
    /// socket.try_send("two")?;
    /// assert_eq!(socket.try_send("three"), Err(SendError::Full));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_outbox(mut self, messages: usize, bytes: usize) -> Self {
        self.outbox.messages = messages;
        self.outbox.bytes = bytes;
        self
    }

    /// Sets the policy for a message that is sent while the outbox is full. Default
    /// [`SlowConsumer::Wait`].
    ///
    /// Dropped messages are reported as [`ReconnectEvent::Lost`]. With [`SlowConsumer::Close`], the
    /// socket is closed for good.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::ConnectError;
    /// # use http4k_ws::client::reconnect::{ReconnectEvent, Reconnecting, ReconnectingWebSocket};
    /// # use http4k_ws::session::SlowConsumer;
    /// // A connection that never opens.
    /// let connect = || std::future::pending::<Result<WebSocket, ConnectError>>();
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(connect)
    ///     .with_outbox(1, 1024)
    ///     .with_slow_consumer(SlowConsumer::DropOldest)
    ///     .start();
    /// let mut events = socket.events();
    /// socket.try_send("old")?;
    /// socket.try_send("new")?;
    /// assert!(matches!(events.next().await, Some(ReconnectEvent::Lost { messages: 1 })));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_slow_consumer(mut self, when_full: SlowConsumer) -> Self {
        self.outbox.when_full = when_full;
        self
    }

    /// Calls `hook` with every new connection before any queued message is sent over it, for
    /// example to authenticate or to subscribe again. The hook may send and receive, and returns
    /// the socket. Its error closes that connection, and the policy decides if another follows.
    /// Another call replaces the hook.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::client::WebSocketClient;
    ///
    /// async fn prices(mut ws: WebSocket) -> WsResult {
    ///     while let Some(subscription) = ws.recv().await? {
    ///         ws.send(format!("1.05 for {}", subscription.text())).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let server = prices.as_server("127.0.0.1:0").start()?;
    /// let mut feed = WebSocketClient::to(format!("ws://{}/", server.addr()))
    ///     .reconnecting()
    ///     .on_connect(|ws| async move {
    ///         ws.send("EURUSD").await?;
    ///         Ok(ws)
    ///     })
    ///     .blocking()?;
    /// assert_eq!(feed.received().next().unwrap().unwrap(), "1.05 for EURUSD");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_connect<F, Fut>(mut self, mut hook: F) -> Self
    where
        F: FnMut(WebSocket) -> Fut + Send + 'static,
        Fut: Future<Output = Result<WebSocket, WsError>> + Send + 'static,
    {
        self.on_connect = Some(Box::new(move |socket| Box::pin(hook(socket))));
        self
    }

    /// Starts to connect in a task of the current tokio runtime, and returns immediately.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket<String, Json<u32>>| {
    /// #     let sender = ws.sender();
    /// #     ws.on_message(move |text: String| sender.try_send(Json(text.len() as u32)));
    /// # };
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut lengths: ReconnectingWebSocket<Json<u32>, String> =
    ///     Reconnecting::over(connect).start();
    /// // No connection is open yet, so the message waits for it.
    /// lengths.send("hello").await?;
    /// assert_eq!(lengths.recv().await?, Some(Json(5)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn start<In: Message, Out: Message>(self) -> ReconnectingWebSocket<In, Out> {
        let (socket, reconnector) = self.parts();
        tokio::spawn(reconnector.run());
        socket
    }

    /// Starts to connect in the background, and returns a socket with blocking calls immediately.
    /// It needs no runtime, and can be used inside one.
    ///
    /// # Errors
    ///
    /// Returns an `io::Error` if the threads of the background cannot be started.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::Reconnecting;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| ws.try_send("hello");
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut client = Reconnecting::over(connect).blocking()?;
    /// assert_eq!(client.received().next().unwrap()?, "hello");
    /// assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking(self) -> io::Result<BlockingReconnectingWebSocket> {
        let runtime = background::runtime()?;
        let (socket, reconnector) = self.parts();
        runtime.spawn(reconnector.run());
        Ok(BlockingReconnectingWebSocket::new(socket))
    }

    fn parts<In, Out>(self) -> (ReconnectingWebSocket<In, Out>, Reconnector) {
        let (reconnector, events) = self.reconnector();
        let state = Arc::clone(&reconnector.state);
        (ReconnectingWebSocket::new(state, events), reconnector)
    }

    fn reconnector(self) -> (Reconnector, ReconnectEvents) {
        let (sender, events) = event::channel();
        let reconnector = Reconnector {
            state: Arc::new(ReconnectState::new(self.outbox, sender)),
            connect: self.connect,
            on_connect: self.on_connect,
            random: self.policy.seed.map_or_else(Random::new, Random::seeded),
            policy: self.policy,
            #[cfg(feature = "json")]
            carried: None,
        };
        (reconnector, events)
    }
}

impl fmt::Debug for Reconnecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnecting")
            .field("policy", &self.policy)
            .field("outbox", &self.outbox)
            .finish_non_exhaustive()
    }
}
