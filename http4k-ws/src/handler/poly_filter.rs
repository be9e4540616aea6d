//! Filters over every protocol.

use std::any::TypeId;

use super::box_poly_filter::BoxPolyFilter;
use super::filter_names::{Contribution, short_name};
use super::http::BoxHttpHandler;
use super::place::{IntoPolyFilter, JoinsPolyFilter};
use super::poly::{IntoPolyHandler, PolyHandler};
use super::ws::BoxWsHandler;
use crate::describe::RouteDescription;

/// A filter over every protocol.
///
/// Each method wraps the handlers of one protocol, and by default leaves them as they are. A filter
/// therefore never takes a protocol away: what it does not wrap passes, alone and joined with
/// others by [`and`](Self::and). A filter that belongs to one protocol by its nature implements one
/// method. A filter that may refuse a
/// client must implement both, because a socket can do what a request can.
///
/// [`guard`](crate::filter::guard) creates one from a check, and [`poly`](crate::filter::poly) from
/// a [`Filter`](crate::Filter). Implement one of `Filter`, [`WsFilter`](crate::WsFilter) and
/// `PolyFilter` for a type, not two: `with(..)` could not choose. The methods are called once for
/// each route behind the filter, when the application is built.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::PolyFilter;
/// use http4k_ws::handler::{BoxHttpHandler, BoxWsHandler};
///
/// /// Takes the application off the network, page by page and socket by socket.
/// struct Closed;
///
/// impl PolyFilter for Closed {
///     fn http(&self, _next: BoxHttpHandler) -> BoxHttpHandler {
///         BoxHttpHandler::new(|_request: Request| StatusCode::SERVICE_UNAVAILABLE)
///     }
///
///     fn ws(&self, _next: BoxWsHandler) -> BoxWsHandler {
///         let refuse = |_request: Request| WsResponse::refuse(StatusCode::SERVICE_UNAVAILABLE);
///         BoxWsHandler::new(refuse)
///     }
/// }
///
/// let app = routes! {
///     GET "/" => http(|| "hello"),
///     "/ws"   => ws(|ws: WebSocket| ws.try_send("hi")),
/// };
/// let app = app.with(Closed);
/// assert_eq!(app.test_http("/").status(), 503);
/// assert_eq!(app.try_test_ws("/ws").unwrap_err().status(), 503);
/// ```
pub trait PolyFilter: Send + Sync + 'static {
    /// Wraps the http side. By default, HTTP requests pass this filter unseen.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::handler::BoxHttpHandler;
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::PolyFilter;
    ///
    /// struct Maintenance;
    ///
    /// impl PolyFilter for Maintenance {
    ///     fn http(&self, _next: BoxHttpHandler) -> BoxHttpHandler {
    ///         BoxHttpHandler::new(|_request: Request| StatusCode::SERVICE_UNAVAILABLE)
    ///     }
    /// }
    ///
    /// let app = PolyHandler::new(|_request: Request| "hello", |ws: WebSocket| ws.try_send("hi"));
    /// let app = app.with(Maintenance);
    /// assert_eq!(app.test_http("/").status(), 503);
    /// assert!(app.try_test_ws("/").is_ok()); // Sockets pass by default.
    /// ```
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        next
    }

    /// Wraps the ws side. By default, upgrades pass this filter unseen.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::PolyFilter;
    /// use http4k_ws::handler::BoxWsHandler;
    /// use http4k_ws::prelude::*;
    ///
    /// struct NoSockets;
    ///
    /// impl PolyFilter for NoSockets {
    ///     fn ws(&self, _next: BoxWsHandler) -> BoxWsHandler {
    ///         BoxWsHandler::new(|_request: Request| WsResponse::refuse(StatusCode::FORBIDDEN))
    ///     }
    /// }
    ///
    /// let app = PolyHandler::new(|_request: Request| "hello", |ws: WebSocket| ws.try_send("hi"));
    /// let app = app.with(NoSockets);
    /// assert_eq!(app.try_test_ws("/").unwrap_err().status(), 403);
    /// assert_eq!(app.test_http("/").status(), 200); // Requests pass by default.
    /// ```
    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        next
    }

    /// Returns the name that [`PolyHandler::routes`] and [`PolyHandler::explain`] show for this
    /// filter. By default, it is the name of the type without its path and parameters.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::PolyFilter;
    /// use http4k_ws::filter::guard;
    ///
    /// async fn signed_in(request: Request) -> Result<Request, StatusCode> {
    ///     Ok(request)
    /// }
    ///
    /// struct Audit;
    ///
    /// impl PolyFilter for Audit {}
    ///
    /// assert_eq!(guard(signed_in).name(), "guard(signed_in)");
    /// assert_eq!(Audit.name(), "Audit");
    /// ```
    fn name(&self) -> String {
        short_name::<Self>().to_owned()
    }

    /// Returns the types of the values that this filter stores in the extensions of every request
    /// that it lets pass. By default, none.
    ///
    /// An argument may [need](crate::FromRequest::NEEDS) such a value. A route with that argument
    /// and without such a filter is refused before the application serves a request. For a filter
    /// from a function, [`BoxPolyFilter::providing`] states them.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::any::TypeId;
    ///
    /// use http4k_ws::PolyFilter;
    /// use http4k_ws::filter::{Provided, provide, security_headers};
    ///
    /// assert_eq!(provide(7_u64).provides(), [TypeId::of::<Provided<u64>>()]);
    /// assert!(security_headers().provides().is_empty());
    /// ```
    fn provides(&self) -> Vec<TypeId> {
        Vec::new()
    }

    /// Adds what this filter means to the clients of each route behind it: responses, credentials,
    /// limits. By default, nothing.
    ///
    /// It is called once, with an empty description. A route that the filter sees no requests of is
    /// not described by it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::PolyFilter;
    /// use http4k_ws::describe::{ResponseDescription, RouteDescription};
    /// use http4k_ws::handler::BoxHttpHandler;
    ///
    /// struct Closed;
    ///
    /// impl PolyFilter for Closed {
    ///     fn http(&self, _next: BoxHttpHandler) -> BoxHttpHandler {
    ///         BoxHttpHandler::new(|_request: Request| StatusCode::SERVICE_UNAVAILABLE)
    ///     }
    ///
    ///     fn describe(&self, route: &mut RouteDescription) {
    ///         route.responses.push(ResponseDescription::new(StatusCode::SERVICE_UNAVAILABLE));
    ///     }
    /// }
    ///
    /// let app = routes! { GET "/" => http(|| "hello") }.with(Closed);
    /// let responses = app.routes()[0].description().responses;
    /// assert_eq!(responses.last().unwrap().status, Some(StatusCode::SERVICE_UNAVAILABLE));
    /// ```
    fn describe(&self, route: &mut RouteDescription) {
        let _ = route;
    }

    /// Puts this filter in front of `app`: an application, or a handler of one protocol.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::max_body;
    ///
    /// let app = max_body(4).then(|request: Request| async move {
    ///     request.into_body().text().await
    /// });
    /// assert_eq!(app.test_http(Request::post("/").body("tiny")).body(), "tiny");
    /// assert_eq!(app.test_http(Request::post("/").body("large")).status(), 413);
    /// ```
    fn then<M>(self, app: impl IntoPolyHandler<M>) -> PolyHandler
    where
        Self: Sized,
    {
        self.wrap(app.into_poly_handler())
    }

    /// Joins this filter and `inner`, which stands behind it: `a.and(b)` before a route is
    /// `with(a, b)`, and around an application `app.with(b).with(a)`.
    ///
    /// A request passes `self` first, and the response `self` last. `inner` must be a `PolyFilter`,
    /// too. The identity is `()`, which passes everything, for filters that are optional.
    /// `a.and(b).and(c)` and `a.and(b.and(c))` are the same. [`PolyHandler::routes`] lists the
    /// parts, each with the protocols that it sees.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::{guard, http_only};
    /// use http4k_ws::handler::BoxPolyFilter;
    ///
    /// async fn signed_in(request: Request) -> Result<Request, StatusCode> {
    ///     match request.header("x-name") {
    ///         Some(_) => Ok(request),
    ///         None => Err(StatusCode::UNAUTHORIZED),
    ///     }
    /// }
    ///
    /// async fn uncached(request: Request, next: Next) -> Response {
    ///     next.call(request).await.with_header("cache-control", "no-store")
    /// }
    ///
    /// fn house(open: bool) -> BoxPolyFilter {
    ///     let filters = ().and(http_only(uncached));
    ///     if open { filters } else { filters.and(guard(signed_in)) }
    /// }
    ///
    /// let app = |open| routes! {
    ///     "/" with(house(open)) => {
    ///         GET "/" => http(|| "hello"),
    ///         "/ws"   => ws(|ws: WebSocket| ws.try_send("hi")),
    ///     },
    /// };
    /// let refusal = app(false).test_http("/");
    /// assert_eq!(refusal.status(), 401);
    /// assert_eq!(refusal.header("cache-control"), Some("no-store"));
    /// assert_eq!(app(false).try_test_ws("/ws").unwrap_err().status(), 401);
    /// assert!(app(true).try_test_ws("/ws").is_ok());
    /// ```
    fn and<F, Kind>(self, inner: F) -> BoxPolyFilter
    where
        Self: Sized,
        F: IntoPolyFilter<Kind> + JoinsPolyFilter<Kind>,
    {
        let inner = BoxPolyFilter::new(inner.into_poly_filter());
        BoxPolyFilter::of([BoxPolyFilter::new(self), inner])
    }

    /// Wraps both sides of `app`, as [`PolyHandler::with`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::security_headers;
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let app = security_headers().wrap(app);
    /// assert_eq!(app.test_http("/").header("x-frame-options"), Some("DENY"));
    /// ```
    fn wrap(&self, app: PolyHandler) -> PolyHandler {
        let (http, ws) = (self.http(app.http().clone()), self.ws(app.ws().clone()));
        let added = Contribution::of(|route| self.describe(route));
        app.behind(&self.name(), &self.provides(), &added, http, ws)
    }
}

/// The filter that passes everything, which is the identity of [`and`](PolyFilter::and).
///
/// It is not a [`Filter`](crate::Filter) or a [`WsFilter`](crate::WsFilter), because `with(())`
/// could not choose among them.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// let app = routes! { GET "/" with(()) => http(|| "hello") };
/// assert_eq!(app.with(()).test_http("/").body(), "hello");
/// ```
impl PolyFilter for () {}
