//! The function `Request -> WsResponse`, and the filter in front of it.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::call::Call;
use super::consumer::WsConsumer;
use super::future::WsResponseFuture;
use super::http::{Itself, from_peer};
use super::joined::BoxWsFilter;
use super::only::filtered_ws;
use super::place::{IntoPolyFilter, JoinsWsFilter};
use super::position::Place;
use super::respond::{IntoConsumed, Now};
use super::ws_response::{IntoWsResponse, WsResponse};
use crate::describe::RouteDescription;
use crate::lens::Message;
use crate::message::{PeerAddr, Request};
use crate::session::{IntoWsResult, WebSocket};

/// A function from an upgrade request to a consumer or a refusal.
///
/// Every `Fn(Request) -> Future<Output: IntoWsResponse>` is one. To accept functions that return a
/// plain value as well, use [`IntoWsHandler`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// /// Accepts sockets at `/bob` only.
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
    /// Returns the response to the upgrade `request`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// fn for_ann(request: Request) -> Result<WsConsumer, StatusCode> {
    ///     match request.query("name").as_deref() {
    ///         Some("ann") => Ok(WsConsumer::new(|ws: WebSocket| ws.try_send("hello ann"))),
    ///         _ => Err(StatusCode::FORBIDDEN),
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let handler = http4k_ws::handler::BoxWsHandler::new(for_ann);
    /// let response = handler.call("/?name=ann".into_request().unwrap()).await;
    /// assert!(response.refusal().is_none());
    /// # }
    /// ```
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

/// A [`WsHandler`] without its type. Routers and endpoints implement it themselves, as for HTTP.
pub(crate) trait ErasedWsHandler: Send + Sync {
    fn call(&self, request: Request) -> WsResponseFuture<'_>;

    /// Calls the handler with a request from `peer`, which a server has received.
    fn received(&self, request: Request, peer: Option<PeerAddr>) -> WsResponseFuture<'_> {
        self.call(from_peer(request, peer))
    }

    /// Returns the response to an upgrade that a router matched to this handler.
    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        self.call(call.into_plain_request())
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxWsHandler")
    }
}

impl<H: WsHandler> ErasedWsHandler for H {
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        let place = request.extensions().get::<Place>();
        let route = place.and_then(Place::route);
        on_route(self, request, route)
    }

    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        let route = call.place.route();
        on_route(self, call.into_plain_request(), route)
    }
}

/// Calls a handler that knows no routes. Its socket is that of `route`.
fn on_route<'h, H: WsHandler>(
    handler: &'h H,
    request: Request,
    route: Option<Cow<'static, str>>,
) -> WsResponseFuture<'h> {
    WsResponseFuture::new(async move {
        let response = WsHandler::call(handler, request).await;
        match route {
            Some(route) => response.map_consumer(|consumer| consumer.on_route(route)),
            None => response,
        }
    })
}

/// A shared [`WsHandler`] without its type.
///
/// # Examples
///
/// ```
/// use http4k_ws::handler::BoxWsHandler;
/// use http4k_ws::prelude::*;
///
/// let greeter = BoxWsHandler::new(|ws: WebSocket| ws.try_send("hello"));
/// assert_eq!(greeter.test_ws("/").received().next().unwrap().unwrap(), "hello");
/// ```
#[derive(Clone)]
pub struct BoxWsHandler(Arc<dyn ErasedWsHandler>);

/// The rest of the chain, which a [`WsFilter`] calls to continue.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// async fn with_a_key(request: Request, next: WsNext) -> WsResponse {
///     match request.header("x-key") {
///         Some("sesame") => next.call(request).await,
///         _ => WsResponse::refuse(StatusCode::FORBIDDEN),
///     }
/// }
///
/// let app = routes! { "/" with(with_a_key) => ws(|ws: WebSocket| ws.try_send("come in")) };
/// assert_eq!(app.try_test_ws("/").unwrap_err().status(), 403);
/// let mut client = app.test_ws(Request::get("/").header("x-key", "sesame"));
/// assert_eq!(client.received().next().unwrap().unwrap(), "come in");
/// ```
pub type WsNext = BoxWsHandler;

impl BoxWsHandler {
    /// Shares `handler`.
    pub fn new<M>(handler: impl IntoWsHandler<M>) -> Self {
        handler.into_ws_handler()
    }

    pub(crate) fn erased(handler: Arc<dyn ErasedWsHandler>) -> Self {
        Self(handler)
    }

    pub(super) fn call_erased(&self, request: Request) -> WsResponseFuture<'_> {
        self.0.call(request)
    }

    pub(super) fn received(
        &self,
        request: Request,
        peer: Option<PeerAddr>,
    ) -> WsResponseFuture<'_> {
        self.0.received(request, peer)
    }

    pub(crate) fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        self.0.routed(call)
    }

    /// Returns `true` if both share one handler.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
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

/// Values that can be used as a [`WsHandler`]: a handler, a function that returns a plain value, or
/// a function over a [`WebSocket`].
///
/// Users never implement it. `Kind` is always inferred.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::Routes;
///
/// let app = Routes::new()
///     .ws("/socket", |ws: WebSocket| ws.try_send("hello"))
///     .ws("/refusal", |_request: Request| WsResponse::refuse(StatusCode::FORBIDDEN))
///     .build()?;
/// assert_eq!(app.test_ws("/socket").received().next().unwrap().unwrap(), "hello");
/// assert_eq!(app.try_test_ws("/refusal").unwrap_err().status(), 403);
/// # Ok::<(), http4k_ws::routing::RouteError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WebSocket handler",
    label = "a ws handler is a function from a `Request` to a `WsResponse`, or a function over a `WebSocket`",
    note = "a function with other arguments is called: `ws(talk(ws))`, and `ws(talk(ws, _))` if the \
            argument is read from the request",
    note = "a function that returns a response belongs in `http(..)`, and one over an `Sse` in \
            `sse(..)`"
)]
pub trait IntoWsHandler<Kind> {
    /// Converts the value into a shared handler.
    fn into_ws_handler(self) -> BoxWsHandler;

    /// Adds to a description what the type says. By default, nothing.
    #[doc(hidden)]
    fn describe(_route: &mut RouteDescription) {}
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
    R: IntoConsumed<When, Output: IntoWsResult, Future: Send>,
{
    fn into_ws_handler(self) -> BoxWsHandler {
        (move |request: Request| WsConsumer::new(self.clone()).with_request(request))
            .into_ws_handler()
    }

    fn describe(route: &mut RouteDescription) {
        route.receive(In::description());
        route.send(Out::description());
    }
}

/// A function in front of a [`WsHandler`], which sees the upgrade request first and the response
/// last.
///
/// Every `Fn(Request, WsNext) -> Future<Output: IntoWsResponse>` is one. A refusal is an HTTP
/// response, and the client never has a socket.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
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
    message = "`{Self}` is not a WebSocket filter",
    label = "a WebSocket filter is `Fn(Request, WsNext) -> impl Future<Output = WsResponse>`"
)]
pub trait WsFilter: Send + Sync + 'static {
    /// Returns the response to the upgrade `request`, usually by calling `next`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// /// Refuses sockets of clients that are too old.
    /// struct MinVersion(u32);
    ///
    /// impl WsFilter for MinVersion {
    ///     async fn filter(&self, request: Request, next: WsNext) -> WsResponse {
    ///         match request.query("v").and_then(|version| version.parse::<u32>().ok()) {
    ///             Some(version) if version >= self.0 => next.call(request).await,
    ///             _ => WsResponse::refuse(StatusCode::UPGRADE_REQUIRED),
    ///         }
    ///     }
    /// }
    ///
    /// let app = MinVersion(2).then(|ws: WebSocket| ws.try_send("hi"));
    /// assert!(app.try_test_ws("/?v=2").is_ok());
    /// assert_eq!(app.try_test_ws("/?v=1").unwrap_err().status(), 426);
    /// ```
    fn filter(&self, request: Request, next: WsNext) -> impl Future<Output = WsResponse> + Send;

    /// Puts this filter in front of `handler`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// async fn stamped(request: Request, next: WsNext) -> WsResponse {
    ///     next.call(request).await.with_header("x-node", "blue")
    /// }
    ///
    /// let chat = stamped.then(|ws: WebSocket| ws.try_send("hi"));
    /// assert_eq!(chat.test_ws("/").response_headers()["x-node"], "blue");
    /// ```
    fn then<M>(self, handler: impl IntoWsHandler<M>) -> BoxWsHandler
    where
        Self: Sized,
    {
        filtered_ws(&Arc::new(self), handler.into_ws_handler())
    }

    /// Joins this filter and `inner`, which stands behind it, as
    /// [`Filter::and`](crate::Filter::and) does over HTTP. `inner` must be a `WsFilter`, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// async fn outer(request: Request, next: WsNext) -> WsResponse {
    ///     next.call(request).await.with_header("x-order", "outer")
    /// }
    ///
    /// async fn inner(request: Request, next: WsNext) -> WsResponse {
    ///     next.call(request).await.with_header("x-order", "inner")
    /// }
    ///
    /// let app = routes! { "/ws" with(outer.and(inner)) => ws(|ws: WebSocket| ws.try_send("hi")) };
    /// assert_eq!(app.test_ws("/ws").response_headers()["x-order"], "outer");
    /// ```
    fn and<F, Kind>(self, inner: F) -> BoxWsFilter
    where
        Self: Sized,
        F: IntoPolyFilter<Kind> + JoinsWsFilter<Kind>,
    {
        BoxWsFilter::new(self).joined(inner.into_poly_filter())
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
