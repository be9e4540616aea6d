//! `WebSocket -> ()`.

use std::fmt;

use super::respond::IntoConsumed;
use crate::lens::Message;
use crate::message::{Request, WsStatus};
use crate::panics::guarded;
use crate::session::{ConsumerFuture, IntoWsResult, SessionConfig, WebSocket, WsError};

/// What talks on one socket: `WebSocket -> ()`, called once, when the opening handshake is done.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// let accept = |_request: Request| {
///     WsConsumer::new(|ws: WebSocket| async move { ws.send("a".repeat(100)).await })
///         .with_session(|config| config.with_queue_messages(16))
/// };
/// let mut client = accept.test_ws("/");
/// assert_eq!(client.received().next().unwrap().unwrap().text().len(), 100);
/// ```
pub struct WsConsumer {
    start: Box<dyn FnOnce(WebSocket) -> ConsumerFuture + Send>,
    session: Option<Adjust>,
    /// The template of the route that made it.
    pub(super) route: Option<Box<str>>,
}

/// What changes the bounds of a socket.
type Adjust = Box<dyn FnOnce(SessionConfig) -> SessionConfig + Send>;

impl WsConsumer {
    /// A consumer from a function over a socket, typed or not, async or not.
    pub fn new<In, Out, F, R, When>(consumer: F) -> Self
    where
        In: Message,
        Out: Message,
        F: FnOnce(WebSocket<In, Out>) -> R + Send + 'static,
        R: IntoConsumed<When, Output: IntoWsResult, Future: Send>,
    {
        // Called inside the future, so that a panic of a plain function is the session's to catch.
        let start = move |socket: WebSocket| -> ConsumerFuture {
            Box::pin(async move {
                let given = consumer(socket.typed()).into_consumed().await;
                given.into_ws_result()
            })
        };
        Self {
            start: Box::new(start),
            session: None,
            route: None,
        }
    }

    /// The same consumer, on a socket with other bounds: `adjust` gets those of the server, and gives those
    /// to use. Of several, the one added first has the last word. The filter [`session_config`](crate::filter::session_config)
    /// does this for whole routes. If `adjust` panics, the socket is closed with 1011.
    #[must_use]
    pub fn with_session(
        mut self,
        adjust: impl FnOnce(SessionConfig) -> SessionConfig + Send + 'static,
    ) -> Self {
        self.session = Some(match self.session {
            None => Box::new(adjust),
            Some(inner) => Box::new(move |config| inner(adjust(config))),
        });
        self
    }

    /// Returns the bounds of the socket on a server with `config`. If the function that adjusts them
    /// panics, those of the server count, and the socket is closed with 1011.
    pub(crate) fn session(&mut self, config: SessionConfig) -> SessionConfig {
        let Some(adjust) = self.session.take() else {
            return config;
        };
        let own = config.clone();
        guarded("a function that adjusts a session", || adjust(config)).unwrap_or_else(|| {
            self.start =
                Box::new(|_| Box::pin(async { Err(WsError::closing(WsStatus::INTERNAL_ERROR)) }));
            own
        })
    }

    /// The same consumer, whose socket goes through `prepare` first.
    pub(crate) fn after(self, prepare: impl FnOnce(&mut WebSocket) + Send + 'static) -> Self {
        let start = self.start;
        Self {
            start: Box::new(move |mut socket| {
                prepare(&mut socket);
                start(socket)
            }),
            session: self.session,
            route: self.route,
        }
    }

    /// The same consumer, whose future is wrapped.
    pub(crate) fn around(
        self,
        wrap: impl FnOnce(ConsumerFuture) -> ConsumerFuture + Send + 'static,
    ) -> Self {
        let start = self.start;
        Self {
            start: Box::new(move |socket| wrap(start(socket))),
            session: self.session,
            route: self.route,
        }
    }

    /// The same consumer, whose socket's request is the one that its handler got.
    pub(crate) fn with_request(self, request: Request) -> Self {
        self.after(move |socket| {
            let known = std::mem::replace(socket.request_mut(), request);
            let (head, _body) = known.into_parts();
            let mut extensions = head.extensions;
            let seen = socket.request_mut().extensions_mut();
            extensions.extend(std::mem::take(seen));
            *seen = extensions;
        })
    }

    /// Calls the function with its socket.
    pub(crate) fn start(self, socket: WebSocket) -> ConsumerFuture {
        (self.start)(socket)
    }
}

impl fmt::Debug for WsConsumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WsConsumer")
    }
}
