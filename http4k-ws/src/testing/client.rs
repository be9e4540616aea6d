//! The client in memory.

use super::driver::{Driver, driven};
use super::pipe::Line;
use super::runtime::TestRuntime;
use crate::session::{WebSocket, WsError};

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
    driver: Driver,
    line: Line,
}

driven!(TestWsClient);

impl TestWsClient {
    pub(super) fn new(runtime: TestRuntime, socket: WebSocket, line: Line) -> Self {
        Self {
            driver: Driver::new(runtime, socket),
            line,
        }
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
        self.driver.settle();
    }

    /// Takes nothing more of what the application sends, as a client whose process is stopped: once the
    /// buffers between them are full, the application's writes stall.
    ///
    /// What the client has taken before can still be received, and it may send. See
    /// [`SessionConfig::write_stall`](crate::session::SessionConfig::write_stall) for what becomes of it.
    pub fn stop_reading(&mut self) {
        self.line.set_reading(false);
        self.driver.settle();
    }

    /// Reads on, after [`stop_reading`](Self::stop_reading).
    pub fn read_on(&mut self) {
        self.line.set_reading(true);
        self.driver.settle();
    }

    /// Vanishes without a word, as a client whose cable is pulled: the application hears nothing any more,
    /// not even of an end, and what it sends arrives nowhere.
    pub fn vanish(self) {
        self.line.sever();
    }
}
