//! The blocking clients of a socket: in memory, and over a pipe of bytes.

use super::driven::{DrivenSocket, driven};
use super::pipe::Line;
use super::runtime::TestRuntime;
use crate::session::{WebSocket, WsError};

/// A client of a socket in memory.
///
/// Each call returns when the application has nothing left to do, so tests are deterministic. With
/// feature `testing` time is virtual: sending never moves it, waiting for a message moves it to the
/// next timer, and [`advance`](Self::advance) moves it by hand. All clients of a test thread share
/// one clock.
///
/// Dropping the client closes the socket with 1000.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::NextMessage;
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
    socket: DrivenSocket,
    line: Line,
}

driven!(TestWsClient);

impl TestWsClient {
    pub(super) fn new(runtime: TestRuntime, socket: WebSocket, line: Line) -> Self {
        Self {
            socket: DrivenSocket::new(runtime, socket),
            line,
        }
    }

    /// Reports `error` to the application, as if its connection had failed with it.
    ///
    /// A callback registered with [`on_error`](WebSocket::on_error) receives the error, and the
    /// socket stays open. Without a callback, the socket is closed with the error's status.
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
    /// client.error(std::io::Error::other("connection reset"));
    /// assert_eq!(client.received().next().unwrap().unwrap().text(), "connection reset");
    /// ```
    pub fn error(&mut self, error: impl Into<WsError>) {
        self.line.error(error.into());
        self.socket.settle();
    }

    /// Stops reading from the connection, as a client whose process is suspended. Once the buffers
    /// are full, the application's writes stall.
    ///
    /// Messages that the client has read before can still be received, and the client can still
    /// send. [`SessionConfig::write_stall`](crate::session::SessionConfig::write_stall) limits how
    /// long the application waits.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::{SendError, SessionConfig};
    /// let app = |ws: WebSocket| {
    ///     let sender = ws.sender();
    ///     ws.on_message(move |_message: WsMessage| {
    ///         // The queue and the buffers of the connection are full in the end.
    ///         while sender.try_send(vec![0_u8; 10_000]) != Err(SendError::Full) {}
    ///     });
    /// };
    /// let mut client = app.test_ws("/");
    /// client.stop_reading();
    /// client.send("as fast as you can").unwrap();
    /// client.expect_silence(std::time::Duration::from_millis(10));
    /// client.read_on();
    /// assert_eq!(client.received().next().unwrap().unwrap().as_bytes().len(), 10_000);
    /// ```
    pub fn stop_reading(&mut self) {
        self.line.set_reading(false);
        self.socket.settle();
    }

    /// Resumes reading after [`stop_reading`](Self::stop_reading).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::testing::NextMessage;
    /// # use std::time::Duration;
    /// let app = |ws: WebSocket| {
    ///     let sender = ws.sender();
    ///     ws.on_message(move |message: WsMessage| sender.try_send(message));
    /// };
    /// let mut client = app.test_ws("/");
    /// client.stop_reading();
    /// client.send("hello").unwrap();
    /// assert_eq!(client.next_within(Duration::from_millis(10)), NextMessage::Pending);
    /// client.read_on();
    /// assert_eq!(client.next(), NextMessage::Message("hello".into()));
    /// ```
    pub fn read_on(&mut self) {
        self.line.set_reading(true);
        self.socket.settle();
    }

    /// Disappears without closing, as a client whose cable is unplugged. The application receives
    /// nothing more and no end of the connection, and its messages are lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::session::SessionConfig;
    /// # use std::sync::mpsc::channel;
    /// # use std::time::Duration;
    /// let (left, leaving) = channel();
    /// let app = move |ws: WebSocket| {
    ///     let left = left.clone();
    ///     ws.on_close(move |status| left.send(status).unwrap());
    /// };
    /// let config = SessionConfig::default()
    ///     .with_ping_interval(Duration::from_millis(10))
    ///     .with_dead_after(Duration::from_millis(30));
    /// let app = app.test_with(config);
    /// let mut other = app.ws("/");
    /// app.ws("/").vanish();
    /// other.expect_silence(Duration::from_millis(50));
    /// assert_eq!(leaving.try_recv().unwrap().code(), 1001);
    /// ```
    pub fn vanish(self) {
        self.line.sever();
    }
}

/// A client of [`OverDuplex`](crate::testing::contract::OverDuplex), which exchanges every byte of
/// a network connection through a pipe in memory.
///
/// It behaves as a [`TestWsClient`] and shares its clock.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::DuplexWsClient;
/// use http4k_ws::testing::contract::{Backend, OverDuplex};
///
/// let backend = OverDuplex::new(|ws: WebSocket| ws.try_send("hello"));
/// let mut client: DuplexWsClient = backend.ws("/");
/// assert_eq!(client.received().next().unwrap().unwrap(), "hello");
/// assert_eq!(client.closed(), Some(WsStatus::NORMAL));
/// ```
#[cfg(all(feature = "server", feature = "client"))]
#[derive(Debug)]
pub struct DuplexWsClient {
    socket: DrivenSocket,
}

#[cfg(all(feature = "server", feature = "client"))]
driven!(DuplexWsClient);

#[cfg(all(feature = "server", feature = "client"))]
impl DuplexWsClient {
    /// Runs `connect` in the test runtime of this thread and returns a client of its socket.
    pub(super) fn connect<E: Send + 'static>(
        connect: impl Future<Output = Result<WebSocket, E>> + Send + 'static,
    ) -> Result<Self, E> {
        let runtime = TestRuntime::of_this_thread();
        let socket = runtime.run(connect)?;
        Ok(Self {
            socket: DrivenSocket::new(runtime, socket),
        })
    }
}
