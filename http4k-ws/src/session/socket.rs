//! The handle of a socket, which its consumer receives.

use std::fmt;
use std::future::{self, Future};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Sink, Stream};
use http::HeaderMap;

use super::error::SendError;
use super::message_filter::MessageFilter;
use super::sender::WsSender;
use super::state::SocketState;
use super::trace::Trace;
use super::transport::{Handshake, no_headers};
use crate::lens::{Format, LensFailure, Message, decoded, encoded};
use crate::message::{KeptRequest, Request, WsMessage, WsStatus};

/// One end of an open WebSocket, which receives `In` and sends `Out`.
///
/// A server passes one to the consumer, and a client receives one when it connects. A drop closes
/// the socket with 1000, once the consumer has returned and the queue is sent. If callbacks are
/// registered, such as [`on_message`](Self::on_message), the socket stays open for them instead.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// /// The sum so far, after every number.
/// async fn sum(mut ws: WebSocket) -> WsResult {
///     let mut sum = 0;
///     while let Some(message) = ws.recv().await? {
///         sum += message.text().parse::<i64>()?;
///         ws.send(sum.to_string()).await?;
///     }
///     Ok(())
/// }
///
/// let mut client = sum.test_ws("/");
/// client.send("40").unwrap();
/// client.send("2").unwrap();
/// let sums: Vec<_> = client.received().take(2).map(|message| message.unwrap()).collect();
/// assert_eq!(sums, ["40", "42"]);
/// ```
///
/// The same program with callbacks, which is the style of http4k:
///
/// ```
/// use http4k_ws::prelude::*;
///
/// fn sum(ws: WebSocket) {
///     let (sender, mut sum) = (ws.sender(), 0);
///     ws.on_message(move |message| {
///         sum += message.text().parse::<i64>()?;
///         WsResult::Ok(sender.try_send(sum.to_string())?)
///     });
/// }
///
/// let mut client = sum.test_ws("/");
/// client.send("42").unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap().text(), "42");
/// client.send("no number").unwrap();
/// assert_eq!(client.closed(), Some(WsStatus::INTERNAL_ERROR));
/// ```
pub struct WebSocket<In = WsMessage, Out = WsMessage> {
    pub(super) end: End,
    /// The format that the subprotocol names.
    pub(super) format: Option<Format>,
    types: PhantomData<fn(Out) -> In>,
}

/// One handle of the socket. The last drop lets the session close it.
pub(super) struct End {
    pub(super) state: Arc<SocketState>,
    handshake: Box<Handshake>,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut inner = self.state.lock();
        inner.handles -= 1;
        inner.wake_session();
    }
}

impl WebSocket {
    pub(super) fn new(state: Arc<SocketState>, handshake: Handshake) -> Self {
        let subprotocol = handshake.subprotocol.as_deref();
        Self {
            format: subprotocol.and_then(Format::of_subprotocol),
            end: End {
                state,
                handshake: Box::new(handshake),
            },
            types: PhantomData,
        }
    }
}

impl<Out: Message> WebSocket<WsMessage, Out> {
    /// Returns the next message without decoding it, so that it cannot fail.
    pub(crate) async fn next_message(&mut self) -> Option<WsMessage> {
        future::poll_fn(|cx| self.end.state.poll_recv(cx)).await
    }
}

impl<In: Message, Out: Message> WebSocket<In, Out> {
    /// Changes the types of the messages that this socket receives and sends.
    pub fn typed<I: Message, O: Message>(self) -> WebSocket<I, O> {
        WebSocket {
            end: self.end,
            format: self.format,
            types: PhantomData,
        }
    }

    /// Returns the number of the socket, which is unique in this process. Its senders share it.
    pub fn id(&self) -> u64 {
        self.end.state.id
    }

    /// Returns the upgrade request, with all changes by filters and with the path parameters of its
    /// route.
    pub fn request(&self) -> &Request {
        self.end.handshake.request.get()
    }

    /// Returns the format that the subprotocol names.
    #[cfg(any(feature = "client", feature = "json"))]
    pub(crate) fn format(&self) -> Option<Format> {
        self.format
    }

    /// Keeps messages that cannot be sent from now on, for [`take_unsent`](Self::take_unsent).
    #[cfg(feature = "client")]
    pub(crate) fn keep_unsent(&self) {
        self.end.state.lock().keeps_unsent = true;
    }

    /// Removes and returns the messages, in order, that never reached the transport.
    #[cfg(feature = "client")]
    pub(crate) fn take_unsent(&self) -> Vec<WsMessage> {
        let mut inner = self.end.state.lock();
        std::iter::from_fn(|| inner.outbound.pop()).collect()
    }

    /// Adds a filter of messages inside of those added before. Called before the session starts.
    pub(crate) fn add_filter(&self, filter: impl MessageFilter) {
        self.end.state.add_filter(Box::new(filter));
    }

    /// Returns the upgrade request as it is kept, for changes before the consumer sees it.
    pub(crate) fn kept_request(&mut self) -> &mut KeptRequest {
        &mut self.end.handshake.request
    }

    /// Returns the log of the socket.
    pub(crate) fn trace(&self) -> Trace {
        self.end.state.notifier.trace()
    }

    /// Adds the value of `field` to the span of the socket, with the feature `tracing`.
    pub(crate) fn label(&self, field: &'static str, value: &str) {
        self.trace().label(field, value);
    }

    /// Returns the template of the route that matched, such as `/rooms/<room>`. `None` without a
    /// route, and on a client.
    pub fn route(&self) -> Option<&str> {
        self.end.handshake.route.as_deref()
    }

    /// Returns the negotiated subprotocol (RFC 6455 §1.9).
    pub fn subprotocol(&self) -> Option<&str> {
        self.end.handshake.subprotocol.as_deref()
    }

    /// Returns the header fields of the response that opened this socket, except those of the
    /// handshake itself, such as `Sec-WebSocket-Accept`.
    ///
    /// On a client, these are the fields that the server sent. On a server, these are the fields
    /// that the application set, with [`WsResponse::with_header`](crate::WsResponse::with_header)
    /// or in a filter.
    pub fn response_headers(&self) -> &HeaderMap {
        let headers = self.end.handshake.response.as_deref();
        headers.unwrap_or_else(|| no_headers())
    }

    /// Returns a sender for other tasks, threads and callbacks. It does not keep the socket open.
    pub fn sender(&self) -> WsSender<Out> {
        WsSender::new(Arc::clone(&self.end.state), self.format)
    }

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
    pub async fn send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        self.end.state.send(message).await
    }

    /// Queues `message` without waiting.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Full`] if [`send`](Self::send) would wait, and otherwise the same
    /// errors.
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
    pub fn closed(&self) -> impl Future<Output = WsStatus> + Send + use<In, Out> {
        let state = Arc::clone(&self.end.state);
        async move { state.closed().await }
    }

    /// Returns the number of messages that were dropped because the peer is too slow
    /// ([`SlowConsumer`](crate::session::SlowConsumer)).
    pub fn dropped(&self) -> u64 {
        self.end.state.lock().dropped()
    }

    /// Returns the status that the socket was closed with. `None` while it is open.
    pub fn status(&self) -> Option<WsStatus> {
        self.end.state.lock().closed.clone()
    }
}

/// Yields each message, or the failure to decode it, until the socket is over.
impl<In: Message, Out: Message> Stream for WebSocket<In, Out> {
    type Item = Result<In, LensFailure>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let message = ready!(self.end.state.poll_recv(cx));
        Poll::Ready(message.map(|message| decoded(self.format, message)))
    }
}

/// Queues each value. A flush waits as [`WebSocket::flush`] does. A close closes the socket with
/// 1000, waits for its end, and fails if a message was lost.
///
/// The items are the values that [`WebSocket::send`] accepts. If `SinkExt` is imported, its methods
/// win over the socket's own on a `&mut WebSocket`, and `ws.send("hello")` compiles with both. If
/// the item type is ambiguous, name it, as in `SinkExt::<WsMessage>::close(&mut ws)`. The socket's
/// own `close` is then `WebSocket::close(ws, status)`.
///
/// # Examples
///
/// ```
/// use futures_util::SinkExt;
/// use http4k_ws::prelude::*;
///
/// async fn greet(ws: &mut WebSocket) -> WsResult {
///     ws.feed("hello").await?;
///     ws.feed(String::from("and welcome")).await?;
///     ws.flush().await?;
///     Ok(ws.send("how are you?").await?)
/// }
///
/// let app = |mut ws: WebSocket| async move { greet(&mut ws).await };
/// let texts: Vec<_> = app.test_ws("/").received().map(|message| message.unwrap()).collect();
/// assert_eq!(texts, ["hello", "and welcome", "how are you?"]);
/// ```
impl<In: Message, Out: Message, T: Into<Out>> Sink<T> for WebSocket<In, Out> {
    type Error = SendError;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.end.state.poll_space(cx)
    }

    fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), SendError> {
        self.try_send(value)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.end.state.poll_flushed(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.close(WsStatus::NORMAL);
        self.end.state.poll_closed(cx)
    }
}

impl<In, Out> fmt::Debug for WebSocket<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("socket", &self.end.state)
            .field("subprotocol", &self.end.handshake.subprotocol)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "client"))]
mod tests {
    use super::super::config::SessionConfig;
    use super::super::drive::open;
    use super::super::transport::{Gone, Incoming, Outgoing, Progress, Role, Transport};
    use super::*;
    use crate::message::Body;

    /// A transport that moves nothing.
    struct Stuck;

    impl Transport for Stuck {
        fn poll_incoming(&mut self, _: &mut Context<'_>) -> Poll<Incoming> {
            Poll::Pending
        }

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Gone>> {
            Poll::Pending
        }

        fn start_send(&mut self, _: Outgoing) -> Result<(), Gone> {
            Err(Gone)
        }

        fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Gone>> {
            Poll::Pending
        }

        fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<()> {
            Poll::Ready(())
        }

        fn abort(&mut self) {}

        fn progress(&mut self) -> Progress {
            Progress {
                bytes_written: 0,
                bytes_read: 0,
                bytes_resumed: 0,
                partial: None,
            }
        }

        fn buffered(&self) -> usize {
            0
        }
    }

    #[test]
    fn unsent_messages_can_be_recovered_if_they_are_kept() {
        for kept in [false, true] {
            let handshake = Handshake {
                request: Request::new(Body::empty()).into(),
                subprotocol: None,
                route: None,
                response: Default::default(),
            };
            let config = Arc::new(SessionConfig::default());
            let (socket, session) = open(Stuck, Role::Client, handshake, config);
            if kept {
                socket.keep_unsent();
            }
            for text in ["a", "", "b"] {
                socket.try_send(text).expect("queue space");
            }
            drop(session);
            let expected: &[&str] = if kept { &["a", "", "b"] } else { &[] };
            assert_eq!(socket.take_unsent(), expected);
            assert!(socket.take_unsent().is_empty());
        }
    }
}
