//! The reconnecting socket and its sender.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::event::ReconnectEvents;
use super::state::ReconnectState;
use crate::client::error::ConnectError;
use crate::lens::{LensFailure, Message, decoded, encoded};
use crate::message::{WsMessage, WsStatus};
use crate::session::SendError;

/// A socket that receives `In` and sends `Out` over one connection after another.
/// [`Reconnecting::start`](super::Reconnecting::start) returns it.
///
/// It has the methods of a [`WebSocket`](crate::WebSocket). Messages that are sent without a
/// connection wait for the next one. Received messages are returned in order, whichever connection
/// they arrived over. Everything else is reported by [`events`](Self::events), including losses.
///
/// Dropping it sends the queued messages and closes with 1000, if there is a connection.
///
/// # Examples
///
/// ```
/// use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
/// use http4k_ws::handler::IntoPolyHandler;
/// use http4k_ws::prelude::*;
///
/// /// Echoes one message, and restarts.
/// async fn restarts(mut ws: WebSocket) -> WsResult {
///     if let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Err(WsError::closing(WsStatus::RESTART))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = restarts.into_poly_handler();
/// let mut socket: ReconnectingWebSocket = Reconnecting::over(move || {
///     let app = app.clone();
///     async move { app.connect_ws("/").await }
/// })
/// .start();
/// for text in ["one", "two"] {
///     socket.send(text).await?;
///     assert_eq!(socket.recv().await?.unwrap(), text);
/// }
/// # Ok(())
/// # }
/// ```
pub struct ReconnectingWebSocket<In = WsMessage, Out = WsMessage> {
    end: End,
    events: ReconnectEvents,
    types: PhantomData<fn(Out) -> In>,
}

struct End(Arc<ReconnectState>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close(WsStatus::NORMAL);
    }
}

impl<In, Out> ReconnectingWebSocket<In, Out> {
    pub(super) fn new(state: Arc<ReconnectState>, events: ReconnectEvents) -> Self {
        Self {
            end: End(state),
            events,
            types: PhantomData,
        }
    }

    pub(super) fn state(&self) -> &Arc<ReconnectState> {
        &self.end.0
    }
}

impl<In: Message, Out: Message> ReconnectingWebSocket<In, Out> {
    /// Returns the same socket for messages of other types.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| for text in ["hello", "42"] {
    /// #     ws.try_send(text).unwrap();
    /// # };
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// assert_eq!(socket.recv().await?.unwrap(), "hello");
    /// let mut numbers = socket.typed::<Json<u32>, String>();
    /// assert_eq!(numbers.recv().await?, Some(Json(42)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn typed<I: Message, O: Message>(self) -> ReconnectingWebSocket<I, O> {
        ReconnectingWebSocket {
            end: self.end,
            events: self.events,
            types: PhantomData,
        }
    }

    /// Waits for the next message. Returns `None` once no other connection will follow.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, it has taken no message.
    ///
    /// # Errors
    ///
    /// Returns [`LensFailure`] for a message that is not an `In`. The next one can be received.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| for text in ["many", "42"] {
    /// #     ws.try_send(text).unwrap();
    /// # };
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut numbers: ReconnectingWebSocket<Json<u32>> = Reconnecting::over(connect).start();
    /// assert!(numbers.recv().await.is_err());
    /// assert_eq!(numbers.recv().await?, Some(Json(42)));
    /// // The server closes with 1000, which is final.
    /// assert_eq!(numbers.recv().await?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recv(&mut self) -> Result<Option<In>, LensFailure> {
        let received = self.end.0.inbox.take().await;
        received
            .map(|received| decoded(received.format, received.message))
            .transpose()
    }

    /// Queues `message` for the current connection, or the next one. If the outbox is full, the
    /// [`SlowConsumer`](crate::session::SlowConsumer) of
    /// [`with_slow_consumer`](super::Reconnecting::with_slow_consumer) decides; by default, this
    /// waits for room.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, it has sent nothing.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Closed`] once the socket is closing or has given up, and
    /// [`SendError::Unencodable`] for a value that its format cannot represent.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # use http4k_ws::session::SendError;
    /// # let app = |ws: WebSocket| {
    /// #     let sender = ws.sender();
    /// #     ws.on_message(move |message: WsMessage| sender.try_send(message));
    /// # };
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// socket.send("waits for the first connection").await?;
    /// assert_eq!(socket.recv().await?.unwrap(), "waits for the first connection");
    /// socket.close(WsStatus::NORMAL);
    /// assert_eq!(socket.send("too late").await, Err(SendError::Closed(WsStatus::NORMAL)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        send(&self.end.0, message.into()).await
    }

    /// Queues `message` without waiting.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`send`](Self::send), and [`SendError::Full`] if that would wait.
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
    /// let reconnecting = Reconnecting::over(connect).with_outbox(1, 1024);
    /// let socket: ReconnectingWebSocket = reconnecting.start();
    /// assert_eq!(socket.try_send("one"), Ok(()));
    /// assert_eq!(socket.try_send("two"), Err(SendError::Full));
    /// # Ok(())
    /// # }
    /// ```
    pub fn try_send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        try_send(&self.end.0, message.into())
    }

    /// Waits until everything sent so far has left this process over a connection, as
    /// [`WebSocket::flush`](crate::WebSocket::flush) does. Without a connection, it waits for the
    /// next.
    ///
    /// After [`close`](Self::close) this includes the close frame. It does not wait for a message
    /// that was dropped because the outbox was full.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is done, it has changed nothing.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Closed`] if a message was lost: its connection ended after the message
    /// was written and before it was flushed, so that it may never arrive, or no other connection
    /// will follow. The status is that of the end, or 1006 if the socket continues.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// use http4k_ws::handler::IntoPolyHandler;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = |mut ws: WebSocket| async move {
    ///     while ws.recv().await?.is_some() {}
    ///     WsResult::Ok(())
    /// };
    /// let app = app.into_poly_handler();
    /// let feed: ReconnectingWebSocket = Reconnecting::over(move || {
    ///     let app = app.clone();
    ///     async move { app.connect_ws("/feed").await }
    /// })
    /// .start();
    /// feed.send("waits for the first connection").await?;
    /// feed.flush().await?;
    /// assert!(feed.is_connected());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn flush(&self) -> Result<(), SendError> {
        self.end.0.flush().await
    }

    /// Returns a sender for other tasks and threads, which does not keep the socket open.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| {
    /// #     let sender = ws.sender();
    /// #     ws.on_message(move |message: WsMessage| sender.try_send(message));
    /// # };
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// let sender = socket.sender();
    /// tokio::spawn(async move { sender.send("from a task").await });
    /// assert_eq!(socket.recv().await?.unwrap(), "from a task");
    /// # Ok(())
    /// # }
    /// ```
    pub fn sender(&self) -> ReconnectingSender<Out> {
        ReconnectingSender {
            state: Arc::clone(&self.end.0),
            out: PhantomData,
        }
    }

    /// Returns the events of the connections. The first call returns them from the first on, and a
    /// later call those from then on.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{ReconnectEvent, Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// socket.send("hello").await?;
    /// socket.flush().await?;
    /// // The first event has waited for the call.
    /// let first = socket.events().next().await;
    /// assert!(matches!(first, Some(ReconnectEvent::Connected { attempt: 1 })));
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&mut self) -> ReconnectEvents {
        let later = self.events.later();
        std::mem::replace(&mut self.events, later)
    }

    /// Sends the queued messages, then closes with `status`, for good. Without a connection, the
    /// queued messages are lost, and reported as such. Calling it again has no effect.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// socket.send("last words").await?;
    /// socket.flush().await?;
    /// socket.close(WsStatus::GOING_AWAY);
    /// socket.close(WsStatus::NORMAL);
    /// // 1001 of a server would be followed by another connection.
    /// assert_eq!(socket.closed().await, WsStatus::GOING_AWAY);
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(&self, status: WsStatus) {
        self.end.0.close(status);
    }

    /// Closes the current connection with `status`, and opens another at once, for example if the
    /// server has become silent or credentials have changed. Without a connection, it has no
    /// effect.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| {
    /// #     ws.try_send(ws.id().to_string()).unwrap();
    /// #     ws.on_message(|_message: WsMessage| ());
    /// # };
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut socket: ReconnectingWebSocket<String> = Reconnecting::over(connect).start();
    /// let first = socket.recv().await?;
    /// socket.reconnect(WsStatus::GOING_AWAY);
    /// // The server sends the number of the other connection.
    /// assert_ne!(socket.recv().await?, first);
    /// assert_eq!(socket.status(), None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn reconnect(&self, status: WsStatus) {
        self.end.0.renew(status);
    }

    /// Waits until no other connection will follow. Returns the status of the last one, or 1006 if
    /// the last attempt failed.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |_request: Request| WsResponse::refuse(StatusCode::FORBIDDEN);
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// // The server responds with 403, which is final.
    /// assert_eq!(socket.closed().await, WsStatus::ABNORMAL);
    /// # Ok(())
    /// # }
    /// ```
    pub fn closed(&self) -> impl Future<Output = WsStatus> + Send + use<In, Out> {
        let state = Arc::clone(&self.end.0);
        async move { state.closed().await }
    }

    /// Returns the status of the end, or `None` while another connection may follow.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// assert_eq!(socket.status(), None);
    /// socket.close(WsStatus::NORMAL);
    /// socket.closed().await;
    /// assert_eq!(socket.status(), Some(WsStatus::NORMAL));
    /// # Ok(())
    /// # }
    /// ```
    pub fn status(&self) -> Option<WsStatus> {
        self.end.0.status()
    }

    /// Returns `true` if there is a connection.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| {
    /// #     ws.try_send("hello").unwrap();
    /// #     ws.on_message(|_message: WsMessage| ());
    /// # };
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// assert!(!socket.is_connected());
    /// socket.recv().await?;
    /// assert!(socket.is_connected());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_connected(&self) -> bool {
        self.end.0.is_connected()
    }

    /// Returns the error of the last attempt that failed.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::ConnectError;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |_request: Request| WsResponse::refuse(StatusCode::FORBIDDEN);
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// assert!(socket.last_error().is_none());
    /// socket.closed().await;
    /// let error = socket.last_error().expect("an attempt failed");
    /// assert!(matches!(&*error, ConnectError::Refused { response } if response.status() == 403));
    /// # Ok(())
    /// # }
    /// ```
    pub fn last_error(&self) -> Option<Arc<ConnectError>> {
        self.end.0.last_error()
    }

    /// Returns the subprotocol of the current connection, or of the last (RFC 6455 §1.9).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # use http4k_ws::filter::subprotocols;
    /// # let greet = |ws: WebSocket| ws.try_send("hello");
    /// # let app = routes! { "/" with(subprotocols(["chat.v1"])) => ws(greet) };
    /// # let connect = move || {
    /// #     let (app, offer) = (app.clone(), Request::get("/"));
    /// #     async move { app.connect_ws(offer.header("sec-websocket-protocol", "chat.v1")).await }
    /// # };
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// assert_eq!(socket.subprotocol(), None);
    /// socket.recv().await?;
    /// assert_eq!(socket.subprotocol().as_deref(), Some("chat.v1"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn subprotocol(&self) -> Option<String> {
        self.end.0.subprotocol()
    }
}

async fn send<Out: Message>(state: &ReconnectState, message: Out) -> Result<(), SendError> {
    state.send(encoded(state.format(), message)?).await
}

fn try_send<Out: Message>(state: &ReconnectState, message: Out) -> Result<(), SendError> {
    state.try_send(encoded(state.format(), message)?)
}

impl<In, Out> fmt::Debug for ReconnectingWebSocket<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReconnectingWebSocket")
            .field(&self.end.0)
            .finish()
    }
}

/// A sender to a reconnecting socket, for any task or thread. [`ReconnectingWebSocket::sender`]
/// returns it.
///
/// A clone is another sender to the same socket. The messages of one sender arrive in order.
///
/// # Examples
///
/// ```
/// use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
/// use http4k_ws::handler::IntoPolyHandler;
/// use http4k_ws::prelude::*;
///
/// async fn echo(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = echo.into_poly_handler();
/// let mut socket: ReconnectingWebSocket = Reconnecting::over(move || {
///     let app = app.clone();
///     async move { app.connect_ws("/").await }
/// })
/// .start();
/// let sender = socket.sender();
/// let of_task = sender.clone();
/// tokio::spawn(async move { of_task.send("from a task").await });
/// assert_eq!(socket.recv().await?.unwrap(), "from a task");
///
/// drop(socket);
/// assert!(sender.try_send("too late").is_err());
/// # Ok(())
/// # }
/// ```
pub struct ReconnectingSender<Out = WsMessage> {
    state: Arc<ReconnectState>,
    out: PhantomData<fn(Out)>,
}

impl<Out: Message> ReconnectingSender<Out> {
    /// Queues `message`, as [`ReconnectingWebSocket::send`] does.
    ///
    /// # Errors
    ///
    /// Returns the errors of that method.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # use http4k_ws::session::SendError;
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// let sender = socket.sender();
    /// assert_eq!(sender.send("waits for a connection").await, Ok(()));
    /// drop(socket);
    /// assert_eq!(sender.send("too late").await, Err(SendError::Closed(WsStatus::NORMAL)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        send(&self.state, message.into()).await
    }

    /// Queues `message` without waiting, as [`ReconnectingWebSocket::try_send`] does.
    ///
    /// # Errors
    ///
    /// Returns the errors of that method.
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
    /// let reconnecting = Reconnecting::over(connect).with_outbox(1, 1024);
    /// let socket: ReconnectingWebSocket = reconnecting.start();
    /// let (one, other) = (socket.sender(), socket.sender());
    /// assert_eq!(one.try_send("one"), Ok(()));
    /// // All senders share the outbox.
    /// assert_eq!(other.try_send("two"), Err(SendError::Full));
    /// # Ok(())
    /// # }
    /// ```
    pub fn try_send(&self, message: impl Into<Out>) -> Result<(), SendError> {
        try_send(&self.state, message.into())
    }

    /// Waits until the messages of all senders are flushed, as [`ReconnectingWebSocket::flush`]
    /// does.
    ///
    /// # Errors
    ///
    /// Returns the errors of that method.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// let (one, other) = (socket.sender(), socket.sender());
    /// one.send("waits for the first connection").await?;
    /// assert_eq!(other.flush().await, Ok(()));
    /// assert!(socket.is_connected());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn flush(&self) -> Result<(), SendError> {
        self.state.flush().await
    }

    /// Closes the socket for good, as [`ReconnectingWebSocket::close`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
    /// # let app = |ws: WebSocket| ws.on_message(|_message: WsMessage| ());
    /// # let connect = move || async move { app.connect_ws("/").await };
    /// let mut socket: ReconnectingWebSocket = Reconnecting::over(connect).start();
    /// let sender = socket.sender();
    /// tokio::spawn(async move { sender.close(WsStatus::GOING_AWAY) });
    /// assert_eq!(socket.recv().await?, None);
    /// assert_eq!(socket.status(), Some(WsStatus::GOING_AWAY));
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(&self, status: WsStatus) {
        self.state.close(status);
    }
}

impl<Out> Clone for ReconnectingSender<Out> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            out: PhantomData,
        }
    }
}

impl<Out> fmt::Debug for ReconnectingSender<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReconnectingSender")
            .field(&self.state)
            .finish()
    }
}
