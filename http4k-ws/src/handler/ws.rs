//! `Request -> WsResponse`, `WebSocket -> ()`, and what wraps them.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::StatusCode;

use super::answer::{IntoConsumed, Now};
use super::call::Call;
use super::http::Itself;
use super::session::{IntoWsResult, SessionConfig, WebSocket, WsResult};
use crate::lens::Message;
use crate::message::{IntoResponse, Rejection, Request, Response};

pub(crate) type ConsumerFuture = Pin<Box<dyn Future<Output = WsResult> + Send>>;

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
        R: IntoConsumed<When, Given: IntoWsResult, Future: Send>,
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
    /// to use. Of several, the one added first has the last word. The filter [`session`](crate::session())
    /// does this for whole routes.
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

    /// The bounds of the socket on a server with `config`.
    pub(crate) fn session(&mut self, config: SessionConfig) -> SessionConfig {
        match self.session.take() {
            None => config,
            Some(adjust) => adjust(config),
        }
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

/// The answer to an opening handshake: a consumer, or a refusal.
#[derive(Debug)]
pub struct WsResponse {
    outcome: Result<WsConsumer, Box<Response>>,
    subprotocol: Option<String>,
}

impl WsResponse {
    /// Accepts the upgrade; `consumer` gets the socket.
    pub fn accept(consumer: WsConsumer) -> Self {
        Self {
            outcome: Ok(consumer),
            subprotocol: None,
        }
    }

    /// Refuses the upgrade: the peer gets `response`, and no socket (RFC 6455 §4.2.2).
    pub fn refuse(response: impl IntoResponse) -> Self {
        Self {
            outcome: Err(Box::new(response.into_response())),
            subprotocol: None,
        }
    }

    /// Chooses a subprotocol; the peer must have offered it (RFC 6455 §4.2.2).
    #[must_use]
    pub fn with_subprotocol(mut self, subprotocol: impl Into<String>) -> Self {
        self.subprotocol = Some(subprotocol.into());
        self
    }

    /// The subprotocol chosen.
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// The response that refuses the upgrade; `None` where it is accepted.
    pub fn refusal(&self) -> Option<&Response> {
        self.outcome.as_ref().err().map(|response| &**response)
    }

    /// The same subprotocol, another consumer in front of the one chosen.
    #[must_use]
    pub fn map_consumer(mut self, wrap: impl FnOnce(WsConsumer) -> WsConsumer) -> Self {
        self.outcome = self.outcome.map(wrap);
        self
    }

    /// The consumer and the subprotocol chosen, or the refusal.
    ///
    /// # Errors
    ///
    /// The response that refuses the upgrade.
    pub fn into_outcome(self) -> Result<(WsConsumer, Option<String>), Response> {
        match self.outcome {
            Ok(consumer) => Ok((consumer, self.subprotocol)),
            Err(response) => Err(*response),
        }
    }
}

/// What a WebSocket handler may give back: a [`WsResponse`] and what becomes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer to an opening handshake",
    label = "a ws handler gives back a `WsResponse`, `WsConsumer`, `Option<WsConsumer>` or `Result<WsConsumer, _>`",
    note = "to hand the socket to a function, pass it: `ws(talk(ws))`"
)]
pub trait IntoWsResponse {
    /// Makes the answer.
    fn into_ws_response(self) -> WsResponse;
}

impl IntoWsResponse for WsResponse {
    fn into_ws_response(self) -> WsResponse {
        self
    }
}

impl IntoWsResponse for WsConsumer {
    fn into_ws_response(self) -> WsResponse {
        WsResponse::accept(self)
    }
}

impl IntoWsResponse for Rejection {
    fn into_ws_response(self) -> WsResponse {
        WsResponse::refuse(self)
    }
}

/// `None` is refused with 404.
impl<T: IntoWsResponse> IntoWsResponse for Option<T> {
    fn into_ws_response(self) -> WsResponse {
        match self {
            Some(accepted) => accepted.into_ws_response(),
            None => WsResponse::refuse(StatusCode::NOT_FOUND),
        }
    }
}

impl<T: IntoWsResponse, E: IntoResponse> IntoWsResponse for Result<T, E> {
    fn into_ws_response(self) -> WsResponse {
        match self {
            Ok(accepted) => accepted.into_ws_response(),
            Err(refusal) => WsResponse::refuse(refusal),
        }
    }
}

/// A function from an upgrade request to a consumer or a refusal.
///
/// Every `Fn(Request) -> Future<Output: IntoWsResponse>` is one.
/// Where a function may also answer at once, take [`IntoWsHandler`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// /// A socket for bob, and for nobody else.
/// fn for_bob(request: Request) -> Option<WsConsumer> {
///     (request.uri().path() == "/bob").then(|| {
///         WsConsumer::new(|ws: WebSocket| async move { ws.send("hello bob").await })
///     })
/// }
///
/// let app = PolyHandler::new(|_request: Request| "http", for_bob);
/// assert_eq!(app.test_ws("/bob").received().next().unwrap().unwrap().text(), "hello bob");
/// assert_eq!(app.try_test_ws("/eve").unwrap_err().status(), 404);
/// ```
pub trait WsHandler: Send + Sync + 'static {
    /// Answers the upgrade `request`.
    fn call(&self, request: Request) -> impl Future<Output = WsResponse> + Send;
}

impl<F, Fut> WsHandler for F
where
    F: Fn(Request) -> Fut + Send + Sync + 'static,
    Fut: Future + Send,
    Fut::Output: IntoWsResponse,
{
    async fn call(&self, request: Request) -> WsResponse {
        self(request).await.into_ws_response()
    }
}

pub(crate) type WsResponseFuture<'a> = Pin<Box<dyn Future<Output = WsResponse> + Send + 'a>>;

/// A [`WsHandler`] without its type; as with HTTP, routers and their endpoints implement it themselves.
pub(crate) trait ErasedWsHandler: Send + Sync {
    fn call(&self, request: Request) -> WsResponseFuture<'_>;

    /// Answers an upgrade that a router found to be this handler's.
    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        self.call(call.into_plain_request())
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxWsHandler")
    }
}

impl<H: WsHandler> ErasedWsHandler for H {
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        Box::pin(WsHandler::call(self, request))
    }
}

/// Any [`WsHandler`], shared and without its type.
#[derive(Clone)]
pub struct BoxWsHandler(Arc<dyn ErasedWsHandler>);

/// What a [`WsFilter`] calls to go on: the rest of the chain.
pub type WsNext = BoxWsHandler;

impl BoxWsHandler {
    /// Shares `handler`.
    pub fn new<M>(handler: impl IntoWsHandler<M>) -> Self {
        handler.into_ws_handler()
    }

    pub(crate) fn erased(handler: Arc<dyn ErasedWsHandler>) -> Self {
        Self(handler)
    }

    pub(crate) fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        self.0.routed(call)
    }
}

impl WsHandler for BoxWsHandler {
    async fn call(&self, request: Request) -> WsResponse {
        self.0.call(request).await
    }
}

impl fmt::Debug for BoxWsHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(f)
    }
}

/// What can be used as a [`WsHandler`]: one itself, a function that answers at once, a function over a
/// [`WebSocket`].
///
/// `Kind` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no WebSocket handler",
    label = "a ws handler is a function from a `Request` to a `WsResponse`, or a function over a `WebSocket`",
    note = "a function that answers with a response belongs in `http(..)`"
)]
pub trait IntoWsHandler<Kind> {
    /// The handler, shared.
    fn into_ws_handler(self) -> BoxWsHandler;
}

impl<H: WsHandler> IntoWsHandler<Itself> for H {
    fn into_ws_handler(self) -> BoxWsHandler {
        match (&self as &dyn Any).downcast_ref::<BoxWsHandler>() {
            Some(shared) => shared.clone(),
            None => BoxWsHandler(Arc::new(self)),
        }
    }
}

impl<F, R> IntoWsHandler<Now> for F
where
    F: Fn(Request) -> R + Send + Sync + 'static,
    R: IntoWsResponse + Send + 'static,
{
    fn into_ws_handler(self) -> BoxWsHandler {
        (move |request| std::future::ready(self(request).into_ws_response())).into_ws_handler()
    }
}

/// Marks a function over a socket.
#[derive(Debug)]
pub struct OverSocket<In, Out, When>(std::marker::PhantomData<(In, Out, When)>);

impl<F, R, In, Out, When> IntoWsHandler<OverSocket<In, Out, When>> for F
where
    F: Fn(WebSocket<In, Out>) -> R + Clone + Send + Sync + 'static,
    In: Message,
    Out: Message,
    R: IntoConsumed<When, Given: IntoWsResult, Future: Send>,
{
    fn into_ws_handler(self) -> BoxWsHandler {
        (move |request: Request| WsConsumer::new(self.clone()).with_request(request))
            .into_ws_handler()
    }
}

/// What stands in front of a [`WsHandler`]: it sees the upgrade request first and the answer last.
///
/// Every `Fn(Request, WsNext) -> Future<Output: IntoWsResponse>` is one. A refusal is an HTTP answer: the
/// peer never gets a socket.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::{WsFilter, WsHandler};
///
/// async fn named(request: Request, next: WsNext) -> WsResponse {
///     match request.header("x-name") {
///         Some(_) => next.call(request).await,
///         None => WsResponse::refuse(StatusCode::UNAUTHORIZED),
///     }
/// }
///
/// let app = named.then(|ws: WebSocket| ws.try_send("hello"));
/// let app = PolyHandler::new(|_request: Request| "http", app);
/// assert_eq!(app.try_test_ws("/").unwrap_err().status(), 401);
/// assert!(app.try_test_ws(Request::get("/").header("x-name", "ann")).is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no WebSocket filter",
    label = "a WebSocket filter is `Fn(Request, WsNext) -> impl Future<Output = WsResponse>`"
)]
pub trait WsFilter: Send + Sync + 'static {
    /// Answers the upgrade `request`, most often by calling `next`.
    fn filter(&self, request: Request, next: WsNext) -> impl Future<Output = WsResponse> + Send;

    /// This filter in front of `handler`.
    fn then<M>(self, handler: impl IntoWsHandler<M>) -> BoxWsHandler
    where
        Self: Sized,
    {
        Filtered {
            filter: self,
            next: handler.into_ws_handler(),
        }
        .into_ws_handler()
    }
}

impl<F, Fut> WsFilter for F
where
    F: Fn(Request, WsNext) -> Fut + Send + Sync + 'static,
    Fut: Future + Send,
    Fut::Output: IntoWsResponse,
{
    async fn filter(&self, request: Request, next: WsNext) -> WsResponse {
        self(request, next).await.into_ws_response()
    }
}

struct Filtered<F> {
    filter: F,
    next: BoxWsHandler,
}

impl<F: WsFilter> WsHandler for Filtered<F> {
    async fn call(&self, request: Request) -> WsResponse {
        self.filter.filter(request, self.next.clone()).await
    }
}
