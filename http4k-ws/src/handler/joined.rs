//! Filters of one kind, joined by `and`.
//!
//! A joined filter is the list of its parts, from the outside in. It follows that `and` is
//! associative, and that routes are listed with the names of the parts, however they were joined.
//! The parts are put before a handler one by one when the application is built, so a joined filter
//! costs a request no more than a list in `with(..)`. The empty list, `()`, is only a `PolyFilter`.

use std::any::Any;
use std::fmt;

use super::box_poly_filter::BoxPolyFilter;
use super::filter_names::short_name;
use super::http::{BoxHttpHandler, Filter, HttpHandler, Next};
use super::only::{HttpOnly, WsOnly};
use super::poly_filter::PolyFilter;
use super::ws::{BoxWsHandler, WsFilter, WsHandler, WsNext};
use super::ws_response::WsResponse;
use crate::message::{Request, Response};

/// A shared [`Filter`] without its type, such as several that are joined by [`Filter::and`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::handler::BoxFilter;
///
/// async fn uncached(request: Request, next: Next) -> Response {
///     next.call(request).await.with_header("cache-control", "no-store")
/// }
///
/// async fn named(request: Request, next: Next) -> Response {
///     next.call(request).await.with_header("x-server", "house")
/// }
///
/// fn fields() -> BoxFilter {
///     uncached.and(named)
/// }
///
/// let app = routes! { GET "/" with(fields()) => http(|| "hello") };
/// assert_eq!(app.test_http("/").header("cache-control"), Some("no-store"));
/// assert_eq!(app.test_http("/").header("x-server"), Some("house"));
/// ```
#[derive(Clone)]
pub struct BoxFilter {
    /// The parts, each of which upgrades pass unseen.
    parts: BoxPolyFilter,
}

/// A shared [`WsFilter`] without its type, such as several that are joined by [`WsFilter::and`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::handler::BoxWsFilter;
///
/// async fn known(request: Request, next: WsNext) -> WsResponse {
///     match request.header("x-name") {
///         Some(_) => next.call(request).await,
///         None => WsResponse::refuse(StatusCode::UNAUTHORIZED),
///     }
/// }
///
/// async fn stamped(request: Request, next: WsNext) -> WsResponse {
///     next.call(request).await.with_header("x-server", "house")
/// }
///
/// fn checks() -> BoxWsFilter {
///     stamped.and(known)
/// }
///
/// let app = routes! { "/ws" with(checks()) => ws(|ws: WebSocket| ws.try_send("hi")) };
/// let refusal = app.try_test_ws("/ws").unwrap_err();
/// assert_eq!(refusal.status(), 401);
/// assert_eq!(refusal.header("x-server"), Some("house"));
/// ```
#[derive(Clone)]
pub struct BoxWsFilter {
    /// The parts, each of which HTTP requests pass unseen.
    parts: BoxPolyFilter,
}

impl BoxFilter {
    /// Shares `filter`. A `BoxFilter` is not wrapped again, so that its parts remain visible.
    ///
    /// # Examples
    ///
    /// Filters of different types, of which the configuration chooses one:
    ///
    /// ```
    /// use http4k_ws::handler::BoxFilter;
    /// use http4k_ws::prelude::*;
    ///
    /// # async fn cached(request: Request, next: Next) -> Response {
    /// #     next.call(request).await.with_header("cache-control", "max-age=60")
    /// # }
    /// async fn uncached(request: Request, next: Next) -> Response {
    ///     next.call(request).await.with_header("cache-control", "no-store")
    /// }
    ///
    /// let caching = |on: bool| if on { BoxFilter::new(cached) } else { BoxFilter::new(uncached) };
    /// let app = |on| routes! { GET "/" with(caching(on)) => http(|| "hello") };
    /// assert_eq!(app(true).test_http("/").header("cache-control"), Some("max-age=60"));
    /// assert_eq!(app(false).test_http("/").header("cache-control"), Some("no-store"));
    /// ```
    pub fn new(filter: impl Filter) -> Self {
        match as_joined(&filter) {
            Some(joined) => joined.clone(),
            None => Self {
                parts: BoxPolyFilter::new(HttpOnly::new(filter)),
            },
        }
    }

    /// Puts `inner`, which is a filter over HTTP, behind this one.
    pub(super) fn joined(self, inner: impl PolyFilter) -> Self {
        Self {
            parts: self.parts.and(inner),
        }
    }

    /// Puts the parts before `next`.
    pub(super) fn before(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        self.parts.http(next)
    }

    /// Returns the same filter over every protocol, which upgrades pass unseen.
    pub(super) fn into_poly(self) -> BoxPolyFilter {
        self.parts
    }
}

impl BoxWsFilter {
    /// Shares `filter`. A `BoxWsFilter` is not wrapped again, so that its parts remain visible.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::handler::BoxWsFilter;
    /// use http4k_ws::prelude::*;
    ///
    /// /// Refuses every upgrade with `status`.
    /// fn closed(status: StatusCode) -> BoxWsFilter {
    ///     BoxWsFilter::new(move |_request: Request, _next: WsNext| async move {
    ///         WsResponse::refuse(status)
    ///     })
    /// }
    ///
    /// let greet = |ws: WebSocket| ws.try_send("hello");
    /// let app = routes! { "/" with(closed(StatusCode::GONE)) => ws(greet) };
    /// assert_eq!(app.try_test_ws("/").unwrap_err().status(), 410);
    /// ```
    pub fn new(filter: impl WsFilter) -> Self {
        match as_joined_ws(&filter) {
            Some(joined) => joined.clone(),
            None => Self {
                parts: BoxPolyFilter::new(WsOnly::new(filter)),
            },
        }
    }

    /// Puts `inner`, which is a filter over upgrades, behind this one.
    pub(super) fn joined(self, inner: impl PolyFilter) -> Self {
        Self {
            parts: self.parts.and(inner),
        }
    }

    /// Puts the parts before `next`.
    pub(super) fn before(&self, next: BoxWsHandler) -> BoxWsHandler {
        self.parts.ws(next)
    }

    /// Returns the same filter over every protocol, which HTTP requests pass unseen.
    pub(super) fn into_poly(self) -> BoxPolyFilter {
        self.parts
    }
}

/// Returns `filter` as the joined filter that it may be.
pub(super) fn as_joined<F: Filter>(filter: &F) -> Option<&BoxFilter> {
    (filter as &dyn Any).downcast_ref()
}

/// Returns `filter` as the joined filter that it may be.
pub(super) fn as_joined_ws<F: WsFilter>(filter: &F) -> Option<&BoxWsFilter> {
    (filter as &dyn Any).downcast_ref()
}

/// Returns the name of a filter, or the names of its parts.
pub(super) fn http_name<F: Filter>(filter: &F) -> String {
    as_joined(filter).map_or_else(
        || short_name::<F>().to_owned(),
        |joined| joined.parts.name(),
    )
}

/// Returns the name of a filter, or the names of its parts.
pub(super) fn ws_name<F: WsFilter>(filter: &F) -> String {
    as_joined_ws(filter).map_or_else(
        || short_name::<F>().to_owned(),
        |joined| joined.parts.name(),
    )
}

impl Filter for BoxFilter {
    async fn filter(&self, request: Request, next: Next) -> Response {
        self.before(next).call(request).await
    }
}

impl WsFilter for BoxWsFilter {
    async fn filter(&self, request: Request, next: WsNext) -> WsResponse {
        self.before(next).call(request).await
    }
}

impl fmt::Debug for BoxFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoxFilter")
            .field(&self.parts.name())
            .finish()
    }
}

impl fmt::Debug for BoxWsFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoxWsFilter")
            .field(&self.parts.name())
            .finish()
    }
}
