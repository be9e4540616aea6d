//! The function `Request -> Response`, and the filter in front of it.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::call::Call;
use super::future::ResponseFuture;
use super::joined::BoxFilter;
use super::only::filtered_http;
use super::place::{IntoPolyFilter, JoinsFilter};
use super::respond::{Moment, Now, Respond};
use crate::describe::RouteDescription;
use crate::message::{IntoResponse, PeerAddr, Request, Response};

/// A function from a request to a response.
///
/// Every `Fn(Request) -> Future<Output: IntoResponse>` is one, such as an `async fn`. To accept
/// functions that return a plain value as well, use [`IntoHttpHandler`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// async fn path(request: Request) -> String {
///     request.uri().path().to_owned()
/// }
///
/// assert_eq!(path.test_http("/where/am/i").body(), "/where/am/i");
/// ```
pub trait HttpHandler: Send + Sync + 'static {
    /// Returns the response to `request`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// async fn path(request: Request) -> String {
    ///     request.uri().path().to_owned()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let response = HttpHandler::call(&path, "/rooms".into_request().unwrap()).await;
    /// assert_eq!(response.body(), "/rooms");
    /// # }
    /// ```
    fn call(&self, request: Request) -> impl Future<Output = Response> + Send;
}

impl<F, Fut> HttpHandler for F
where
    F: Fn(Request) -> Fut + Send + Sync + 'static,
    Fut: Future + Send,
    Fut::Output: IntoResponse,
{
    async fn call(&self, request: Request) -> Response {
        self(request).await.into_response()
    }
}

/// An [`HttpHandler`] without its type. Routers and endpoints implement it themselves, to pass on a
/// request with its position in one call and one future.
pub(crate) trait ErasedHttpHandler: Send + Sync {
    fn call(&self, request: Request) -> ResponseFuture<'_>;

    /// Returns the response to a request that a connection with the address `peer` has received. A
    /// router adds the address to the request when someone else may see it.
    fn received(&self, request: Request, peer: Option<PeerAddr>) -> ResponseFuture<'_> {
        self.call(from_peer(request, peer))
    }

    /// Returns the response to a request that a router matched to this handler.
    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        self.call(call.into_plain_request())
    }

    /// Adds to a description what is known of the handler. By default, nothing.
    fn describe(&self, _route: &mut RouteDescription) {}

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxHttpHandler")
    }
}

/// Adds the address of the client to its request.
pub(super) fn from_peer(mut request: Request, peer: Option<PeerAddr>) -> Request {
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    request
}

impl<H: HttpHandler> ErasedHttpHandler for H {
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        ResponseFuture::new(async move { HttpHandler::call(self, request).await })
    }
}

/// A shared [`HttpHandler`] without its type.
///
/// # Examples
///
/// ```
/// use http4k_ws::handler::BoxHttpHandler;
/// use http4k_ws::prelude::*;
///
/// let pages: [BoxHttpHandler; 2] = [
///     BoxHttpHandler::new(|_request: Request| "one"),
///     BoxHttpHandler::new(|request: Request| request.uri().path().to_owned()),
/// ];
/// assert_eq!(pages[0].test_http("/a").body(), "one");
/// assert_eq!(pages[1].test_http("/a").body(), "/a");
/// ```
#[derive(Clone)]
pub struct BoxHttpHandler(Arc<dyn ErasedHttpHandler>);

/// The rest of the chain, which a [`Filter`] calls to continue.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// async fn uncached(request: Request, next: Next) -> Response {
///     next.call(request).await.with_header("cache-control", "no-store")
/// }
///
/// let app = routes! { GET "/" with(uncached) => http(|| "hello") };
/// assert_eq!(app.test_http("/").header("cache-control"), Some("no-store"));
/// ```
pub type Next = BoxHttpHandler;

impl BoxHttpHandler {
    /// Shares `handler`.
    pub fn new<M>(handler: impl IntoHttpHandler<M>) -> Self {
        handler.into_http_handler()
    }

    pub(crate) fn erased(handler: Arc<dyn ErasedHttpHandler>) -> Self {
        Self(handler)
    }

    /// Calls the handler as [`HttpHandler::call`] does, with one boxed future instead of two.
    /// `peer` is the address of the connection that has received the request.
    #[inline]
    pub(crate) fn received(&self, request: Request, peer: Option<PeerAddr>) -> ResponseFuture<'_> {
        self.0.received(request, peer)
    }

    pub(crate) fn routed(&self, call: Call) -> ResponseFuture<'_> {
        self.0.routed(call)
    }

    pub(crate) fn describe(&self, route: &mut RouteDescription) {
        self.0.describe(route);
    }

    /// Returns `true` if both share one handler.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl HttpHandler for BoxHttpHandler {
    async fn call(&self, request: Request) -> Response {
        self.0.call(request).await
    }
}

impl fmt::Debug for BoxHttpHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(f)
    }
}

/// Values that can be used as an [`HttpHandler`]: a handler, or a function that returns a plain
/// value.
///
/// Users never implement it. `Kind` is always inferred.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::Routes;
///
/// async fn path(request: Request) -> String {
///     request.uri().path().to_owned()
/// }
///
/// let app = Routes::new()
///     .http(Method::GET, "/async", path)
///     .http(Method::GET, "/plain", |_request: Request| "a plain value")
///     .http(Method::GET, "/nothing", || "of nothing")
///     .build()?;
/// assert_eq!(app.test_http("/async").body(), "/async");
/// assert_eq!(app.test_http("/nothing").body(), "of nothing");
/// assert_eq!(app.test_http("/plain").body(), "a plain value");
/// # Ok::<(), http4k_ws::routing::RouteError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an HTTP handler",
    label = "an http handler is a function from a `Request`, or from nothing, to a response, or a future of one",
    note = "a function with other arguments is called: `http(show(id))`, and `http(create(_))` if the \
            argument is read from the request",
    note = "a function over a `WebSocket` belongs in `ws(..)`, one over an `Sse` in `sse(..)`, and a \
            value is returned by a closure: `http(|| \"home\")`",
    note = "if the function returns a type that is not a response, the call `http(home())` names the type"
)]
pub trait IntoHttpHandler<Kind> {
    /// Converts the value into a shared handler.
    fn into_http_handler(self) -> BoxHttpHandler;
}

/// Marks a type that is the handler itself.
#[derive(Debug)]
pub enum Itself {}

impl<H: HttpHandler> IntoHttpHandler<Itself> for H {
    fn into_http_handler(self) -> BoxHttpHandler {
        // A shared handler is not wrapped again, so that a router remains visible as one.
        match (&self as &dyn Any).downcast_ref::<BoxHttpHandler>() {
            Some(shared) => shared.clone(),
            None => BoxHttpHandler(Arc::new(self)),
        }
    }
}

impl<F, R> IntoHttpHandler<Now> for F
where
    F: Fn(Request) -> R + Send + Sync + 'static,
    R: IntoResponse + Send + 'static,
{
    fn into_http_handler(self) -> BoxHttpHandler {
        (move |request| std::future::ready(self(request).into_response())).into_http_handler()
    }
}

/// Marks a function without arguments.
#[derive(Debug)]
pub struct OfNothing<When>(PhantomData<When>);

impl<F, R, When> IntoHttpHandler<OfNothing<When>> for F
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Respond<When, Output: IntoResponse, Future: Send + 'static>,
{
    fn into_http_handler(self) -> BoxHttpHandler {
        (move |_: Request| R::Moment::future(self())).into_http_handler()
    }
}

/// A function in front of an [`HttpHandler`], which sees the request first and the response last.
///
/// Every `Fn(Request, Next) -> Future<Output: IntoResponse>` is one.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// /// Rejects requests without a name.
/// async fn named(request: Request, next: Next) -> Response {
///     match request.header("x-name") {
///         Some(_) => next.call(request).await,
///         None => StatusCode::UNAUTHORIZED.into_response(),
///     }
/// }
///
/// let app = named.then(|_request: Request| "hello");
/// assert_eq!(app.test_http("/").status(), 401);
/// assert_eq!(app.test_http(Request::get("/").header("x-name", "ann")).body(), "hello");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a filter",
    label = "a filter is `Fn(Request, Next) -> impl Future<Output = Response>`"
)]
pub trait Filter: Send + Sync + 'static {
    /// Returns the response to `request`, usually by calling `next`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// /// A filter with a value of its own.
    /// struct Version(u32);
    ///
    /// impl Filter for Version {
    ///     async fn filter(&self, request: Request, next: Next) -> Response {
    ///         next.call(request).await.with_header("x-version", self.0)
    ///     }
    /// }
    ///
    /// let app = Version(7).then(|_request: Request| "hello");
    /// assert_eq!(app.test_http("/").header("x-version"), Some("7"));
    /// ```
    fn filter(&self, request: Request, next: Next) -> impl Future<Output = Response> + Send;

    /// Puts this filter in front of `handler`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// async fn uncached(request: Request, next: Next) -> Response {
    ///     next.call(request).await.with_header("cache-control", "no-store")
    /// }
    ///
    /// let account = uncached.then(|_request: Request| "balance: 7");
    /// assert_eq!(account.test_http("/").header("cache-control"), Some("no-store"));
    /// ```
    fn then<M>(self, handler: impl IntoHttpHandler<M>) -> BoxHttpHandler
    where
        Self: Sized,
    {
        filtered_http(&Arc::new(self), handler.into_http_handler())
    }

    /// Joins this filter and `inner`, which stands behind it: `a.and(b)` before a handler is
    /// `with(a, b)`.
    ///
    /// A request passes `self` first, and the response `self` last. `inner` must be a `Filter`,
    /// too. Filters of different kinds are listed in `with(..)`. `a.and(b).and(c)` and
    /// `a.and(b.and(c))` are the same. [`PolyHandler::routes`](crate::PolyHandler::routes) lists
    /// the parts.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// async fn outer(request: Request, next: Next) -> Response {
    ///     next.call(request).await.with_header("x-order", "outer")
    /// }
    ///
    /// async fn inner(request: Request, next: Next) -> Response {
    ///     next.call(request).await.with_header("x-order", "inner")
    /// }
    ///
    /// let app = routes! { GET "/" with(outer.and(inner)) => http(|| "hello") };
    /// assert_eq!(app.test_http("/").header("x-order"), Some("outer"));
    /// ```
    fn and<F, Kind>(self, inner: F) -> BoxFilter
    where
        Self: Sized,
        F: IntoPolyFilter<Kind> + JoinsFilter<Kind>,
    {
        BoxFilter::new(self).joined(inner.into_poly_filter())
    }
}

impl<F, Fut> Filter for F
where
    F: Fn(Request, Next) -> Fut + Send + Sync + 'static,
    Fut: Future + Send,
    Fut::Output: IntoResponse,
{
    async fn filter(&self, request: Request, next: Next) -> Response {
        self(request, next).await.into_response()
    }
}
