//! The client in memory.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::timeout;

use super::pipe::Line;
use super::world::World;
use crate::handler::{NextMessage, SendError, WebSocket, WsClient, WsError};
use crate::message::{WsMessage, WsStatus};

/// How long the client waits for a message where no limit is given. With feature `testing` it is
/// virtual, and passes in no time.
#[cfg(feature = "testing")]
const PATIENCE: Duration = Duration::from_secs(60 * 60);
#[cfg(not(feature = "testing"))]
const PATIENCE: Duration = Duration::from_secs(5);

/// A client of a socket in memory: no port, no network, no waiting.
///
/// Each call returns when the application has nothing left to do, so tests are deterministic. With
/// feature `testing` time is virtual: sending never moves it, waiting for a message moves it to the next
/// timer, [`advance`](Self::advance) moves it by hand. All clients of a test thread share one clock.
///
/// Dropping the client closes the socket with 1000.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::NextMessage;
///
/// async fn late(ws: WebSocket) -> WsResult {
///     tokio::time::sleep(Duration::from_millis(20)).await;
///     Ok(ws.send("here I am").await?)
/// }
///
/// let mut client = late.test_ws("/");
/// assert_eq!(client.next_within(Duration::from_millis(1)), NextMessage::Pending);
/// assert_eq!(client.received().next().unwrap().unwrap().text(), "here I am");
/// ```
#[derive(Debug)]
pub struct TestWsClient {
    world: World,
    /// Always there between two calls.
    socket: Option<WebSocket>,
    subprotocol: Option<String>,
    line: Line,
}

impl TestWsClient {
    pub(super) fn new(world: World, socket: WebSocket, line: Line) -> Self {
        let subprotocol = socket.subprotocol().map(str::to_owned);
        let client = Self {
            world,
            socket: Some(socket),
            subprotocol,
            line,
        };
        client.world.settle();
        client
    }

    /// Moves the clock on by `time`: every timer in between fires at its time, in order.
    #[cfg(feature = "testing")]
    pub fn advance(&mut self, time: Duration) {
        let settled = self.world.settled();
        self.world.run(async move {
            tokio::time::sleep(time).await;
            settled.await;
        });
    }

    /// Has the application told of `error`, as if its connection had reported it: what it registered with
    /// [`on_error`](WebSocket::on_error) gets it, and the socket goes on; without such, the socket is closed
    /// with the error's status.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = |ws: WebSocket| {
    ///     let sender = ws.sender();
    ///     ws.on_error(move |error| sender.try_send(error.to_string()).unwrap());
    /// };
    /// let mut client = app.test_ws("/");
    /// client.error(std::io::Error::other("the line crackles"));
    /// assert_eq!(client.received().next().unwrap().unwrap().text(), "the line crackles");
    /// ```
    pub fn error(&mut self, error: impl Into<WsError>) {
        self.line.error(error.into());
        self.world.settle();
    }

    /// Takes nothing more of what the application sends, as a client whose process is stopped: once the
    /// buffers between them are full, the application's writes stall.
    ///
    /// What the client has taken before can still be received, and it may send. See
    /// [`SessionConfig::write_stall`](crate::SessionConfig::write_stall) for what becomes of it.
    pub fn stop_reading(&mut self) {
        self.line.set_reading(false);
        self.world.settle();
    }

    /// Reads on, after [`stop_reading`](Self::stop_reading).
    pub fn read_on(&mut self) {
        self.line.set_reading(true);
        self.world.settle();
    }

    /// Vanishes without a word, as a client whose cable is pulled: the application hears nothing any more,
    /// not even of an end, and what it sends arrives nowhere.
    pub fn vanish(self) {
        self.line.sever();
    }

    /// Runs `work` on the socket in the application's world.
    fn with_socket<T, F, Fut>(&mut self, work: F) -> T
    where
        F: FnOnce(WebSocket) -> Fut,
        Fut: Future<Output = (WebSocket, T)> + Send + 'static,
        T: Send + 'static,
    {
        let socket = self.socket.take().expect("the socket is put back below");
        let (socket, value) = self.world.run(work(socket));
        self.socket = Some(socket);
        value
    }
}

/// A message that the session has received already: to take it, the world need not run.
fn already_there(socket: &mut WebSocket) -> Option<WsMessage> {
    socket.next_message().now_or_never().flatten()
}

async fn next_within(socket: &mut WebSocket, limit: Duration) -> NextMessage {
    let next = async {
        match socket.next_message().await {
            Some(message) => NextMessage::Message(message),
            None => NextMessage::Closed(socket.closed().await),
        }
    };
    timeout(limit, next).await.unwrap_or(NextMessage::Pending)
}

impl WsClient for TestWsClient {
    /// Sends, and returns when the application has nothing left to do.
    ///
    /// Where the application reads so little that the message must wait, it is [`SendError::Full`].
    fn send(&mut self, message: impl Into<WsMessage>) -> Result<(), SendError> {
        let message = message.into();
        let (full, answered) = (self.world.settled(), self.world.settled());
        self.with_socket(|socket| async move {
            let sent = tokio::select! {
                biased;
                sent = socket.send(message) => sent,
                () = full => Err(SendError::Full),
            };
            answered.await;
            (socket, sent)
        })
    }

    fn next_within(&mut self, limit: Duration) -> NextMessage {
        if let Some(message) = self.socket.as_mut().and_then(already_there) {
            return NextMessage::Message(message);
        }
        self.with_socket(|mut socket| async move {
            let next = next_within(&mut socket, limit).await;
            (socket, next)
        })
    }

    fn next(&mut self) -> NextMessage {
        self.next_within(PATIENCE)
    }

    fn close(&mut self, status: WsStatus) {
        if let Some(socket) = &self.socket {
            socket.close(status);
        }
        self.world.settle();
    }

    fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    fn closed(&mut self) -> Option<WsStatus> {
        self.with_socket(|socket| async move {
            let closed = timeout(PATIENCE, socket.closed()).await.ok();
            (socket, closed)
        })
    }
}

impl Drop for TestWsClient {
    fn drop(&mut self) {
        self.socket = None;
        self.world.settle();
    }
}
