//! Filters over every protocol.

use std::fmt;
use std::sync::Arc;

use super::filter_names::{FilterNames, short_name};
use super::http::BoxHttpHandler;
use super::poly::{IntoPolyHandler, PolyHandler};
use super::ws::BoxWsHandler;

/// A filter over every protocol.
///
/// Each method wraps the handlers of one protocol, and by default leaves them as they are. A filter
/// that belongs to one protocol by its nature implements one method. A filter that may refuse a
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

    /// Wraps both sides of `app`, as [`PolyHandler::with`] does.
    fn wrap(&self, app: PolyHandler) -> PolyHandler {
        let (http, ws) = (self.http(app.http().clone()), self.ws(app.ws().clone()));
        app.behind(&self.name(), http, ws)
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
///         false => BoxPolyFilter::new(basic_auth("the house", |known| known.user == "ann")),
///     }
/// }
///
/// let app = |closed| routes! { GET "/" with(protection(closed)) => http(|| "hello") };
/// assert_eq!(app(true).test_http("/").status(), 503);
/// assert_eq!(app(false).test_http("/").status(), 401);
/// ```
#[derive(Clone)]
pub struct BoxPolyFilter {
    filter: Arc<dyn PolyFilter>,
    name: Arc<str>,
}

impl BoxPolyFilter {
    /// Shares `filter`.
    pub fn new(filter: impl PolyFilter) -> Self {
        let name = filter.name();
        Self::named(&name, filter)
    }

    /// Shares `filter` under another name.
    pub(super) fn named(name: &str, filter: impl PolyFilter) -> Self {
        Self {
            filter: Arc::new(filter),
            name: name.into(),
        }
    }

    /// Puts this filter in front of a handler of each protocol, and its name before `names`.
    pub(crate) fn put_before(
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
        names.put_before(&self.name, sees.0, sees.1);
    }
}

impl PolyFilter for BoxPolyFilter {
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        self.filter.http(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        self.filter.ws(next)
    }

    fn name(&self) -> String {
        self.name.as_ref().to_owned()
    }
}

impl fmt::Debug for BoxPolyFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoxPolyFilter").field(&self.name).finish()
    }
}
