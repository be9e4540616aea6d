//! A filter over every protocol without its type, and lists of them.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use super::filter_names::{Contribution, FilterNames};
use super::http::BoxHttpHandler;
use super::poly::PolyHandler;
use super::poly_filter::PolyFilter;
use super::ws::BoxWsHandler;
use crate::describe::RouteDescription;

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
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{request_id, security_headers};
    /// use http4k_ws::handler::BoxPolyFilter;
    /// use http4k_ws::prelude::*;
    ///
    /// // Filters of different types, as a configuration lists them.
    /// let filters = [BoxPolyFilter::new(security_headers()), BoxPolyFilter::new(request_id())];
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let app = filters.into_iter().fold(app, PolyHandler::with);
    /// assert!(app.test_http("/").header("x-request-id").is_some());
    /// ```
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

impl fmt::Debug for BoxPolyFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoxPolyFilter").field(&self.name()).finish()
    }
}
