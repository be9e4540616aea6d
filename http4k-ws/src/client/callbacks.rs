//! The client that calls back: http4k's way to be one.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::oneshot;

use super::background::{self, LAST_FLUSH, after, wait_until};
use super::error::ConnectError;
use super::opening::OpeningHandshake;
use crate::handler::{IntoConsumed, WsConsumer};
use crate::lens::Message;
use crate::message::{WsMessage, WsStatus, printable};
use crate::panics::{guarded, text_of};
use crate::session::{IntoWsResult, SendError, WebSocket, WsError};

/// A socket to a server that is opened in the background, and calls back; made by
/// [`WebSocketClient::non_blocking`](super::WebSocketClient::non_blocking).
///
/// Callbacks may be registered at any time, before and after the socket is open, has failed or is over: none
/// misses anything. They run on a thread of the library, one after another.
///
/// Where the socket can't be opened, `on_error` gets the [`ConnectError`] as its
/// [`cause`](WsError::cause), and `on_close` gets 1006.
///
/// Dropping it closes the socket with 1000 once `on_connect` has returned and what is queued is sent, where
/// no callbacks are registered, as dropping a [`WebSocket`] does. The drop waits up to 1 s until what
/// was sent and the close frame of [`close`](Self::close) have left the process, except in a callback.
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
/// let (tell, told) = channel();
/// let client = WebSocketClient::non_blocking(format!("ws://{}/", server.addr()), |ws: WebSocket| {
///     ws.try_send("hello").unwrap();
/// });
/// client.on_message(move |message| tell.send(message).unwrap());
/// client.on_error(|error| eprintln!("{error}"));
/// assert_eq!(told.recv()?.text(), "hello");
/// client.close(WsStatus::NORMAL);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub struct CallbackWebSocket(Shared);

/// The state of a client, for the client and for the task that opens its socket.
#[derive(Clone)]
struct Shared(Arc<Mutex<State>>);

enum State {
    Connecting(Waiting),
    Open(Arc<WebSocket>),
    Failed(Arc<WsError>),
}

type Step = Box<dyn FnOnce(&WebSocket) + Send>;
type OnError = Box<dyn FnMut(&WsError) + Send>;
type OnClose = Box<dyn FnOnce(WsStatus) + Send>;

/// What is to be done when the socket is open, or has failed.
struct Waiting {
    /// In the order asked for: callbacks for messages, messages to send, the end.
    todo: Vec<Step>,
    on_error: Vec<OnError>,
    on_close: Vec<OnClose>,
    messages: usize,
    bytes: usize,
    max_messages: usize,
    max_bytes: usize,
    closing: Option<WsStatus>,
}

impl Waiting {
    /// Returns `true` if the server is to receive anything.
    fn has_words(&self) -> bool {
        self.messages > 0 || self.closing.is_some()
    }

    fn is_full(&self) -> bool {
        self.messages >= self.max_messages || self.bytes >= self.max_bytes
    }
}

/// What is known of an open socket is used outside of the lock: it may call whoever observes it.
impl OpeningHandshake {
    /// Does the handshake in the background, and hands the socket to `on_connect` when it is open; see
    /// [`WebSocketClient::non_blocking`](super::WebSocketClient::non_blocking).
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
    pub(super) fn connecting(handshake: OpeningHandshake, on_connect: WsConsumer) -> Self {
        let config = handshake.config();
        let state = Arc::new(Mutex::new(State::Connecting(Waiting {
            todo: Vec::new(),
            on_error: Vec::new(),
            on_close: Vec::new(),
            messages: 0,
            bytes: 0,
            max_messages: config.queue_messages.max(1),
            max_bytes: config.queue_bytes,
            closing: None,
        })));
        let shared = Shared(state);
        let opening = shared.clone();
        match background::runtime() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    match handshake.connect().await {
                        Ok(socket) => opening.opened(socket, on_connect).await,
                        Err(error) => opening.failed(error),
                    }
                });
            }
            Err(error) => shared.failed(ConnectError::broken(error)),
        }
        Self(shared)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands the socket over. This hold on it ends here, so that the socket is held by the one who has the
    /// client, as long as that is.
    async fn opened(self, socket: WebSocket, on_connect: WsConsumer) {
        let held = Arc::new(socket.clone_handle());
        for callback in self.catch_up(&held) {
            // Outside of the lock: where the socket is closed already, this calls it.
            held.on_close(callback);
        }
        drop((held, self));
        attend(socket, on_connect).await;
    }

    /// Does what was asked for so far; under the lock, so that nothing overtakes it.
    fn catch_up(&self, socket: &Arc<WebSocket>) -> Vec<OnClose> {
        let mut state = self.lock();
        let before = std::mem::replace(&mut *state, State::Open(Arc::clone(socket)));
        let State::Connecting(waiting) = before else {
            return Vec::new();
        };
        for callback in waiting.on_error {
            socket.on_error(callback);
        }
        for step in waiting.todo {
            step(socket);
        }
        waiting.on_close
    }

    fn failed(&self, error: ConnectError) {
        let error = Arc::new(WsError::from(error));
        let before = std::mem::replace(&mut *self.lock(), State::Failed(Arc::clone(&error)));
        let State::Connecting(waiting) = before else {
            return;
        };
        if waiting.on_error.is_empty() {
            log::warn!(
                "a WebSocket was not opened, and nobody asked so far: {}",
                printable(&error)
            );
        }
        for mut callback in waiting.on_error {
            guarded(CALLBACK, || callback(&error));
        }
        for callback in waiting.on_close {
            guarded(CALLBACK, || callback(WsStatus::ABNORMAL));
        }
    }

    /// Waits until the socket is open and all that was sent has left the process.
    async fn flushed(&self) -> Result<(), SendError> {
        loop {
            let opened = match &mut *self.lock() {
                State::Connecting(waiting) => {
                    let (tell, opened) = oneshot::channel::<()>();
                    // Called or dropped, it ends the wait for the socket.
                    waiting.todo.push(Box::new(move |_socket| drop(tell)));
                    Err(opened)
                }
                State::Open(socket) => Ok(socket.sender()),
                State::Failed(_) => return Err(SendError::Closed(WsStatus::ABNORMAL)),
            };
            match opened {
                Ok(sender) => return sender.flush().await,
                Err(opened) => drop(opened.await),
            }
        }
    }

    /// Returns `true` if the server may not have received all that it is to receive.
    fn has_words(&self) -> bool {
        match &*self.lock() {
            State::Connecting(waiting) => waiting.has_words(),
            State::Open(_) => true,
            State::Failed(_) => false,
        }
    }
}

impl CallbackWebSocket {
    /// Waits until everything sent so far, and the close frame after [`close`](Self::close), is with
    /// the operating system. While the socket is being opened, this waits for it.
    ///
    /// A callback must not call it: the socket is not served until the callback returns.
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
    /// let app = |mut ws: WebSocket| async move { while ws.recv().await?.is_some() {} WsResult::Ok(()) };
    /// let server = app.as_server("127.0.0.1:0").start()?;
    /// let client = WebSocketClient::non_blocking(format!("ws://{}/", server.addr()), |_: WebSocket| {});
    /// client.on_error(|error| eprintln!("{error}"));
    /// client.try_send("with the operating system, if the next line succeeds")?;
    /// client.flush(Duration::from_secs(10))?;
    /// client.close(WsStatus::NORMAL);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn flush(&self, limit: Duration) -> Result<(), SendError> {
        self.flush_until(after(limit))
            .unwrap_or(Err(SendError::Full))
    }

    fn flush_until(&self, deadline: Option<Instant>) -> Option<Result<(), SendError>> {
        wait_until(deadline, self.0.flushed())
    }

    /// Calls `callback` with every message, from the first on, as
    /// [`WebSocket::on_message`].
    pub fn on_message<F, R>(&self, callback: F)
    where
        F: FnMut(WsMessage) -> R + Send + 'static,
        R: IntoWsResult,
    {
        let mut state = self.lock();
        match &mut *state {
            State::Connecting(waiting) => waiting
                .todo
                .push(Box::new(move |socket| socket.on_message(callback))),
            State::Open(socket) => {
                let socket = Arc::clone(socket);
                drop(state);
                socket.on_message(callback);
            }
            State::Failed(_) => {}
        }
    }

    /// Calls `callback` where the socket can't be opened, and with every error of an
    /// [`on_message`](Self::on_message) callback, which then does not close the socket.
    pub fn on_error(&self, mut callback: impl FnMut(&WsError) + Send + 'static) {
        let mut state = self.lock();
        match &mut *state {
            State::Connecting(waiting) => waiting.on_error.push(Box::new(callback)),
            State::Open(socket) => {
                let socket = Arc::clone(socket);
                drop(state);
                socket.on_error(callback);
            }
            State::Failed(error) => {
                let error = Arc::clone(error);
                drop(state);
                callback(&error);
            }
        }
    }

    /// Calls `callback` once, when the socket is closed, by whichever side; with 1006 where it was never
    /// open.
    pub fn on_close(&self, callback: impl FnOnce(WsStatus) + Send + 'static) {
        let mut state = self.lock();
        match &mut *state {
            State::Connecting(waiting) => waiting.on_close.push(Box::new(callback)),
            State::Open(socket) => {
                let socket = Arc::clone(socket);
                drop(state);
                socket.on_close(callback);
            }
            State::Failed(_) => {
                drop(state);
                callback(WsStatus::ABNORMAL);
            }
        }
    }

    /// Queues `message`, or fails at once. What is sent before the socket is open waits for that, and goes
    /// before what `on_connect` sends.
    ///
    /// # Errors
    ///
    /// [`SendError::Full`] where the queue is full, [`SendError::Closed`] once the socket is closing, or
    /// could not be opened.
    pub fn try_send(&self, message: impl Into<WsMessage>) -> Result<(), SendError> {
        let message = message.into();
        let mut state = self.lock();
        match &mut *state {
            State::Connecting(waiting) => {
                if let Some(status) = &waiting.closing {
                    return Err(SendError::Closed(status.clone()));
                }
                if waiting.is_full() {
                    return Err(SendError::Full);
                }
                waiting.messages += 1;
                waiting.bytes += message.as_bytes().len();
                waiting.todo.push(Box::new(|socket| {
                    // It fails only where the peer has closed meanwhile, which `on_close` tells.
                    let _ = socket.try_send(message);
                }));
                Ok(())
            }
            State::Open(socket) => {
                let socket = Arc::clone(socket);
                drop(state);
                socket.try_send(message)
            }
            State::Failed(_) => Err(SendError::Closed(WsStatus::ABNORMAL)),
        }
    }

    /// Sends what is queued, then closes the socket with `status`, as soon as it is open. Closing twice is
    /// nothing.
    pub fn close(&self, status: WsStatus) {
        let mut state = self.lock();
        match &mut *state {
            State::Connecting(waiting) if waiting.closing.is_none() => {
                waiting.closing = Some(status.clone());
                waiting.todo.push(Box::new(|socket| socket.close(status)));
            }
            State::Open(socket) => {
                let socket = Arc::clone(socket);
                drop(state);
                socket.close(status);
            }
            State::Connecting(_) | State::Failed(_) => {}
        }
    }
}

impl Drop for CallbackWebSocket {
    fn drop(&mut self) {
        // A callback holds up the socket that it would wait for.
        if !background::is_this_thread() && self.0.has_words() {
            let _ = self.flush_until(after(LAST_FLUSH));
        }
    }
}

/// The name of a callback in the log.
const CALLBACK: &str = "a WebSocket callback";

/// Runs the consumer of a socket whose session is elsewhere.
async fn attend(socket: WebSocket, consumer: WsConsumer) {
    let sender = socket.sender();
    let run = AssertUnwindSafe(consumer.start(socket)).catch_unwind();
    match run.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            log::error!(
                "a WebSocket client's `on_connect` failed: {}",
                printable(&error)
            );
            sender.close(error.status().clone());
        }
        Err(panic) => {
            let panic = text_of(panic);
            log::error!("a WebSocket client's `on_connect` panicked: {panic}");
            sender.close(WsStatus::INTERNAL_ERROR);
        }
    }
}

impl fmt::Debug for CallbackWebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("CallbackWebSocket");
        match &*self.lock() {
            State::Connecting(_) => shown.field(&"connecting"),
            State::Open(socket) => shown.field(socket),
            State::Failed(error) => shown.field(error),
        }
        .finish()
    }
}
