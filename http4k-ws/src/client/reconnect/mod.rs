//! A socket that goes on when its connection does not.

mod blocking;
mod conversation;
mod driver;
mod event;
mod link;
mod mailbox;
mod policy;
mod socket;

use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;

pub use blocking::BlockingReconnectingWebSocket;
use driver::{Connect, Driver, OnConnect};
pub use event::{ReconnectEvent, ReconnectEvents};
use link::Link;
pub use policy::ReconnectPolicy;
pub use socket::{ReconnectingSender, ReconnectingWebSocket};

use super::background;
use super::error::ConnectError;
use crate::lens::Message;
use crate::random::Random;
use crate::session::{WebSocket, WsError};

/// What happens to a message that is sent while the outbox is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WhenFull {
    /// It waits for room: `send` waits, `try_send` is [`SendError::Full`](crate::SendError::Full).
    #[default]
    Wait,
    /// It takes the place of the oldest, which is [`ReconnectEvent::Lost`]: for news that only the latest of
    /// counts.
    DropOldest,
}

/// What waits to be sent, at most.
#[derive(Debug, Clone, Copy)]
struct Outbox {
    messages: usize,
    bytes: usize,
    when_full: WhenFull,
}

/// A socket that is to go on when its connection does not; made by
/// [`OpeningHandshake::reconnecting`](super::OpeningHandshake::reconnecting), or over anything that
/// [connects](Self::over).
///
/// # Examples
///
/// A server that closes after each message, and a client that does not mind:
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
    outbox: Outbox,
}

impl Reconnecting {
    /// Over anything that connects: [`connect_ws`](crate::PolyHandler::connect_ws) of an application in memory,
    /// [`connect_over`](super::OpeningHandshake::connect_over) of a tunnel, a handshake whose token is fetched
    /// each time.
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
            outbox: Outbox {
                messages: 256,
                bytes: 1024 * 1024,
                when_full: WhenFull::default(),
            },
        }
    }

    /// When to connect again, and when to give up.
    pub fn with_policy(mut self, policy: ReconnectPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// How many messages, and how many bytes of them, may wait for a connection; what a connection itself
    /// may hold is not counted. Default 256, at least 1, and 1 MiB.
    pub fn with_outbox(mut self, messages: usize, bytes: usize) -> Self {
        self.outbox.messages = messages;
        self.outbox.bytes = bytes;
        self
    }

    /// What happens to a message that is sent while the outbox is full. Default [`WhenFull::Wait`].
    pub fn with_when_full(mut self, when_full: WhenFull) -> Self {
        self.outbox.when_full = when_full;
        self
    }

    /// Calls `hook` with every new connection before anything that waits is sent over it: to subscribe
    /// again, to say who is there. It may send and receive, and gives the socket back; its error closes that
    /// connection, and the policy says whether there is another.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::client::WebSocketClient;
    ///
    /// let feed = WebSocketClient::to("ws://localhost:9000/prices")
    ///     .reconnecting()
    ///     .on_connect(|ws| async move {
    ///         ws.send("subscribe EURUSD").await?;
    ///         Ok(ws)
    ///     });
    /// ```
    pub fn on_connect<F, Fut>(mut self, mut hook: F) -> Self
    where
        F: FnMut(WebSocket) -> Fut + Send + 'static,
        Fut: Future<Output = Result<WebSocket, WsError>> + Send + 'static,
    {
        self.on_connect = Some(Box::new(move |socket| Box::pin(hook(socket))));
        self
    }

    /// Starts to connect, in a task of the current tokio runtime, and returns at once.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn start<In: Message, Out: Message>(self) -> ReconnectingWebSocket<In, Out> {
        let (socket, driver) = self.parts();
        tokio::spawn(driver.run());
        socket
    }

    /// Starts to connect in the background, and returns at once, for code that waits in plain functions;
    /// needs no runtime, and does no harm to one around it.
    ///
    /// # Errors
    ///
    /// `io::Error` where the background's threads can't be started.
    pub fn blocking(self) -> io::Result<BlockingReconnectingWebSocket> {
        let runtime = background::runtime()?;
        let (socket, driver) = self.parts();
        runtime.spawn(driver.run());
        Ok(BlockingReconnectingWebSocket::new(socket))
    }

    fn parts<In, Out>(self) -> (ReconnectingWebSocket<In, Out>, Driver) {
        let (teller, events) = event::channel();
        let link = Arc::new(Link::new(&self.outbox, teller));
        let driver = Driver {
            link: Arc::clone(&link),
            connect: self.connect,
            on_connect: self.on_connect,
            random: self.policy.seed.map_or_else(Random::new, Random::seeded),
            policy: self.policy,
        };
        (ReconnectingWebSocket::new(link, events), driver)
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
