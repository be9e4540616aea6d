//! Filters that apply to one protocol by declaration.

use std::sync::Arc;

use super::box_poly_filter::BoxPolyFilter;
use super::http::{BoxHttpHandler, Filter, HttpHandler, IntoHttpHandler};
use super::joined::{as_joined, as_joined_ws, http_name, ws_name};
use super::poly_filter::PolyFilter;
use super::ws::{BoxWsHandler, IntoWsHandler, WsFilter, WsHandler};
use super::ws_response::WsResponse;
use crate::message::{Request, Response};

/// Applies `filter` to HTTP requests only. WebSocket upgrades pass it unseen.
///
/// A plain [`Filter`] before routes of both protocols does not compile, because it would guard half
/// of them. This wrapper states that HTTP alone is meant. Use [`guard`](crate::filter::guard) or
/// [`poly`](crate::filter::poly) for both.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::http_only;
///
/// async fn uncached(request: Request, next: Next) -> Response {
///     next.call(request).await.with_header("cache-control", "no-store")
/// }
///
/// let app = routes! {
///     "/api" with(http_only(uncached)) => {
///         GET "/hello" => http(|| "hello"),
///         "/ws"        => ws(|ws: WebSocket| ws.try_send("hi")),
///     },
/// };
/// assert_eq!(app.test_http("/api/hello").header("cache-control"), Some("no-store"));
/// assert!(app.try_test_ws("/api/ws").is_ok());
/// ```
pub fn http_only(filter: impl Filter) -> BoxPolyFilter {
    wrapped("http_only", HttpOnly::new(filter))
}

/// Applies `filter` to WebSocket upgrades only. HTTP requests pass it unseen.
///
/// A plain [`WsFilter`] before routes of both protocols does not compile, because it would guard
/// half of them. This wrapper states that sockets alone are meant. Use
/// [`guard`](crate::filter::guard) or [`poly`](crate::filter::poly) for both.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::ws_only;
///
/// /// Refuses sockets during maintenance. The pages stay available.
/// async fn closed(_request: Request, _next: WsNext) -> WsResponse {
///     WsResponse::refuse(StatusCode::SERVICE_UNAVAILABLE)
/// }
///
/// let app = routes! {
///     GET "/" => http(|| "hello"),
///     "/ws"   => ws(|ws: WebSocket| ws.try_send("hi")),
/// };
/// let app = app.with(ws_only(closed));
/// assert_eq!(app.test_http("/").body(), "hello");
/// assert_eq!(app.try_test_ws("/ws").unwrap_err().status(), 503);
/// ```
pub fn ws_only(filter: impl WsFilter) -> BoxPolyFilter {
    wrapped("ws_only", WsOnly::new(filter))
}

fn wrapped(wrapper: &str, filter: impl PolyFilter) -> BoxPolyFilter {
    let name = format!("{wrapper}({})", filter.name());
    BoxPolyFilter::named(&name, filter)
}

/// Creates the stock filter `name` from a function over HTTP.
pub(crate) fn over_http(name: &str, filter: impl Filter) -> BoxPolyFilter {
    BoxPolyFilter::named(name, HttpOnly::new(filter))
}

/// Creates the stock filter `name` from a function over upgrades.
pub(crate) fn over_ws(name: &str, filter: impl WsFilter) -> BoxPolyFilter {
    BoxPolyFilter::named(name, WsOnly::new(filter))
}

/// An HTTP filter that upgrades pass unseen.
pub(super) struct HttpOnly<F>(Arc<F>);

impl<F: Filter> HttpOnly<F> {
    pub(super) fn new(filter: F) -> Self {
        Self(Arc::new(filter))
    }
}

impl<F: Filter> PolyFilter for HttpOnly<F> {
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        filtered_http(&self.0, next)
    }

    fn name(&self) -> String {
        http_name(&*self.0)
    }
}

/// A WebSocket filter that HTTP requests pass unseen.
pub(super) struct WsOnly<F>(Arc<F>);

impl<F: WsFilter> WsOnly<F> {
    pub(super) fn new(filter: F) -> Self {
        Self(Arc::new(filter))
    }
}

impl<F: WsFilter> PolyFilter for WsOnly<F> {
    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        filtered_ws(&self.0, next)
    }

    fn name(&self) -> String {
        ws_name(&*self.0)
    }
}

/// Puts `filter` in front of `next`, or its parts one by one.
pub(super) fn filtered_http<F: Filter>(filter: &Arc<F>, next: BoxHttpHandler) -> BoxHttpHandler {
    if let Some(joined) = as_joined(&**filter) {
        return joined.before(next);
    }
    let filter = Arc::clone(filter);
    Filtered { filter, next }.into_http_handler()
}

/// Puts `filter` in front of `next`, or its parts one by one.
pub(super) fn filtered_ws<F: WsFilter>(filter: &Arc<F>, next: BoxWsHandler) -> BoxWsHandler {
    if let Some(joined) = as_joined_ws(&**filter) {
        return joined.before(next);
    }
    let filter = Arc::clone(filter);
    Filtered { filter, next }.into_ws_handler()
}

/// A handler behind a filter. The filter is shared by all routes behind it, so that it need not be
/// `Clone`.
struct Filtered<F, N> {
    filter: Arc<F>,
    next: N,
}

impl<F: Filter> HttpHandler for Filtered<F, BoxHttpHandler> {
    async fn call(&self, request: Request) -> Response {
        self.filter.filter(request, self.next.clone()).await
    }
}

impl<F: WsFilter> WsHandler for Filtered<F, BoxWsHandler> {
    async fn call(&self, request: Request) -> WsResponse {
        self.filter.filter(request, self.next.clone()).await
    }
}
