//! The messages of a socket, its pings, and its end.

use std::future::{self, Future};
use std::sync::Arc;
use std::time::Duration;

use super::WebSocket;
use crate::lens::{LensFailure, Message, decoded, encoded};
use crate::message::{WsMessage, WsStatus};
use crate::session::error::SendError;

impl<Out: Message> WebSocket<WsMessage, Out> {
    /// Returns the next message without decoding it, so that it cannot fail.
    pub(crate) async fn next_message(&mut self) -> Option<WsMessage> {
        future::poll_fn(|cx| self.end.state.poll_recv(cx)).await
    }
}

impl<In: Message, Out: Message> WebSocket<In, Out> {
    /// Receives the next message. Returns `None` when the socket is over.
    ///
    /// # Errors
    ///
    /// Returns [`LensFailure`] if the message is not an `In`. The socket stays open, and the next
    /// call returns the next message. A consumer that returns the failure with `?` closes with
    /// 1007.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, no message is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::lens::LensFailure;
    /// async fn total(mut numbers: WebSocket<Json<u32>, String>) -> WsResult {
    ///     let first: Result<_, LensFailure> = numbers.recv().await;
    ///     assert!(first.is_err());
    ///     assert_eq!(numbers.recv().await?, Some(Json(42)));
    ///     assert_eq!(numbers.recv().await?, None);
    ///     Ok(())
    /// }
    ///
    /// let client = total.connect_ws("/").await.expect("it accepts");
    /// client.send("many").await?;
    /// client.send("42").await?;
    /// client.close(WsStatus::NORMAL);
    /// assert_eq!(client.closed().await, WsStatus::NORMAL);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recv(&mut self) -> Result<Option<In>, LensFailure> {
        let message = future::poll_fn(|cx| self.end.state.poll_recv(cx)).await;
        let format = self.format;
        message.map(|message| decoded(format, message)).transpose()
    }

    /// Queues `message`, waiting for queue space if necessary. Messages that are queued between two
    /// waits leave in one write.
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
    /// # use http4k_ws::session::SendError;
    /// async fn countdown(ws: WebSocket) -> WsResult {
    ///     for number in [3, 2, 1] {
    ///         ws.send(number.to_string()).await?;
    ///     }
    ///     ws.close(WsStatus::GOING_AWAY);
    ///     assert_eq!(ws.send("0").await, Err(SendError::Closed(WsStatus::GOING_AWAY)));
    ///     Ok(())
    /// }
    ///
    /// let mut client = countdown.test_ws("/");
    /// let numbers: Vec<_> = client.received().take(3).map(Result::unwrap).collect();
    /// assert_eq!(numbers, ["3", "2", "1"]);
    /// ```
    pub async fn send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        self.end.state.send(message)?.await
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
    ///     assert_eq!(ws.try_send("one"), Ok(()));
    ///     assert_eq!(ws.try_send("two"), Err(SendError::Full));
    /// };
    /// let config = SessionConfig::default().with_queue_messages(1);
    /// let mut client = app.test_with(config).ws("/");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "one");
    /// assert_eq!(client.closed(), Some(WsStatus::NORMAL));
    /// ```
    pub fn try_send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        self.end
            .state
            .try_send(message)
            .map_err(|refused| refused.error)
    }

    /// Waits until all messages queued so far have left this process.
    ///
    /// Over the network the bytes are then with the operating system, and arrive even if this
    /// process ends. In memory they are with the peer's end. After [`close`](Self::close), the
    /// close frame is included. Messages that a [`SlowConsumer`] policy dropped are not waited for.
    /// Only a response of the peer proves that a message has arrived.
    ///
    /// There is no need to flush between messages, because the session flushes by itself. The
    /// receiver is `&mut self` so that this method wins over `SinkExt::flush`.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Closed`] if the socket was closed or lost before everything was
    /// flushed. Some messages may then never arrive.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, nothing changes.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = |mut ws: WebSocket| async move {
    ///     assert_eq!(ws.recv().await?, Some("last words".into()));
    ///     WsResult::Ok(())
    /// };
    /// let mut ws = app.connect_ws("/").await.expect("it accepts");
    /// ws.send("last words").await?;
    /// ws.flush().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`SlowConsumer`]: crate::session::SlowConsumer
    pub fn flush(&mut self) -> impl Future<Output = Result<(), SendError>> + Send + use<In, Out> {
        let state = Arc::clone(&self.end.state);
        async move { state.flush().await }
    }

    /// Sends a ping (RFC 6455 §5.5.2), waits for its pong, and returns the round-trip time.
    ///
    /// The ping overtakes queued messages. Its pong arrives after the messages that the peer has
    /// sent before, so a consumer that does not receive delays it. The session sends its own pings
    /// ([`SessionConfig::ping_interval`]). This one is for measuring, not for staying alive.
    /// Concurrent calls share a ping.
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
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = |mut ws: WebSocket| async move {
    ///     while ws.recv().await?.is_some() {}
    ///     WsResult::Ok(())
    /// };
    /// let ws = app.connect_ws("/").await.expect("it accepts");
    /// assert_eq!(ws.rtt(), None);
    /// let time = ws.ping().await?;
    /// assert_eq!(ws.rtt(), Some(time));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`SessionConfig::ping_interval`]: crate::session::SessionConfig::ping_interval
    pub fn ping(&self) -> impl Future<Output = Result<Duration, SendError>> + Send + use<In, Out> {
        let state = Arc::clone(&self.end.state);
        async move { state.ping().await }
    }

    /// Returns the latest round-trip time, measured by [`ping`](Self::ping) or by a ping of the
    /// session. `None` before the first pong.
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
    /// assert_eq!(client.rtt(), None);
    /// client.ping().await?;
    /// assert!(client.rtt().is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn rtt(&self) -> Option<Duration> {
        self.end.state.lock().round_trips.latest()
    }

    /// Sends the queued messages, then closes with `status`. Calling it again has no effect.
    ///
    /// Nothing more is received. A status that cannot be sent in a frame
    /// ([`WsStatus::is_sendable`]) becomes 1011.
    ///
    /// If `futures_util::SinkExt` is in scope, its `close` wins on a `&mut WebSocket`. Write
    /// `WebSocket::close(ws, status)` in that case.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// async fn farewell(ws: WebSocket) -> WsResult {
    ///     ws.send("see you").await?;
    ///     ws.close(WsStatus::new(4000, "the game is over")?);
    ///     ws.close(WsStatus::INTERNAL_ERROR);
    ///     Ok(())
    /// }
    ///
    /// let mut client = farewell.test_ws("/");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "see you");
    /// let status = client.closed().unwrap();
    /// assert_eq!((status.code(), status.reason()), (4000, "the game is over"));
    /// ```
    pub fn close(&self, status: WsStatus) {
        self.end.state.close(status);
    }

    /// Waits until the socket is closed, and returns its status. The consumer may still be running
    /// then.
    ///
    /// The future does not keep the socket open.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, nothing changes.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// async fn greet(ws: WebSocket) -> WsResult {
    ///     Ok(ws.send("hello").await?)
    /// }
    ///
    /// let mut client = greet.connect_ws("/").await.expect("it accepts");
    /// let closed = tokio::spawn(client.closed());
    /// assert_eq!(closed.await?, WsStatus::NORMAL);
    /// // Messages that arrived before can still be received.
    /// assert_eq!(client.recv().await?, Some("hello".into()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn closed(&self) -> impl Future<Output = WsStatus> + Send + use<In, Out> {
        let state = Arc::clone(&self.end.state);
        async move { state.closed().await }
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
    ///     assert_eq!(ws.dropped(), 0);
    ///     for tick in 1..=10 {
    ///         ws.try_send(tick.to_string()).unwrap();
    ///     }
    ///     assert_eq!(ws.dropped(), 8);
    /// };
    /// let config = SessionConfig::default().with_slow_consumer(SlowConsumer::DropOldest);
    /// let mut client = app.test_with(config.with_queue_messages(2)).ws("/");
    /// assert_eq!(client.received().next().unwrap().unwrap(), "9");
    /// ```
    pub fn dropped(&self) -> u64 {
        self.end.state.lock().dropped()
    }

    /// Returns the status that the socket was closed with. `None` while it is open.
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
    /// assert_eq!(client.status(), None);
    /// client.close(WsStatus::GOING_AWAY);
    /// assert_eq!(client.closed().await, WsStatus::GOING_AWAY);
    /// assert_eq!(client.status(), Some(WsStatus::GOING_AWAY));
    /// # Ok(())
    /// # }
    /// ```
    pub fn status(&self) -> Option<WsStatus> {
        self.end.state.lock().closed.clone()
    }
}
