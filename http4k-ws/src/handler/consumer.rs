//! The function over a socket, `WebSocket -> ()`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::respond::IntoConsumed;
use crate::lens::Message;
use crate::message::{KeptRequest, PathParams, Request, WsStatus};
use crate::panics::guarded;
use crate::session::{ConsumerFuture, IntoWsResult, SessionConfig, WebSocket, WsError};
#[cfg(all(feature = "deflate", feature = "server"))]
use crate::session::{Deflate, DeflateTerms};

/// The function that talks on one socket. It is called once, after the opening handshake.
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
    start: Start,
    /// The request that the handler received. The socket keeps it in the place of the first one.
    request: Option<Box<KeptRequest>>,
    /// The path parameters, if the handler received the request as the server did, which has a copy
    /// of it already.
    pub(super) params: Option<PathParams>,
    session: Option<Adjust>,
    /// The template of the route that accepted.
    pub(super) route: Option<Cow<'static, str>>,
    /// The compression that the opening handshake agreed on.
    #[cfg(all(feature = "deflate", feature = "server"))]
    pub(crate) deflate: Option<DeflateTerms>,
}

/// A function that is called with the socket, and with the request that replaces the one of the
/// socket.
type Start = Box<dyn FnOnce(WebSocket, Option<Box<KeptRequest>>) -> ConsumerFuture + Send>;

/// A function that changes the bounds of a socket.
type Adjust = Box<dyn FnOnce(SessionConfig) -> SessionConfig + Send>;

impl WsConsumer {
    /// Creates a consumer from a function over a socket, typed or not, async or not.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// async fn upper(mut ws: WebSocket<String, String>) -> WsResult {
    ///     while let Some(text) = ws.recv().await? {
    ///         ws.send(text.to_uppercase()).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let accept = |_request: Request| WsConsumer::new(upper);
    /// let mut client = accept.test_ws("/");
    /// client.send("hello").unwrap();
    /// assert_eq!(client.received().next().unwrap().unwrap(), "HELLO");
    /// ```
    pub fn new<In, Out, F, R, When>(consumer: F) -> Self
    where
        In: Message,
        Out: Message,
        F: FnOnce(WebSocket<In, Out>) -> R + Send + 'static,
        R: IntoConsumed<When, Output: IntoWsResult, Future: Send>,
    {
        // Called inside the future, so that the session catches the panic of a plain function.
        let start = move |mut socket: WebSocket, request: Option<Box<KeptRequest>>| {
            // After all filters, whose extensions give way to those that the handler saw.
            if let Some(request) = request {
                let outer = std::mem::replace(socket.kept_request(), *request);
                socket.kept_request().inherit(outer);
            }
            let consumer: ConsumerFuture = Box::pin(async move {
                let returned = consumer(socket.typed()).into_consumed().await;
                returned.into_ws_result()
            });
            consumer
        };
        Self {
            start: Box::new(start),
            request: None,
            params: None,
            session: None,
            route: None,
            #[cfg(all(feature = "deflate", feature = "server"))]
            deflate: None,
        }
    }

    /// States the template of the route, unless an inner router has.
    pub(super) fn on_route(mut self, route: Cow<'static, str>) -> Self {
        self.route.get_or_insert(route);
        self
    }

    /// Changes the bounds of the socket. `adjust` receives those of the server, and returns those
    /// to use.
    ///
    /// If there are several, the one added last is called first, so the one added first decides.
    /// The filter [`session_config`](crate::filter::session_config) does this for whole routes. If
    /// `adjust` panics, the socket is closed with 1011.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let accept = |_request: Request| {
    ///     let echo = |ws: WebSocket| ws.on_message(|_message| WsResult::Ok(()));
    ///     WsConsumer::new(echo).with_session(|config| config.with_max_message(4))
    /// };
    /// let mut client = accept.test_ws("/");
    /// client.send("hello").unwrap();
    /// assert_eq!(client.closed().unwrap().code(), WsStatus::TOO_BIG.code());
    /// ```
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

    /// Returns the bounds of the socket on a server with `config`, which they share unless they
    /// differ. If the function that changes them panics, those of the server apply, and the socket
    /// is closed with 1011.
    pub(crate) fn session(&mut self, config: &Arc<SessionConfig>) -> Arc<SessionConfig> {
        let shared = Arc::clone(config);
        let Some(adjust) = self.session.take() else {
            return shared;
        };
        let own = SessionConfig::clone(config);
        match guarded("a function that adjusts a session", || adjust(own)) {
            Some(adjusted) if adjusted == **config => shared,
            Some(adjusted) => Arc::new(adjusted),
            None => {
                self.start = Box::new(|_, _| {
                    Box::pin(async { Err(WsError::closing(WsStatus::INTERNAL_ERROR)) })
                });
                shared
            }
        }
    }

    /// Returns the compression that the socket may use on a server with `config`.
    #[cfg(all(feature = "deflate", feature = "server"))]
    pub(crate) fn deflate_within(&mut self, config: &Arc<SessionConfig>) -> Option<Deflate> {
        if self.session.is_none() {
            return config.deflate;
        }
        let own = self.session(config);
        let deflate = own.deflate;
        self.session = Some(Box::new(move |_| SessionConfig::clone(&own)));
        deflate
    }

    /// Calls `prepare` with the socket before the consumer.
    pub(crate) fn after(self, prepare: impl FnOnce(&mut WebSocket) + Send + 'static) -> Self {
        let start = self.start;
        Self {
            start: Box::new(move |mut socket, request| {
                prepare(&mut socket);
                start(socket, request)
            }),
            ..self
        }
    }

    /// Wraps the future of the consumer.
    pub(crate) fn around(
        self,
        wrap: impl FnOnce(ConsumerFuture) -> ConsumerFuture + Send + 'static,
    ) -> Self {
        let start = self.start;
        Self {
            start: Box::new(move |socket, request| wrap(start(socket, request))),
            ..self
        }
    }

    /// Replaces the request of the socket with the one that the handler received.
    pub(crate) fn with_request(self, request: Request) -> Self {
        self.keeping(|| request.into())
    }

    /// Keeps the request that `kept` returns, unless the consumer has one.
    pub(super) fn keeping(mut self, kept: impl FnOnce() -> KeptRequest) -> Self {
        if self.request.is_none() {
            #[cfg_attr(not(feature = "tower"), allow(unused_mut))]
            let mut kept = kept();
            #[cfg(feature = "tower")]
            kept.edit_extensions(super::kept::drop_unkept);
            self.request = Some(Box::new(kept));
        }
        self
    }

    /// Calls the function with the socket.
    pub(crate) fn start(self, socket: WebSocket) -> ConsumerFuture {
        (self.start)(socket, self.request)
    }
}

impl fmt::Debug for WsConsumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WsConsumer")
    }
}
