//! Which pages may use an application from a browser.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, ORIGIN,
    VARY,
};
use http::{Method, StatusCode};

use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext, WsResponse, plain,
};
use crate::message::{Body, OriginPolicy, Request, Response};

/// Lets pages of the origins that a policy allows use an application, and pages of no other: their requests and
/// upgrades are answered with 403, and never reach what is behind this.
///
/// So it also protects an application of one's own machine or network from pages elsewhere, whose host name
/// was bound to its address (DNS rebinding). A request without `Origin` is not from such a page, and passes.
/// Pages that are allowed are told so by CORS, of which this answers the preflights itself: which methods and
/// fields they may use. Name no method or field, and a page may do what needs no preflight.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::{Cors, OriginPolicy};
///
/// # fn main() -> Result<(), http4k_ws::OriginError> {
/// let app = routes! { "/" => http(|| "hello"), "/ws" => ws(|ws: WebSocket| ws.try_send("hi")) };
/// let policy = OriginPolicy::only(["https://app.example.com".parse()?]);
/// let app = app.with(Cors::new(policy).with_methods([Method::GET, Method::PUT]));
///
/// let from = |origin: &str| Request::get("/").header("origin", origin);
/// let answer = app.test_http(from("https://app.example.com"));
/// assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example.com"));
/// assert_eq!(app.test_http(from("https://evil.example")).status(), 403);
/// assert_eq!(app.try_test_ws(from("https://evil.example")).unwrap_err().status(), 403);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Cors {
    origins: OriginPolicy,
    methods: Vec<Method>,
    headers: Vec<HeaderName>,
    credentials: bool,
}

impl Cors {
    /// Pages that `origins` allows.
    pub fn new(origins: OriginPolicy) -> Self {
        Self {
            origins,
            methods: Vec::new(),
            headers: Vec::new(),
            credentials: false,
        }
    }

    /// The methods that pages may use beside GET, HEAD and POST.
    #[must_use]
    pub fn with_methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.methods = methods.into_iter().collect();
        self
    }

    /// The fields that pages may send beside those of every form.
    #[must_use]
    pub fn with_headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
        self.headers = headers.into_iter().collect();
        self
    }

    /// Lets pages send, and see the answers to, requests with cookies. For sockets a browser always sends them.
    #[must_use]
    pub fn with_credentials(mut self) -> Self {
        self.credentials = true;
        self
    }

    fn is_preflight(request: &Request) -> bool {
        request.method() == Method::OPTIONS
            && request.headers().contains_key(ORIGIN)
            && request
                .headers()
                .contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }

    fn preflight(&self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let list = |names: Vec<&str>| HeaderValue::try_from(names.join(", ")).ok();
        let methods = list(self.methods.iter().map(Method::as_str).collect());
        let headers = list(self.headers.iter().map(HeaderName::as_str).collect());
        for (name, value) in [
            (ACCESS_CONTROL_ALLOW_METHODS, methods),
            (ACCESS_CONTROL_ALLOW_HEADERS, headers),
        ] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    /// Tells the page of `origin` that it may see the response.
    fn shown(&self, origin: Option<HeaderValue>, mut response: Response) -> Response {
        let fields = response.headers_mut();
        // A cache must not give it to another page, nor one for no page to this.
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

fn refusal() -> Response {
    let line = "pages of this origin may not use this application\n".to_owned();
    plain(StatusCode::FORBIDDEN, line)
}

impl PolyFilter for Cors {
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let cors = self.clone();
        let guard = move |request: Request, next: Next| {
            let cors = cors.clone();
            async move {
                if !cors.origins.allows(&request) {
                    return refusal();
                }
                let origin = request.headers().get(ORIGIN).cloned();
                let response = match Cors::is_preflight(&request) {
                    true => cors.preflight(),
                    false => next.call(request).await,
                };
                cors.shown(origin, response)
            }
        };
        guard.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let origins = self.origins.clone();
        let guard = move |request: Request, next: WsNext| {
            let allowed = origins.allows(&request);
            async move {
                match allowed {
                    true => next.call(request).await,
                    false => WsResponse::refuse(refusal()),
                }
            }
        };
        guard.then(next)
    }
}
