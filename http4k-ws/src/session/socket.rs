//! The socket as its consumer sees it.

use std::fmt;
use std::future::{self, Future};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Sink, Stream};
use http::HeaderMap;

use super::error::{IntoWsResult, SendError, WsError};
use super::handshake::{Handshake, no_headers};
use super::observers::WsEvent;
use super::sender::WsSender;
use super::shared::Shared;
use crate::lens::{Format, LensFailure, Message, decoded, encoded};
use crate::message::{Request, WsMessage, WsStatus, printable};

/// One end of a WebSocket, open: it receives `In` and sends `Out`.
///
/// The server's consumer gets one, and so does a client that connects. Dropping it closes the socket
/// with 1000 once the consumer has returned and what is queued is sent; where callbacks are registered
/// ([`on_message`](Self::on_message) and its like), the socket stays open for them instead.
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
/// The same with callbacks, which is how http4k writes it:
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
    end: End,
    /// The format that the subprotocol names.
    format: Option<Format>,
    types: PhantomData<fn(Out) -> In>,
}

struct End {
    shared: Arc<Shared>,
    handshake: Box<Handshake>,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.handles -= 1;
        state.wake_session();
    }
}

impl WebSocket {
    pub(super) fn new(shared: Arc<Shared>, handshake: Handshake) -> Self {
        let subprotocol = handshake.subprotocol.as_deref();
        Self {
            format: subprotocol.and_then(Format::of_subprotocol),
            end: End {
                shared,
                handshake: Box::new(handshake),
            },
            types: PhantomData,
        }
    }
}

impl<Out: Message> WebSocket<WsMessage, Out> {
    /// The next message, which can't fail to be read.
    pub(crate) async fn next_message(&mut self) -> Option<WsMessage> {
        future::poll_fn(|cx| self.end.shared.poll_recv(cx)).await
    }
}

impl<In: Message, Out: Message> WebSocket<In, Out> {
    /// The same socket, for other messages.
    pub fn typed<I: Message, O: Message>(self) -> WebSocket<I, O> {
        WebSocket {
            end: self.end,
            format: self.format,
            types: PhantomData,
        }
    }

    /// The number of the socket, which no other has in this process; its senders have it too.
    pub fn id(&self) -> u64 {
        self.end.shared.id
    }

    /// The upgrade request, as the filters before the handler left it; where it was routed, its path
    /// parameters can be read.
    pub fn request(&self) -> &Request {
        &self.end.handshake.request
    }

    /// The format that the subprotocol names.
    #[cfg(feature = "client")]
    pub(crate) fn format(&self) -> Option<Format> {
        self.format
    }

    /// From now on what can't be sent is kept, for [`take_unsent`](Self::take_unsent).
    #[cfg(feature = "client")]
    pub(crate) fn keep_unsent(&self) {
        self.end.shared.lock().keeps_unsent = true;
    }

    /// The messages, in order, of which nothing was written when the socket was over.
    #[cfg(feature = "client")]
    pub(crate) fn take_unsent(&self) -> Vec<WsMessage> {
        let mut state = self.end.shared.lock();
        std::iter::from_fn(|| state.outbound.pop()).collect()
    }

    pub(crate) fn request_mut(&mut self) -> &mut Request {
        &mut self.end.handshake.request
    }

    /// The template of the route that took the request, such as `/rooms/<room>`; `None` where no route did,
    /// and on a client.
    pub fn route(&self) -> Option<&str> {
        self.end.handshake.route.as_deref()
    }

    /// The subprotocol agreed on (RFC 6455 §1.9).
    pub fn subprotocol(&self) -> Option<&str> {
        self.end.handshake.subprotocol.as_deref()
    }

    /// Returns the header fields of the response that opened this socket, except those of the
    /// handshake itself, such as `Sec-WebSocket-Accept`.
    ///
    /// On a client, these are the fields that the server sent. On a server, these are the fields
    /// that the application set, with [`WsResponse::with_header`](crate::WsResponse::with_header) or
    /// in a filter.
    pub fn response_headers(&self) -> &HeaderMap {
        let headers = self.end.handshake.response.as_deref();
        headers.unwrap_or_else(|| no_headers())
    }

    /// A sender for other tasks, threads and callbacks.
    pub fn sender(&self) -> WsSender<Out> {
        WsSender::new(Arc::clone(&self.end.shared), self.format)
    }

    /// The next message, or `None` when the socket is over.
    ///
    /// Cancel safe: dropped before it is done, it has taken no message.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] for a message that is no `In`. The socket stays open: a consumer that passes the
    /// failure on with `?` closes it with 1007, one that goes on receives the next message.
    pub async fn recv(&mut self) -> Result<Option<In>, LensFailure> {
        let message = future::poll_fn(|cx| self.end.shared.poll_recv(cx)).await;
        let format = self.format;
        message.map(|message| decoded(format, message)).transpose()
    }

    /// Queues `message`; where the queue is full, waits for room. Everything queued in one go leaves in
    /// one write.
    ///
    /// Cancel safe: dropped before it is done, it has sent nothing.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] once the socket is closing, [`SendError::Unencodable`] for a value that its
    /// format has no form for.
    pub async fn send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        self.end.shared.send(message).await
    }

    /// Queues `message`, or fails at once.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`SendError::Full`] where that would wait.
    pub fn try_send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        let message = encoded(self.format, message.into())?;
        self.end
            .shared
            .try_send(message)
            .map_err(|refused| refused.error)
    }

    /// Waits until everything queued so far has left this process: it is written, and flushed by
    /// the transport. Over the network the bytes are then with the operating system, and arrive even
    /// if this process ends; in memory they are with the peer's end.
    ///
    /// After [`close`](Self::close) this includes the close frame. What a [`SlowConsumer`] policy
    /// left out is not waited for. That a message has arrived, only a response of the peer can tell.
    /// There is no need to flush between messages: the session flushes by itself.
    ///
    /// It takes `&mut self` so that it wins over `SinkExt::flush` on every kind of receiver.
    ///
    /// Cancel safe: dropped before it is done, it has changed nothing.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] if the socket was closed or lost before everything was flushed: some of
    /// it may never arrive.
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
        let shared = Arc::clone(&self.end.shared);
        async move { shared.flush().await }
    }

    /// Sends a ping (RFC 6455 §5.5.2), and waits for its pong. Returns the round-trip time.
    ///
    /// It goes before what is queued, and its pong comes after what the peer has sent before: a
    /// consumer that receives nothing for a long time delays it. The session sends pings by itself
    /// ([`SessionConfig::ping_interval`]), so this is for measuring, not for staying alive. Calls made
    /// at the same time share a ping.
    ///
    /// Cancel safe: dropped before it is done, it may have sent a ping.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] if the socket is closing, or ends before the pong comes.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = |mut ws: WebSocket| async move { while ws.recv().await?.is_some() {} WsResult::Ok(()) };
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
        let shared = Arc::clone(&self.end.shared);
        async move { shared.ping().await }
    }

    /// The latest round-trip time that was measured, by [`ping`](Self::ping) or by a ping of the
    /// session; `None` before the first pong.
    pub fn rtt(&self) -> Option<Duration> {
        self.end.shared.lock().round_trips.latest()
    }

    /// Sends what is queued, then closes with `status`. Calling it again has no effect.
    ///
    /// From now on nothing is received. A status that can't travel in a frame
    /// ([`WsStatus::is_sendable`]) becomes 1011.
    ///
    /// If `futures_util::SinkExt` is in scope, its `close` wins on a `&mut WebSocket`. Write
    /// `WebSocket::close(ws, status)` there.
    pub fn close(&self, status: WsStatus) {
        self.end.shared.close(status);
    }

    /// Waits until the socket is closed, and gives the status it was closed with; also where the consumer
    /// still goes on. The future holds no socket, keeps none open, and can be dropped at any time.
    pub fn closed(&self) -> impl Future<Output = WsStatus> + Send + use<In, Out> {
        let shared = Arc::clone(&self.end.shared);
        async move { shared.closed().await }
    }

    /// How many messages were left out because the peer was too slow ([`SlowConsumer`](crate::session::SlowConsumer)).
    pub fn dropped(&self) -> u64 {
        self.end.shared.lock().outbound.dropped()
    }

    /// The status the socket was closed with; `None` while it is open.
    pub fn status(&self) -> Option<WsStatus> {
        self.end.shared.lock().closed.clone()
    }

    /// Calls `callback` with every message, from the first on. The socket then outlives its consumer.
    ///
    /// The callback gives back `()` or a `Result`. An error, or a message that is no `In`, goes to
    /// [`on_error`](Self::on_error) where that is registered; else it closes the socket as the same
    /// error of a consumer would. With several callbacks each gets every message.
    pub fn on_message<F, R>(&self, mut callback: F)
    where
        F: FnMut(In) -> R + Send + 'static,
        R: IntoWsResult,
    {
        let format = self.format;
        let mut callback = move |message| callback(decoded(format, message)?).into_ws_result();
        let mut state = self.end.shared.lock();
        state.callbacks.registered = true;
        if state.closed.is_none() {
            state.callbacks.on_message.push(Box::new(callback));
            state.wake_session();
            return;
        }
        drop(state);
        // The socket is over, and what came before that is still to be had.
        while let Some(message) = self.end.shared.take_received() {
            if let Err(error) = callback(message) {
                log::warn!(
                    "a callback failed on a socket that is over: {}",
                    printable(&error)
                );
            }
        }
    }

    /// Calls `callback` with every error of an [`on_message`](Self::on_message) callback, which then
    /// does not close the socket.
    pub fn on_error(&self, callback: impl FnMut(&WsError) + Send + 'static) {
        let mut state = self.end.shared.lock();
        state.callbacks.registered = true;
        state.callbacks.on_error.push(Box::new(callback));
    }

    /// Calls `callback` once, when the socket is closed, by whichever side.
    pub fn on_close(&self, callback: impl FnOnce(WsStatus) + Send + 'static) {
        let mut state = self.end.shared.lock();
        state.callbacks.registered = true;
        match state.closed.clone() {
            None => state.callbacks.on_close.push(Box::new(callback)),
            Some(status) => {
                drop(state);
                callback(status);
            }
        }
    }

    /// Calls `observer` with every message that comes and goes from now on, and with the end.
    ///
    /// A consumer that adds it before it first waits misses nothing. The socket of a client may have
    /// received messages by then. An observer changes nothing, and keeps no socket alive. It should be
    /// fast, because the socket waits for it. Filters observe what is behind them:
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::session::WsEvent;
    ///
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let to = Arc::clone(&log);
    /// let app = move |ws: WebSocket| {
    ///     let to = Arc::clone(&to);
    ///     ws.observe(move |event: WsEvent<'_>| to.lock().unwrap().push(format!("{event:?}")));
    ///     ws.try_send("hello")
    /// };
    /// assert_eq!(app.test_ws("/").closed(), Some(WsStatus::NORMAL));
    /// assert_eq!(log.lock().unwrap()[0], r#"Sent(Text("hello"))"#);
    /// ```
    pub fn observe(&self, observer: impl Fn(WsEvent<'_>) + Send + Sync + 'static) {
        self.end.shared.observers.add(observer);
    }
}

/// Gives each message, or the failure to read it, until the socket is over.
impl<In: Message, Out: Message> Stream for WebSocket<In, Out> {
    type Item = Result<In, LensFailure>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let message = ready!(self.end.shared.poll_recv(cx));
        Poll::Ready(message.map(|message| decoded(self.format, message)))
    }
}

/// Queues each value. A flush waits as [`WebSocket::flush`] does; closing closes the socket with
/// 1000, waits for its end, and fails if a message was lost.
///
/// The item is everything that [`WebSocket::send`] takes. The trait's methods win over the socket's
/// own on a `&mut WebSocket` if `SinkExt` is imported, and `ws.send("hello")` compiles with both.
/// Where nothing says which item is meant, name it, as in `SinkExt::<WsMessage>::close(&mut ws)`.
/// The socket's own `close` is then `WebSocket::close(ws, status)`.
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
        self.end.shared.poll_room(cx)
    }

    fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), SendError> {
        self.try_send(value)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.end.shared.poll_flushed(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.close(WsStatus::NORMAL);
        self.end.shared.poll_closed(cx)
    }
}

impl<In, Out> fmt::Debug for WebSocket<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("socket", &self.end.shared)
            .field("subprotocol", &self.end.handshake.subprotocol)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "client"))]
mod tests {
    use super::super::{Gone, Incoming, Outgoing, Progress, Role, SessionConfig, Transport, open};
    use super::*;
    use crate::message::Body;

    /// A transport that takes and brings nothing.
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
    fn what_was_never_written_can_be_taken_back_if_it_is_kept() {
        for kept in [false, true] {
            let handshake = Handshake {
                request: Request::new(Body::empty()),
                subprotocol: None,
                route: None,
                response: Default::default(),
            };
            let config = SessionConfig::default();
            let (socket, session) = open(Stuck, Role::Client, handshake, config);
            if kept {
                socket.keep_unsent();
            }
            for text in ["a", "", "b"] {
                socket.try_send(text).expect("room");
            }
            drop(session);
            let expected: &[&str] = if kept { &["a", "", "b"] } else { &[] };
            assert_eq!(socket.take_unsent(), expected);
            assert!(socket.take_unsent().is_empty());
        }
    }
}
