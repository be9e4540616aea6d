//! Cross-origin requests of web pages (CORS).

use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, ORIGIN, VARY,
};
use http::{Method, StatusCode};

use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext, WsResponse,
};
use crate::message::{
    Body, OriginPolicy, Request, Response, authority, is_from_own_page, plain, printable,
    untrusted_proxy,
};
use crate::session::{RefusalKind, RefusalLog};

/// A filter that allows the pages of some origins: the application's own pages, and those that a
/// policy lists.
///
/// Requests and upgrades of other pages receive 403 and do not reach the handler. A request without
/// `Origin` does not come from another page, and passes. A page is the application's own if it was
/// loaded from the host and port of the request. The scheme must match too, if it is known.
///
/// Allowed pages may read the responses (CORS, Fetch standard §3.2). The filter responds to
/// preflights itself, with the methods and fields that pages may use. Without any, a page may send
/// only requests that need no preflight.
///
/// Two settings of `ServerConfig` are related:
///
/// - `ServerConfig::origins` checks every opening handshake before any filter. Pages of other
///   origins that open sockets must be allowed there too. One [`OriginPolicy`] can serve both.
/// - `ServerConfig::hosts` stops pages whose host name was bound to the server's address (DNS
///   rebinding). This filter does not: by its host name, such a page is the application's own.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::Cors;
/// use http4k_ws::message::OriginPolicy;
/// use http4k_ws::testing::InMemoryConfig;
///
/// # fn main() -> Result<(), http4k_ws::message::OriginError> {
/// let app = routes! { "/" => http(|| "hello"), "/ws" => ws(|ws: WebSocket| ws.try_send("hi")) };
/// let policy = OriginPolicy::own().and("https://app.example.com".parse()?);
/// let cors = Cors::new(policy.clone()).with_methods([Method::GET, Method::PUT]);
/// // On a server: `ServerConfig::default().with_origins(policy)`.
/// let app = app.with(cors).test_with(InMemoryConfig::default().with_origins(policy));
///
/// let home = || Request::get("/").header("host", "localhost");
/// let from = |origin: &str| home().header("origin", origin);
/// let response = app.http(from("https://app.example.com"));
/// assert_eq!(response.header("access-control-allow-origin"), Some("https://app.example.com"));
/// assert_eq!(app.http(from("http://localhost")).body(), "hello");
/// assert_eq!(app.http(from("https://evil.example")).status(), 403);
///
/// let socket = |origin: &str| Request::get("/ws").header("origin", origin);
/// assert!(app.try_ws(socket("https://app.example.com")).is_ok());
/// assert_eq!(app.try_ws(socket("https://evil.example")).unwrap_err().status(), 403);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Cors {
    origins: OriginPolicy,
    methods: Vec<Method>,
    headers: Vec<HeaderName>,
    exposed: Vec<HeaderName>,
    max_age: Option<Duration>,
    credentials: bool,
    refusals: Arc<RefusalLog>,
}

impl Cors {
    /// Returns a filter that allows the application's own pages, and those that `origins` allows.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::Cors;
    /// use http4k_ws::message::OriginPolicy;
    /// use http4k_ws::prelude::*;
    ///
    /// // No other page, whatever the policy of the server.
    /// let app = routes! { GET "/" => http(|| "hello") }.with(Cors::new(OriginPolicy::own()));
    /// let to = || Request::get("/").header("host", "a.example");
    /// assert_eq!(app.test_http(to().header("origin", "https://a.example")).status(), 200);
    /// assert_eq!(app.test_http(to().header("origin", "https://b.example")).status(), 403);
    /// assert_eq!(app.test_http("/").status(), 200);
    /// ```
    pub fn new(origins: OriginPolicy) -> Self {
        Self {
            origins,
            methods: Vec::new(),
            headers: Vec::new(),
            exposed: Vec::new(),
            max_age: None,
            credentials: false,
            refusals: Arc::default(),
        }
    }

    /// Sets the methods that pages may use in addition to GET, HEAD and POST. Default: none.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::Cors;
    /// use http4k_ws::message::OriginPolicy;
    /// use http4k_ws::prelude::*;
    ///
    /// let cors = Cors::new(OriginPolicy::any()).with_methods([Method::DELETE]);
    /// let app = routes! { DELETE "/rooms/7" => http(|| "gone") }.with(cors);
    /// let preflight = Request::options("/rooms/7")
    ///     .header("origin", "https://b.example")
    ///     .header("access-control-request-method", "DELETE");
    /// let response = app.test_http(preflight);
    /// assert!(response.header("access-control-allow-methods").unwrap().contains("DELETE"));
    /// ```
    #[must_use]
    pub fn with_methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.methods = methods.into_iter().collect();
        self
    }

    /// Sets the fields that pages may send in addition to those of every form. Default: none.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::Cors;
    /// use http4k_ws::http::header::AUTHORIZATION;
    /// use http4k_ws::message::OriginPolicy;
    /// use http4k_ws::prelude::*;
    ///
    /// let cors = Cors::new(OriginPolicy::any()).with_headers([AUTHORIZATION]);
    /// let app = routes! { GET "/" => http(|| "hello") }.with(cors);
    /// let preflight = Request::options("/")
    ///     .header("origin", "https://b.example")
    ///     .header("access-control-request-method", "GET")
    ///     .header("access-control-request-headers", "authorization");
    /// let response = app.test_http(preflight);
    /// assert_eq!(response.header("access-control-allow-headers"), Some("authorization"));
    /// ```
    #[must_use]
    pub fn with_headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
        self.headers = headers.into_iter().collect();
        self
    }

    /// Sets the fields of responses that pages may read in addition to `Cache-Control`,
    /// `Content-Language`, `Content-Length`, `Content-Type`, `Expires`, `Last-Modified` and
    /// `Pragma`. Default: none.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::Cors;
    /// use http4k_ws::http::header;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// let cors = Cors::new(OriginPolicy::any()).with_exposed_headers([header::ETAG]);
    /// let app = routes! { "/" => http(|| "hello") }.with(cors);
    /// let response = app.test_http(Request::get("/").header("origin", "https://a.example"));
    /// assert_eq!(response.header("access-control-expose-headers"), Some("etag"));
    /// ```
    #[must_use]
    pub fn with_exposed_headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
        self.exposed = headers.into_iter().collect();
        self
    }

    /// Sets the time that a browser may keep the result of a preflight, in whole seconds. Default:
    /// not sent, which browsers take as 5 s; they cap it, Chromium at 2 h and Firefox at 24 h.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::Cors;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// let cors = Cors::new(OriginPolicy::any()).with_max_age(Duration::from_secs(600));
    /// let app = routes! { "/" => http(|| "hello") }.with(cors);
    /// let preflight = Request::options("/")
    ///     .header("origin", "https://a.example")
    ///     .header("access-control-request-method", "PUT");
    /// assert_eq!(app.test_http(preflight).header("access-control-max-age"), Some("600"));
    /// ```
    #[must_use]
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Lets pages send requests with cookies, and read the responses. For sockets a browser always
    /// sends cookies.
    ///
    /// # Panics
    ///
    /// Panics if the policy allows every page: [`OriginPolicy::any`], or one that lists
    /// [`Origin::NULL`](crate::message::Origin::NULL), which a page gets by opening a sandboxed
    /// frame. Every page could then act as its user and read what the user may read.
    ///
    /// ```should_panic
    /// use http4k_ws::filter::Cors;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// Cors::new(OriginPolicy::any()).with_credentials();
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_credentials(mut self) -> Self {
        assert!(
            !self.origins.allows_every_page(),
            "`Cors` with credentials needs a policy that lists origins: `OriginPolicy::any()` and \
             `Origin::NULL` let every page read what its user may read"
        );
        self.credentials = true;
        self
    }

    /// Returns and logs the refusal for a page that is not allowed.
    fn refusal(&self, request: &Request) -> Option<Response> {
        if self.origins.allows(request) || is_from_own_page(request) {
            return None;
        }
        let values = request.headers().get_all(ORIGIN).iter();
        let origins: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let origin = printable(origins.join(", ")).to_string();
        let host = printable(authority(request).unwrap_or("no host")).to_string();
        let refused = format!(
            "pages of `{origin}` may not use this application at `{host}`: add the origin to the \
             `OriginPolicy` of `Cors` to allow it{}",
            untrusted_proxy(request)
        );
        self.refusals.warn(RefusalKind::Origin, &refused);
        Some(plain(StatusCode::FORBIDDEN, refused + "\n"))
    }

    /// Returns `true` for a CORS-preflight request (Fetch standard §3.2.2). The application
    /// responds to any other OPTIONS request.
    fn is_preflight(request: &Request) -> bool {
        let fields = request.headers();
        request.method() == Method::OPTIONS
            && fields.contains_key(ORIGIN)
            && fields.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }

    fn preflight(&self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let fields = response.headers_mut();
        let methods = list(self.methods.iter().map(Method::as_str));
        let headers = list(self.headers.iter().map(HeaderName::as_str));
        let max_age = self.max_age.map(|time| HeaderValue::from(time.as_secs()));
        for (name, value) in [
            (ACCESS_CONTROL_ALLOW_METHODS, methods),
            (ACCESS_CONTROL_ALLOW_HEADERS, headers),
            (ACCESS_CONTROL_MAX_AGE, max_age),
        ] {
            if let Some(value) = value {
                fields.insert(name, value);
            }
        }
        response
    }

    /// Lets the page read further fields of a response, other than one to a preflight.
    fn exposed(&self, mut response: Response) -> Response {
        if let Some(names) = list(self.exposed.iter().map(HeaderName::as_str)) {
            let fields = response.headers_mut();
            fields.insert(ACCESS_CONTROL_EXPOSE_HEADERS, names);
        }
        response
    }

    /// Lets the page of `origin` read the response.
    fn shared(&self, origin: Option<HeaderValue>, mut response: Response) -> Response {
        let fields = response.headers_mut();
        // A cache must not serve this response to another page, or to a request without a page.
        fields.append(VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = origin {
            fields.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            if self.credentials {
                let yes = HeaderValue::from_static("true");
                fields.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
            }
        }
        response
    }
}

/// Joins names to the value of a field. `None` if there are none.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> Option<HeaderValue> {
    let names = names.collect::<Vec<_>>().join(", ");
    let value = HeaderValue::try_from(names).ok();
    value.filter(|value| !value.is_empty())
}

impl PolyFilter for Cors {
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let cors = self.clone();
        let guard = move |request: Request, next: Next| {
            let cors = cors.clone();
            async move {
                if let Some(refusal) = cors.refusal(&request) {
                    return cors.shared(None, refusal);
                }
                let origin = request.headers().get(ORIGIN).cloned();
                let response = if Cors::is_preflight(&request) {
                    cors.preflight()
                } else {
                    let response = next.call(request).await;
                    match origin {
                        Some(_) => cors.exposed(response),
                        None => response,
                    }
                };
                cors.shared(origin, response)
            }
        };
        guard.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let cors = self.clone();
        let guard = move |request: Request, next: WsNext| {
            let refusal = cors.refusal(&request);
            async move {
                match refusal {
                    None => next.call(request).await,
                    Some(refusal) => WsResponse::refuse(refusal),
                }
            }
        };
        guard.then(next)
    }
}
