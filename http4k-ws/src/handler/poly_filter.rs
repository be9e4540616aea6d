//! Filters over every protocol.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use super::filter_names::{Contribution, FilterNames, short_name};
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
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        next
    }

    /// Wraps the ws side. By default, upgrades pass this filter unseen.
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
    fn wrap(&self, app: PolyHandler) -> PolyHandler {
        let (http, ws) = (self.http(app.http().clone()), self.ws(app.ws().clone()));
        let added = Contribution::of(|route| self.describe(route));
        app.behind(&self.name(), &self.provides(), &added, http, ws)
    }
}

/// A shared [`PolyFilter`] without its type.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{basic_auth, guard};
/// use http4k_ws::handler::BoxPolyFilter;
///
/// fn protection(closed: bool) -> BoxPolyFilter {
///     match closed {
///         true => guard(|_request: Request| async { Err(StatusCode::SERVICE_UNAVAILABLE) }),
///         false => BoxPolyFilter::new(basic_auth("the house", |name, _password| name == "ann")),
///     }
/// }
///
/// let app = |closed| routes! { GET "/" with(protection(closed)) => http(|| "hello") };
/// assert_eq!(app(true).test_http("/").status(), 503);
/// assert_eq!(app(false).test_http("/").status(), 401);
/// ```
#[derive(Clone)]
pub struct BoxPolyFilter {
    /// The filters that are joined, from the outside in.
    parts: Arc<[Part]>,
}

/// One filter of a list.
#[derive(Clone)]
struct Part {
    filter: Arc<dyn PolyFilter>,
    name: Arc<str>,
    provides: Arc<[TypeId]>,
    description: Contribution,
}

impl BoxPolyFilter {
    /// Shares `filter`. A `BoxPolyFilter` is not wrapped again, so that its parts remain visible.
    pub fn new(filter: impl PolyFilter) -> Self {
        let known = &filter as &dyn Any;
        if let Some(shared) = known.downcast_ref::<Self>() {
            return shared.clone();
        }
        if known.is::<()>() {
            return Self::of([]);
        }
        let name = filter.name();
        Self::named(&name, filter)
    }

    /// Shares `filter` under another name.
    pub(super) fn named(name: &str, filter: impl PolyFilter) -> Self {
        let part = Part {
            name: name.into(),
            provides: filter.provides().into(),
            description: Contribution::of(|route| filter.describe(route)),
            filter: Arc::new(filter),
        };
        Self {
            parts: [part].into(),
        }
    }

    /// Joins `filters`, the outermost first.
    pub(super) fn of(filters: impl IntoIterator<Item = Self>) -> Self {
        let parts = filters.into_iter().flat_map(|filter| filter.parts.to_vec());
        Self {
            parts: parts.collect(),
        }
    }

    /// States that this filter stores a `T` in the extensions of every request that it lets pass,
    /// which an argument [needs](crate::FromRequest::NEEDS).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::{Principal, guard};
    ///
    /// async fn by_name(mut request: Request) -> Result<Request, StatusCode> {
    ///     let name = request.header("x-name").ok_or(StatusCode::UNAUTHORIZED)?;
    ///     let user = Principal(name.to_owned());
    ///     request.extensions_mut().insert(user);
    ///     Ok(request)
    /// }
    ///
    /// async fn me(Principal(name): Principal<String>) -> String {
    ///     name
    /// }
    ///
    /// let users = guard(by_name).providing::<Principal<String>>();
    /// let app = routes! { GET "/me" with(users) => http(me(_)) };
    /// assert_eq!(app.test_http(Request::get("/me").header("x-name", "ann")).body(), "ann");
    /// ```
    #[must_use]
    pub fn providing<T: 'static>(self) -> Self {
        let providing = |part: &Part| {
            let known = part.provides.iter().copied();
            Part {
                provides: known.chain([TypeId::of::<T>()]).collect(),
                ..part.clone()
            }
        };
        Self {
            parts: self.parts.iter().map(providing).collect(),
        }
    }

    /// States what this filter means to the clients of each route behind it, as
    /// [`PolyFilter::describe`] does for a type.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::describe::SecurityScheme;
    /// use http4k_ws::filter::guard;
    ///
    /// async fn signed_in(request: Request) -> Result<Request, StatusCode> {
    ///     Ok(request)
    /// }
    ///
    /// let users = guard(signed_in).describing(|route| {
    ///     route.security.push(SecurityScheme::Bearer);
    /// });
    /// let app = routes! { GET "/" with(users) => http(|| "hello") };
    /// assert_eq!(app.routes()[0].description().security, [SecurityScheme::Bearer]);
    /// ```
    #[must_use]
    pub fn describing(self, describe: impl FnOnce(&mut RouteDescription)) -> Self {
        let mut parts = self.parts.to_vec();
        if let Some(outermost) = parts.first_mut() {
            let description = Contribution::of(|route| {
                outermost.description.add_to(route);
                describe(route);
            });
            outermost.description = description;
        }
        Self {
            parts: parts.into(),
        }
    }

    /// Puts this filter in front of a handler of each protocol, and its name before `names`.
    pub(crate) fn put_before(
        &self,
        http: &mut Option<BoxHttpHandler>,
        ws: &mut Option<BoxWsHandler>,
        names: &mut FilterNames,
    ) {
        for part in self.parts.iter().rev() {
            part.put_before(http, ws, names);
        }
    }
}

impl Part {
    fn put_before(
        &self,
        http: &mut Option<BoxHttpHandler>,
        ws: &mut Option<BoxWsHandler>,
        names: &mut FilterNames,
    ) {
        let mut sees = (false, false);
        if let Some(http) = http {
            let filtered = self.filter.http(http.clone());
            sees.0 = !filtered.is(http);
            *http = filtered;
        }
        if let Some(ws) = ws {
            let filtered = self.filter.ws(ws.clone());
            sees.1 = !filtered.is(ws);
            *ws = filtered;
        }
        names.put_before(&self.name, &self.provides, &self.description, sees);
    }
}

impl PolyFilter for BoxPolyFilter {
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let inside_out = self.parts.iter().rev();
        inside_out.fold(next, |next, part| part.filter.http(next))
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let inside_out = self.parts.iter().rev();
        inside_out.fold(next, |next, part| part.filter.ws(next))
    }

    fn name(&self) -> String {
        let names: Vec<_> = self.parts.iter().map(|part| &*part.name).collect();
        names.join(", ")
    }

    fn wrap(&self, app: PolyHandler) -> PolyHandler {
        self.parts.iter().rev().fold(app, |app, part| {
            let (http, ws) = (
                part.filter.http(app.http().clone()),
                part.filter.ws(app.ws().clone()),
            );
            app.behind(&part.name, &part.provides, &part.description, http, ws)
        })
    }

    fn describe(&self, route: &mut RouteDescription) {
        let inside_out = self.parts.iter().rev();
        inside_out.for_each(|part| part.description.add_to(route));
    }

    fn provides(&self) -> Vec<TypeId> {
        let parts = self.parts.iter();
        parts.flat_map(|part| part.provides.to_vec()).collect()
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

impl fmt::Debug for BoxPolyFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoxPolyFilter").field(&self.name()).finish()
    }
}
