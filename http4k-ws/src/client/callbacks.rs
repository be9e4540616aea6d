//! The client with callbacks, as http4k has it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::background::{self, LAST_FLUSH, after, wait_until};
use super::connect::{Opening, connect};
use super::error::ConnectError;
use super::opening::OpeningHandshake;
use crate::handler::{IntoConsumed, WsConsumer};
use crate::lens::Message;
use crate::message::{Body, Request, WsMessage, WsStatus, copy_of_head, printable};
use crate::panics::guarded_future;
use crate::session::{IntoWsResult, SendError, WebSocket, WsError, WsSender};

/// A socket to a server that is opened in the background and calls functions.
/// [`WebSocketClient::non_blocking`](super::WebSocketClient::non_blocking) returns it.
///
/// Callbacks can be registered at any time: while the socket is being opened, later, or after it
/// has failed or closed. None of them misses anything. They run on a thread of the library, one
/// after another.
///
/// If the socket cannot be opened, `on_error` receives the [`ConnectError`] as its
/// [`cause`](WsError::cause), and `on_close` receives 1006.
///
/// Without registered callbacks, dropping it closes the socket with 1000 once `on_connect` has
/// returned and everything queued is sent, as for a [`WebSocket`]. The drop waits up to 1 s until
/// the messages and the frame of [`close`](Self::close) have left the process, except in a
/// callback.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::client::WebSocketClient;
///
/// async fn echo(mut ws: WebSocket) -> WsResult {
///     while let Some(message) = ws.recv().await? {
///         ws.send(message).await?;
///     }
///     Ok(())
/// }
/// let server = echo.as_server("127.0.0.1:0").start()?;
///
/// let (sender, received) = channel();
/// let client = WebSocketClient::non_blocking(format!("ws://{}/", server.addr()), |ws: WebSocket| {
///     ws.try_send("hello").unwrap();
/// });
/// client.on_message(move |message| sender.send(message).unwrap());
/// client.on_error(|error| eprintln!("{error}"));
/// assert_eq!(received.recv()?.text(), "hello");
/// client.close(WsStatus::NORMAL);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub struct CallbackWebSocket {
    /// A handle to the socket, which only sends.
    socket: WebSocket,
    attempt: watch::Receiver<Attempt>,
}

/// The progress of opening a socket.
#[derive(Debug)]
enum Attempt {
    Connecting,
    Open,
    Failed(Arc<WsError>),
}

impl OpeningHandshake {
    /// Does the handshake in the background, and calls `on_connect` with the open socket; see
    /// [`WebSocketClient::non_blocking`](super::WebSocketClient::non_blocking).
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::mpsc::channel;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| ws.try_send(ws.request().header("x-name").unwrap().to_owned());
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let (give, take) = channel();
    /// let handshake = WebSocketClient::to(uri).with_header("x-name", "bob");
    /// let client = handshake.non_blocking(|_ws: WebSocket| ());
    /// client.on_message(move |message| give.send(message).unwrap());
    /// assert_eq!(take.recv()?, "bob");
    /// # Ok(())
    /// # }
    /// ```
    pub fn non_blocking<In, Out, F, R, When>(self, on_connect: F) -> CallbackWebSocket
    where
        In: Message,
        Out: Message,
        F: FnOnce(WebSocket<In, Out>) -> R + Send + 'static,
        R: IntoConsumed<When, Output: IntoWsResult, Future: Send>,
    {
        CallbackWebSocket::connecting(self, WsConsumer::new(on_connect))
    }
}

impl CallbackWebSocket {
    fn connecting(handshake: OpeningHandshake, on_connect: WsConsumer) -> Self {
        let config = handshake.config().clone();
        let opening = handshake.opening();
        let request = match &opening {
            Ok(opening) => copy_of_head(&opening.request),
            Err(_) => Request::new(Body::empty()),
        };
        let socket = WebSocket::unconnected(request, &config);
        let (progress, attempt) = watch::channel(Attempt::Connecting);
        let connecting = connect_in_background(opening, socket.sender(), progress, on_connect);
        match background::runtime() {
            Ok(runtime) => drop(runtime.spawn(connecting)),
            Err(error) => {
                let error = Arc::new(WsError::from(ConnectError::broken(error)));
                socket.sender().fail(&error);
                let (_, attempt) = watch::channel(Attempt::Failed(error));
                return Self { socket, attempt };
            }
        }
        Self { socket, attempt }
    }

    /// Waits until everything sent so far, and the close frame after [`close`](Self::close), has
    /// been passed to the operating system. While the socket is being opened, this waits for it.
    ///
    /// A callback must not call it, because the socket does not proceed until the callback returns.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Closed`] if the socket ended before, or could not be opened, and
    /// [`SendError::Full`] if it took longer than `limit`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::client::WebSocketClient;
    ///
    /// let app = |mut ws: WebSocket| async move {
    ///     while ws.recv().await?.is_some() {}
    ///     WsResult::Ok(())
    /// };
    /// let server = app.as_server("127.0.0.1:0").start()?;
    /// let uri = format!("ws://{}/", server.addr());
    /// let client = WebSocketClient::non_blocking(uri, |_: WebSocket| {});
    /// client.on_error(|error| eprintln!("{error}"));
    /// client.try_send("with the operating system after the next line")?;
    /// assert_eq!(client.flush(Duration::from_secs(10)), Ok(()));
    /// client.close(WsStatus::NORMAL);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn flush(&self, limit: Duration) -> Result<(), SendError> {
        self.flush_until(after(limit))
            .unwrap_or(Err(SendError::Full))
    }

    fn flush_until(&self, deadline: Option<Instant>) -> Option<Result<(), SendError>> {
        wait_until(deadline, self.flushed())
    }

    async fn flushed(&self) -> Result<(), SendError> {
        let mut attempt = self.attempt.clone();
        let connected = |attempt: &Attempt| !matches!(attempt, Attempt::Connecting);
        let opened = match attempt.wait_for(connected).await {
            Ok(attempt) => matches!(*attempt, Attempt::Open),
            // The task that connected was dropped with its runtime.
            Err(_) => false,
        };
        if !opened {
            return Err(SendError::Closed(WsStatus::ABNORMAL));
        }
        self.socket.sender().flush().await
    }

    /// Calls `callback` with every message, from the first on, as [`WebSocket::on_message`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::mpsc::channel;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| for text in ["one", "two"] {
    /// #     ws.try_send(text).unwrap();
    /// # };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let (give, take) = channel();
    /// let client = WebSocketClient::non_blocking(uri, |_ws: WebSocket| ());
    /// client.on_message(move |message| give.send(message).unwrap());
    /// assert_eq!(take.recv()?, "one");
    /// assert_eq!(take.recv()?, "two");
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_message<F, R>(&self, callback: F)
    where
        F: FnMut(WsMessage) -> R + Send + 'static,
        R: IntoWsResult,
    {
        self.socket.on_message(callback);
    }

    /// Calls `callback` if the socket cannot be opened, and with every error of an
    /// [`on_message`](Self::on_message) callback, which then does not close the socket.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::mpsc::channel;
    /// # use http4k_ws::client::{ConnectError, WebSocketClient};
    /// let (give, take) = channel();
    /// let client = WebSocketClient::non_blocking("ftp://localhost/", |_ws: WebSocket| ());
    /// client.on_error(move |error| {
    ///     let cause = error.cause().and_then(|cause| cause.downcast_ref());
    ///     give.send(matches!(cause, Some(ConnectError::UnsupportedScheme { .. }))).unwrap();
    /// });
    /// assert_eq!(take.recv(), Ok(true));
    /// ```
    pub fn on_error(&self, mut callback: impl FnMut(&WsError) + Send + 'static) {
        // The attempt is locked, so that it cannot fail before the callback is registered.
        let attempt = self.attempt.borrow();
        if let Attempt::Failed(error) = &*attempt {
            let error = Arc::clone(error);
            drop(attempt);
            callback(&error);
        } else {
            self.socket.on_error(callback);
        }
    }

    /// Calls `callback` once, when either side has closed the socket, and with 1006 if the socket
    /// could not be opened.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::mpsc::channel;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| ws.close(WsStatus::GOING_AWAY);
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let (give, take) = channel();
    /// let client = WebSocketClient::non_blocking(uri, |_ws: WebSocket| ());
    /// client.on_close(move |status| give.send(status).unwrap());
    /// assert_eq!(take.recv()?, WsStatus::GOING_AWAY);
    ///
    /// let (give, take) = channel();
    /// let unopened = WebSocketClient::non_blocking("ftp://localhost/", |_ws: WebSocket| ());
    /// unopened.on_close(move |status| give.send(status).unwrap());
    /// assert_eq!(take.recv()?, WsStatus::ABNORMAL);
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_close(&self, callback: impl FnOnce(WsStatus) + Send + 'static) {
        self.socket.on_close(callback);
    }

    /// Queues `message` without waiting. A message that is sent before the socket is open waits for
    /// it, and goes before those of `on_connect`.
    ///
    /// # Errors
    ///
    /// Returns [`SendError::Full`] if the queue is full, and [`SendError::Closed`] once the socket
    /// is closing, or could not be opened.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::mpsc::channel;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |ws: WebSocket| {
    /// #     let sender = ws.sender();
    /// #     ws.on_message(move |message: WsMessage| sender.try_send(message));
    /// # };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let (give, take) = channel();
    /// let client = WebSocketClient::non_blocking(uri, |_ws: WebSocket| ());
    /// client.on_message(move |message| give.send(message).unwrap());
    /// // The socket need not be open yet.
    /// client.try_send("hello")?;
    /// assert_eq!(take.recv()?, "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn try_send(&self, message: impl Into<WsMessage>) -> Result<(), SendError> {
        self.socket.try_send(message)
    }

    /// Sends everything queued, then closes the socket with `status`, as soon as it is open.
    /// Calling it again has no effect.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::mpsc::channel;
    /// # use http4k_ws::client::WebSocketClient;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (give, take) = channel();
    /// # let app = move |ws: WebSocket| {
    /// #     let give = give.clone();
    /// #     ws.on_message(move |message: WsMessage| give.send(message).unwrap());
    /// # };
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("ws://{}/", server.addr());
    /// let client = WebSocketClient::non_blocking(uri, |_ws: WebSocket| ());
    /// client.try_send("last words")?;
    /// client.close(WsStatus::NORMAL);
    /// // The server receives what was sent before.
    /// assert_eq!(take.recv()?, "last words");
    /// assert!(client.try_send("too late").is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(&self, status: WsStatus) {
        self.socket.close(status);
    }
}

async fn connect_in_background(
    opening: Result<Opening, ConnectError>,
    sender: WsSender,
    progress: watch::Sender<Attempt>,
    on_connect: WsConsumer,
) {
    let opened = match opening {
        Ok(mut opening) => {
            opening.unconnected = Some(sender.clone());
            connect(opening).await
        }
        Err(error) => Err(error),
    };
    match opened {
        Ok(socket) => {
            progress.send_replace(Attempt::Open);
            run_on_connect(socket, on_connect).await;
        }
        Err(error) => {
            let error = Arc::new(WsError::from(error));
            // First, so that a callback which is registered now is called with the error too.
            progress.send_replace(Attempt::Failed(Arc::clone(&error)));
            if !sender.fail(&error) {
                log::warn!(
                    "could not open a WebSocket without an `on_error` callback: {}",
                    printable(&error)
                );
            }
        }
    }
}

/// Runs the consumer of a socket, whose session is another task.
async fn run_on_connect(socket: WebSocket, on_connect: WsConsumer) {
    let sender = socket.sender();
    let run = on_connect.start(socket);
    match guarded_future("`on_connect` of a WebSocket client", run).await {
        Some(Ok(())) => {}
        Some(Err(error)) => {
            log::error!(
                "`on_connect` of a WebSocket client failed: {}",
                printable(&error)
            );
            sender.close(error.status().clone());
        }
        None => sender.close(WsStatus::INTERNAL_ERROR),
    }
}

impl Drop for CallbackWebSocket {
    fn drop(&mut self) {
        let sends = match *self.attempt.borrow() {
            Attempt::Connecting => self.socket.sender().has_queued(),
            Attempt::Open => true,
            Attempt::Failed(_) => false,
        };
        // In a callback, the wait would be for the socket that the callback holds up.
        if sends && !background::is_this_thread() {
            let _ = self.flush_until(after(LAST_FLUSH));
        }
    }
}

impl fmt::Debug for CallbackWebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("CallbackWebSocket");
        match &*self.attempt.borrow() {
            Attempt::Connecting => shown.field(&"connecting"),
            Attempt::Open => shown.field(&self.socket),
            Attempt::Failed(error) => shown.field(error),
        }
        .finish()
    }
}
