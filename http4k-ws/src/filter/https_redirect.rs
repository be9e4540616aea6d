//! Redirects from http to https.

use std::sync::Once;

use http::header::{HOST, HeaderValue, LOCATION};
use http::{StatusCode, Uri};

use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext, WsResponse,
};
use crate::message::{
    HostPort, Request, RequestExt, Response, ResponseExt, Scheme, authority, plain,
};

/// Redirects requests over http to the same host and path over https, with 308. The redirect keeps
/// method and body (RFC 9110 §15.4.9).
///
/// It needs a scheme that is known ([`RequestExt::scheme`](crate::message::RequestExt::scheme)): a
/// server behind a proxy learns it with `ServerConfig::with_proxies`. If the scheme is not known,
/// the request passes, and the log names that setting once. A redirect would lead back to the same
/// proxy and here again.
///
/// | request | response |
/// |---|---|
/// | https, or a scheme that is not known | that of the application |
/// | http | 308 to `https://`, without the port, or with that of [`to_port`](HttpsRedirect::to_port) |
/// | http, without exactly one valid `Host` | 400 |
/// | an upgrade over http | 403, because browsers do not follow redirects of sockets; the text names `wss` |
///
/// The host is the `Host` of the request, so a server that is reached by other names limits them
/// with `ServerConfig::with_hosts`. Routes outside of the block with this filter stay reachable
/// over http, such as those of ACME and of health checks. Secrets of the first request have already
/// crossed the network in plain text. Therefore set
/// [`security_headers`](crate::filter::security_headers) as well, so that browsers use https at
/// once.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::https_redirect;
/// use http4k_ws::message::Scheme;
///
/// let app = routes! {
///     GET "/health" => http(|| "well"),
///     "/" with(https_redirect()) => {
///         GET "/rooms/<room>" => http(|room: String| room),
///     },
/// };
/// let plain = |path: &str| {
///     let request = Request::get(path).header("host", "chat.example:80").body(Body::empty());
///     request.unwrap().with_scheme(Scheme::Http)
/// };
/// let response = app.test_http(plain("/rooms/blue?all"));
/// assert_eq!(response.status(), 308);
/// assert_eq!(response.header("location"), Some("https://chat.example/rooms/blue?all"));
/// assert_eq!(app.test_http(plain("/health")).body(), "well");
/// ```
pub fn https_redirect() -> HttpsRedirect {
    HttpsRedirect { port: None }
}

/// The filter that [`https_redirect`] returns.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{HttpsRedirect, https_redirect};
/// use http4k_ws::message::Scheme;
///
/// let redirect: HttpsRedirect = https_redirect().to_port(8443);
/// let app = routes! { GET "/" => http(|| "hello") }.with(redirect);
/// let request = Request::get("/").header("host", "chat.example:8080").body(Body::empty());
/// let response = app.test_http(request.unwrap().with_scheme(Scheme::Http));
/// assert_eq!(response.header("location"), Some("https://chat.example:8443/"));
/// ```
#[derive(Debug, Clone)]
pub struct HttpsRedirect {
    port: Option<u16>,
}

impl HttpsRedirect {
    /// Redirects to `port`. Default: the port of https, 443.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::https_redirect;
    /// use http4k_ws::prelude::*;
    ///
    /// let hello = || routes! { GET "/" => http(|| "hello") };
    /// let plain = || Request::get("http://chat.example/").header("host", "chat.example");
    /// let response = hello().with(https_redirect()).test_http(plain());
    /// assert_eq!(response.header("location"), Some("https://chat.example/"));
    /// let response = hello().with(https_redirect().to_port(8443)).test_http(plain());
    /// assert_eq!(response.header("location"), Some("https://chat.example:8443/"));
    /// ```
    #[must_use]
    pub fn to_port(self, port: u16) -> Self {
        Self {
            port: Some(port).filter(|port| *port != 443),
        }
    }

    /// Returns the response to a request over http. `None` for any other.
    fn response(&self, request: &Request, is_upgrade: bool) -> Option<Response> {
        match request.scheme() {
            Some(Scheme::Https) => return None,
            Some(Scheme::Http) => {}
            None => {
                warn_once();
                return None;
            }
        }
        if is_upgrade {
            let line = "sockets need `wss`: an upgrade over http is refused\n".to_owned();
            return Some(plain(StatusCode::FORBIDDEN, line));
        }
        let Some(location) = self.location(request) else {
            let line = "the redirect to https needs one valid `Host` (RFC 9112 §3.2)\n".to_owned();
            return Some(plain(StatusCode::BAD_REQUEST, line));
        };
        let line = "use https\n".to_owned();
        Some(plain(StatusCode::PERMANENT_REDIRECT, line).with_header(LOCATION, location))
    }

    fn location(&self, request: &Request) -> Option<HeaderValue> {
        if request.headers().get_all(HOST).iter().count() > 1 {
            return None;
        }
        let host = HostPort::parse(authority(request)?)?.host;
        let target = request
            .uri()
            .path_and_query()
            .map_or("/", |target| target.as_str());
        // `OPTIONS *` has no path.
        let target = if target.starts_with('/') { target } else { "/" };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let location: Uri = format!("https://{host}{port}{target}").parse().ok()?;
        HeaderValue::try_from(location.to_string()).ok()
    }
}

fn warn_once() {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        log::warn!(
            "`https_redirect` lets requests pass whose scheme is not known: behind a proxy, set \
             `ServerConfig::with_proxies`"
        );
    });
}

impl PolyFilter for HttpsRedirect {
    fn name(&self) -> String {
        "https_redirect".to_owned()
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let redirect = self.clone();
        let redirecting = move |request: Request, next: Next| {
            let response = redirect.response(&request, false);
            async move {
                match response {
                    Some(response) => response,
                    None => next.call(request).await,
                }
            }
        };
        redirecting.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let redirect = self.clone();
        let refusing = move |request: Request, next: WsNext| {
            let refusal = redirect.response(&request, true);
            async move {
                match refusal {
                    Some(refusal) => WsResponse::refuse(refusal),
                    None => WsHandler::call(&next, request).await,
                }
            }
        };
        refusing.then(next)
    }
}
