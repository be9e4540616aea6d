//! `Request -> Response`, and what wraps it.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::call::Call;
use super::caught::Caught;
use super::respond::{Now, ResponseFuture};
use crate::message::{IntoResponse, Request, Response};

/// A function from a request to a response.
///
/// Every `Fn(Request) -> Future<Output: IntoResponse>` is one, so an `async fn` is.
/// Where a function may also answer at once, take [`IntoHttpHandler`].
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
    /// Answers `request`.
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

/// An [`HttpHandler`] without its type. Routers and their endpoints implement it themselves, to hand a
/// request on with what is known of it, in one call and one future.
pub(crate) trait ErasedHttpHandler: Send + Sync {
    fn call(&self, request: Request) -> ResponseFuture<'_>;

    /// Answers a request that a router found to be this handler's.
    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        self.call(call.into_plain_request())
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxHttpHandler")
    }
}

impl<H: HttpHandler> ErasedHttpHandler for H {
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        Box::pin(Caught::new(async move {
            HttpHandler::call(self, request).await
        }))
    }
}

/// Any [`HttpHandler`], shared and without its type.
#[derive(Clone)]
pub struct BoxHttpHandler(Arc<dyn ErasedHttpHandler>);

/// What a [`Filter`] calls to go on: the rest of the chain.
pub type Next = BoxHttpHandler;

impl BoxHttpHandler {
    /// Shares `handler`.
    pub fn new<M>(handler: impl IntoHttpHandler<M>) -> Self {
        handler.into_http_handler()
    }

    pub(crate) fn erased(handler: Arc<dyn ErasedHttpHandler>) -> Self {
        Self(handler)
    }

    /// As [`HttpHandler::call`], in the one future that the handler boxed.
    #[inline]
    pub(crate) fn respond(&self, request: Request) -> ResponseFuture<'_> {
        self.0.call(request)
    }

    pub(crate) fn routed(&self, call: Call) -> ResponseFuture<'_> {
        self.0.routed(call)
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

/// What can be used as an [`HttpHandler`]: one itself, or a function that answers at once.
///
/// `Kind` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an HTTP handler",
    label = "an http handler is a function from a `Request` to a response, or a future of one",
    note = "a function with other arguments is called: `http(home())`, and `http(create(_))` if the \
            argument is read from the request",
    note = "a function over a `WebSocket` belongs in `ws(..)`, and a value is returned by a closure: \
            `http(|| \"home\")`"
)]
pub trait IntoHttpHandler<Kind> {
    /// The handler, shared.
    fn into_http_handler(self) -> BoxHttpHandler;
}

/// Marks a type that is the handler itself.
#[derive(Debug)]
pub enum Itself {}

impl<H: HttpHandler> IntoHttpHandler<Itself> for H {
    fn into_http_handler(self) -> BoxHttpHandler {
        // One that is shared already is not wrapped again: a router must stay one.
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

/// What stands in front of an [`HttpHandler`]: it sees the request first and the response last.
///
/// Every `Fn(Request, Next) -> Future<Output: IntoResponse>` is one.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// /// Refuses who does not say who they are.
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
    /// Answers `request`, most often by calling `next`.
    fn filter(&self, request: Request, next: Next) -> impl Future<Output = Response> + Send;

    /// This filter in front of `handler`.
    fn then<M>(self, handler: impl IntoHttpHandler<M>) -> BoxHttpHandler
    where
        Self: Sized,
    {
        Filtered {
            filter: self,
            next: handler.into_http_handler(),
        }
        .into_http_handler()
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

struct Filtered<F> {
    filter: F,
    next: BoxHttpHandler,
}

impl<F: Filter> HttpHandler for Filtered<F> {
    async fn call(&self, request: Request) -> Response {
        self.filter.filter(request, self.next.clone()).await
    }
}
