//! The callbacks and observers of a socket.
//!
//! A callback is stored in the state of the socket until the session calls it. A callback that is
//! registered after the end is called at once.

use super::error::{IntoWsResult, WsError, WsResult};
use super::notify::WsEvent;
use super::socket::WebSocket;
use crate::lens::{Message, decoded};
use crate::message::{WsMessage, WsStatus, printable};

pub(super) type OnMessage = Box<dyn FnMut(WsMessage) -> WsResult + Send>;
pub(super) type OnError = Box<dyn FnMut(&WsError) + Send>;
pub(super) type OnClose = Box<dyn FnOnce(WsStatus) + Send>;

/// The callbacks of one socket. Most sockets have none, and no memory for them.
#[derive(Default)]
pub(super) struct Callbacks(Option<Box<CallbackLists>>);

/// The callbacks of each event. A list is taken out while it runs, so that it may use the socket.
#[derive(Default)]
pub(super) struct CallbackLists {
    pub(super) on_message: Vec<OnMessage>,
    pub(super) on_error: Vec<OnError>,
    pub(super) on_close: Vec<OnClose>,
}

impl Callbacks {
    /// Returns `true` if a callback was ever registered. The socket then outlives its consumer.
    pub(super) fn are_registered(&self) -> bool {
        self.0.is_some()
    }

    /// Returns `true` if there is a callback for messages.
    pub(super) fn receive(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|lists| !lists.on_message.is_empty())
    }

    /// Returns the lists, to register a callback.
    pub(super) fn register(&mut self) -> &mut CallbackLists {
        self.0.get_or_insert_default()
    }

    /// Returns the lists, if a callback was ever registered.
    pub(super) fn lists(&mut self) -> Option<&mut CallbackLists> {
        self.0.as_deref_mut()
    }

    pub(super) fn into_lists(self) -> CallbackLists {
        self.0.map(|lists| *lists).unwrap_or_default()
    }
}

impl<In: Message, Out: Message> WebSocket<In, Out> {
    /// Calls `callback` with every message, from the first on. The socket then outlives its
    /// consumer.
    ///
    /// The callback returns `()` or a `Result`. An error, and a message that is not an `In`, is
    /// passed to [`on_error`](Self::on_error) if that is registered. Otherwise it closes the
    /// socket, as the same error of a consumer does. Each of several callbacks receives every
    /// message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let app = |ws: WebSocket<Json<u32>, Json<u32>>| {
    ///     let sender = ws.sender();
    ///     ws.on_message(move |Json(number)| sender.try_send(Json(number * 2)));
    /// };
    /// let mut client = app.test_ws("/");
    /// client.send("21").unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), "42");
    /// // Not a number, and no callback for errors.
    /// client.send("many").unwrap();
    /// assert_eq!(client.closed().unwrap().code(), 1007);
    /// ```
    pub fn on_message<F, R>(&self, mut callback: F)
    where
        F: FnMut(In) -> R + Send + 'static,
        R: IntoWsResult,
    {
        let format = self.format;
        let mut callback = move |message| callback(decoded(format, message)?).into_ws_result();
        let mut inner = self.end.state.lock();
        let is_open = inner.closed.is_none();
        let callbacks = inner.callbacks.register();
        if is_open {
            callbacks.on_message.push(Box::new(callback));
            inner.wake_session();
            return;
        }
        drop(inner);
        // The socket is over, and messages that arrived before that are still queued.
        while let Some(message) = self.end.state.pop_received() {
            if let Err(error) = callback(message) {
                log::warn!(
                    "a callback failed on a closed socket: {}",
                    printable(&error)
                );
            }
        }
    }

    /// Calls `callback` with every error of an [`on_message`](Self::on_message) callback. Such an
    /// error then does not close the socket.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// let app = |ws: WebSocket<Json<u32>, String>| {
    ///     let (thanks, refusal) = (ws.sender(), ws.sender());
    ///     ws.on_message(move |_number| thanks.try_send("thank you"));
    ///     ws.on_error(move |_error| refusal.try_send("a number, please").unwrap());
    /// };
    /// let mut client = app.test_ws("/");
    /// client.send("many").unwrap();
    /// client.send("42").unwrap();
    /// let replies: Vec<_> = client.received().take(2).map(Result::unwrap).collect();
    /// assert_eq!(replies, ["a number, please", "thank you"]);
    /// ```
    pub fn on_error(&self, callback: impl FnMut(&WsError) + Send + 'static) {
        let mut inner = self.end.state.lock();
        inner.callbacks.register().on_error.push(Box::new(callback));
    }

    /// Calls `callback` once, when either side closes the socket or the connection is lost. If that
    /// has happened already, calls it at once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use std::sync::mpsc::channel;
    /// let (left, leaving) = channel();
    /// let app = move |ws: WebSocket| {
    ///     let left = left.clone();
    ///     ws.on_close(move |status| left.send(status).unwrap());
    /// };
    /// app.test_ws("/").close(WsStatus::GOING_AWAY);
    /// assert_eq!(leaving.recv(), Ok(WsStatus::GOING_AWAY));
    /// ```
    pub fn on_close(&self, callback: impl FnOnce(WsStatus) + Send + 'static) {
        let mut inner = self.end.state.lock();
        let closed = inner.closed.clone();
        let callbacks = inner.callbacks.register();
        match closed {
            None => callbacks.on_close.push(Box::new(callback)),
            Some(status) => {
                drop(inner);
                callback(status);
            }
        }
    }

    /// Calls `observer` with every message received or sent from now on, and with the end.
    ///
    /// A consumer that adds one before it first waits misses nothing. The socket of a client may
    /// have received messages by then. An observer changes nothing, and does not keep the socket
    /// open. It must be fast, because the socket waits for it. A panic in it is logged. Filters use
    /// it to see the sockets behind them.
    ///
    /// # Examples
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
        self.end.state.notifier.observe(observer);
    }
}
