//! Protection from requests that pages of other sites send in the name of a user.
//!
//! A browser adds a user's cookies to requests that any page starts. Browsers also state the page
//! that a request is from: in `Sec-Fetch-Site` (Fetch Metadata Request Headers §2.4) all of them
//! since 2023, in `Origin` all of them since 2020. A page can change neither field. That replaces
//! tokens in forms:
//!
//! 1. GET, HEAD, OPTIONS and TRACE pass (RFC 9110 §9.2.1). An upgrade does not count as a GET,
//!    because a socket can do what a POST can.
//! 2. `Sec-Fetch-Site: same-origin` and `none` (started by the user) pass.
//! 3. `cross-site` and `same-site` are refused, unless the policy names the `Origin`.
//! 4. Without the field, an `Origin` must be the application's own, or named by the policy.
//!    Browsers do not send `Sec-Fetch-Site` to `http` addresses other than loopback ones, and
//!    Chromium does not send it with the handshake of a socket.
//! 5. Without both fields, the request is not from a browser, or from one that is older than 2020.
//!    It passes.
//! 6. Another value of `Sec-Fetch-Site`, an empty one or several fields have no meaning yet (§2.4),
//!    but are from a browser: only an allowed `Origin` passes.

use std::sync::Arc;

use http::header::{HeaderName, ORIGIN};
use http::{HeaderMap, StatusCode};

use crate::describe::{ResponseDescription, RouteDescription};
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext, WsResponse,
};
use crate::lens::problem;
use crate::message::{OriginPolicy, Request, Response, authority, is_from_own_page, printable};
use crate::session::{RefusalKind, RefusalLog};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses requests that pages of other origins send to change something. The response is 403.
///
/// It needs neither tokens in forms nor state, and works for pages, scripts and sockets alike.
/// Put it before every route that trusts a cookie, or another credential that browsers add
/// themselves.
///
/// | request | `Sec-Fetch-Site` | `Origin` | |
/// |---|---|---|---|
/// | GET, HEAD, OPTIONS, TRACE | any | any | passes |
/// | other methods, and upgrades | `same-origin`, `none` | any | passes |
/// | | `same-site`, `cross-site` | named by the policy | passes |
/// | | `same-site`, `cross-site` | another, or none | 403 |
/// | | absent | own, or named by the policy | passes |
/// | | absent | another, `null`, two fields, or not valid | 403 |
/// | | absent | absent | passes |
/// | | anything else | own, or named by the policy | passes |
/// | | anything else | another, or none | 403 |
///
/// - A GET must not change anything. A page of another site can cause one by a link.
/// - A request without both fields passes, because it is not from a browser: `curl`, a webhook, an
///   app. Such a client sends cookies only of its own accord. Every browser since 2020 sends
///   `Origin` with a POST; an older one is not protected. `CrossOriginProtection` of Go's
///   `net/http` decides in the same way.
/// - `same-site` is refused, because a subdomain may belong to others, and a mistake in
///   one application must not open the others. Name the origins in the policy, or see
///   [`Csrf::with_same_site`].
/// - The own origin is the host and port of the request, and the scheme if it is known: over TLS,
///   over HTTP/2, or from a trusted proxy. A page at `http` is then not the own one of `https`.
/// - `Referer` is not read: a page can suppress it.
/// - An upgrade passes the server's own check first, which is set with
///   `ServerConfig::with_origins`. Two policies that name the same origins are needed to admit
///   another page.
///
/// Each second, at most one refusal is logged as a warning, with both fields and the setting to
/// change.
///
/// # Exemptions
///
/// A route that other sites may send to is placed outside the block, such as a webhook that checks
/// a signature.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::csrf;
///
/// let app = routes! {
///     POST "/webhook" => http(|| "any sender"),
///     with(csrf()) => {
///         GET "/account"  => http(|| "a page"),
///         POST "/account" => http(|| "changed"),
///         "/ws"           => ws(|ws: WebSocket| ws.try_send("hi")),
///     },
/// };
/// let from = |site: &str, path: &str| Request::post(path).header("sec-fetch-site", site);
/// assert_eq!(app.test_http(from("same-origin", "/account")).body(), "changed");
/// assert_eq!(app.test_http(from("cross-site", "/account")).status(), 403);
/// assert_eq!(app.test_http(from("cross-site", "/webhook")).body(), "any sender");
/// assert_eq!(app.test_http(Request::post("/account")).body(), "changed");
///
/// let evil = Request::get("/ws").header("sec-fetch-site", "cross-site");
/// assert_eq!(app.try_test_ws(evil).unwrap_err().status(), 403);
/// ```
pub fn csrf() -> Csrf {
    Csrf {
        origins: OriginPolicy::own(),
        same_site: false,
        refusals: Arc::default(),
    }
}

/// The filter that [`csrf`] returns, with its settings.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::csrf;
/// use http4k_ws::message::OriginPolicy;
///
/// let policy = OriginPolicy::own().and("https://admin.example".parse().unwrap());
/// let app = routes! { POST "/" => http(|| "done") }.with(csrf().with_origins(policy));
/// let post = |origin: &str| {
///     Request::post("/").header("sec-fetch-site", "cross-site").header("origin", origin)
/// };
/// assert_eq!(app.test_http(post("https://admin.example")).status(), 200);
/// assert_eq!(app.test_http(post("https://other.example")).status(), 403);
/// ```
#[derive(Debug, Clone)]
pub struct Csrf {
    origins: OriginPolicy,
    same_site: bool,
    /// Shared by all routes behind the filter.
    refusals: Arc<RefusalLog>,
}

impl Csrf {
    /// Sets the other pages that may send requests. Default: none.
    ///
    /// The application's own pages always may, also if the policy does not name them. A page that
    /// sends requests by a script needs [`Cors`](crate::filter::Cors) too, with the same policy.
    ///
    /// # Panics
    ///
    /// Panics if the policy allows every page: [`OriginPolicy::any`], or one that lists
    /// [`Origin::NULL`](crate::message::Origin::NULL). The filter would protect nothing.
    ///
    /// ```should_panic
    /// use http4k_ws::filter::csrf;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// csrf().with_origins(OriginPolicy::any());
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_origins(mut self, origins: OriginPolicy) -> Self {
        assert!(
            !origins.allows_every_page(),
            "`csrf()` needs a policy that lists origins: `OriginPolicy::any()` and `Origin::NULL` \
             let every page send requests in the name of a user"
        );
        self.origins = origins;
        self
    }

    /// Lets every page of the same site send requests, such as that of another subdomain. Default:
    /// they are refused.
    ///
    /// Use it if all hosts under the registrable domain are yours. `Sec-Fetch-Site` alone states
    /// the site. A browser that does not send it needs the origins by name, for example as
    /// `https://*.example.com`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::csrf;
    ///
    /// let app = routes! { POST "/" => http(|| "done") };
    /// let post = || Request::post("/").header("sec-fetch-site", "same-site");
    /// assert_eq!(app.clone().with(csrf()).test_http(post()).status(), 403);
    /// assert_eq!(app.with(csrf().with_same_site()).test_http(post()).status(), 200);
    /// ```
    #[must_use]
    pub fn with_same_site(mut self) -> Self {
        self.same_site = true;
        self
    }

    fn admits(&self, request: &Request) -> bool {
        match Site::of(request.headers()) {
            Site::Own => true,
            Site::Same if self.same_site => true,
            // A page at `http` has the host of its `https` application, and is of another site:
            // the own origin does not count here.
            Site::Same | Site::Other => self.origins.allows_by_name(request),
            Site::Unstated if !request.headers().contains_key(ORIGIN) => true,
            Site::Unstated | Site::Unknown => {
                is_from_own_page(request) || self.origins.allows_by_name(request)
            }
        }
    }

    /// Returns and logs the refusal of an unsafe request from another page.
    fn refusal(&self, request: &Request) -> Option<Response> {
        if self.admits(request) {
            return None;
        }
        let detail = format!(
            "{} {} at `{}` refused, because a page of another origin sent it (Origin: `{}`, \
             Sec-Fetch-Site: `{}`): add the origin to the `OriginPolicy` of `csrf()` to allow it",
            request.method(),
            printable(request.uri().path()),
            printable(authority(request).unwrap_or("no host")),
            shown(request.headers(), &ORIGIN),
            shown(request.headers(), &SEC_FETCH_SITE),
        );
        self.refusals.warn(RefusalKind::Origin, &detail);
        Some(problem(StatusCode::FORBIDDEN, &detail))
    }
}

/// The relation between the page of a request and the application, as the browser states it.
enum Site {
    Unstated,
    /// The same origin, or the user and no page.
    Own,
    Same,
    Other,
    Unknown,
}

impl Site {
    fn of(headers: &HeaderMap) -> Self {
        let mut fields = headers.get_all(SEC_FETCH_SITE).iter();
        match (fields.next().map(|field| field.as_bytes()), fields.next()) {
            (None, _) => Self::Unstated,
            (Some(b"same-origin" | b"none"), None) => Self::Own,
            (Some(b"same-site"), None) => Self::Same,
            (Some(b"cross-site"), None) => Self::Other,
            _ => Self::Unknown,
        }
    }
}

/// Returns the values of a field for a log line.
fn shown(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter();
    let values: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    match values.is_empty() {
        // `none` is a value of `Sec-Fetch-Site`.
        true => "not sent".to_owned(),
        false => printable(values.join(", ")).to_string(),
    }
}

impl PolyFilter for Csrf {
    fn name(&self) -> String {
        "csrf".to_owned()
    }

    fn describe(&self, route: &mut RouteDescription) {
        let response = ResponseDescription::new(StatusCode::FORBIDDEN);
        let docs = "A page of another site sent the request.";
        route.responses.push(response.with_docs(docs));
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let csrf = self.clone();
        let check = move |request: Request, next: Next| {
            let refusal = match request.method().is_safe() {
                true => None,
                false => csrf.refusal(&request),
            };
            async move {
                match refusal {
                    None => next.call(request).await,
                    Some(refusal) => refusal,
                }
            }
        };
        check.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let csrf = self.clone();
        let check = move |request: Request, next: WsNext| {
            let refusal = csrf.refusal(&request);
            async move {
                match refusal {
                    None => next.call(request).await,
                    Some(refusal) => WsResponse::refuse(refusal),
                }
            }
        };
        check.then(next)
    }
}
