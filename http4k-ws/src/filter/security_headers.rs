//! Fields with which browsers protect the users of an application.

use std::time::Duration;

use http::StatusCode;
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::handler::{BoxHttpHandler, BoxPolyFilter, BoxWsHandler};
use crate::handler::{HttpHandler, Next, PolyFilter, over_all};
use crate::message::{IntoHeaderName, IntoHeaderValue, Request, RequestExt, Scheme};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The time for which browsers remember to use https: one year.
const ONE_YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Sets the fields with which browsers protect the users of an application, unless the handler has
/// set them.
///
/// | field | value | effect |
/// |---|---|---|
/// | `X-Content-Type-Options` | `nosniff` | content is of the type that is declared |
/// | `Referrer-Policy` | `strict-origin-when-cross-origin` | other sites do not learn paths and queries |
/// | `Content-Security-Policy` | `frame-ancestors 'none'` | no page shows this one in a frame |
/// | `X-Frame-Options` | `DENY` | the same, for old browsers |
/// | `Cross-Origin-Opener-Policy` | `same-origin` | other sites that open a page have no access to its window |
/// | `Cross-Origin-Resource-Policy` | `same-origin` | other sites cannot embed images, scripts and the like |
/// | `Strict-Transport-Security` | `max-age=31536000` | browsers use https from now on |
///
/// The last is sent only if the scheme is known to be https
/// ([`RequestExt::scheme`](crate::message::RequestExt::scheme)): over TLS, or behind a trusted
/// proxy that says so. Over http browsers must ignore it (RFC 6797 §8.1).
///
/// Every response has the fields: refusals and 404 too, and streams of events. The response that
/// accepts a socket has `Strict-Transport-Security` only, because the others are for documents. Put
/// the filter around the filters whose refusals it should cover.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::security_headers;
/// use http4k_ws::message::Scheme;
///
/// let app = routes! { GET "/" => http(|| "hello") };
/// let app = app.with(security_headers().with_content_policy("default-src 'self'"));
/// let response = app.test_http("/");
/// assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
/// let policy = "default-src 'self'; frame-ancestors 'none'";
/// assert_eq!(response.header("content-security-policy"), Some(policy));
/// assert_eq!(response.header("strict-transport-security"), None);
///
/// let request = "/".into_request().unwrap().with_scheme(Scheme::Https);
/// let response = app.test_http(request);
/// assert_eq!(response.header("strict-transport-security"), Some("max-age=31536000"));
/// ```
pub fn security_headers() -> SecurityHeaders {
    let fields = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
        (X_FRAME_OPTIONS, "DENY"),
        (OPENER_POLICY, "same-origin"),
        (RESOURCE_POLICY, "same-origin"),
    ];
    let fields = fields.map(|(name, value)| (name, HeaderValue::from_static(value)));
    SecurityHeaders {
        fields: fields.into_iter().collect(),
        transport: Some(transport(ONE_YEAR, "")),
    }
}

/// The filter that [`security_headers`] returns.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{SecurityHeaders, security_headers};
///
/// let headers: SecurityHeaders = security_headers().with("permissions-policy", "camera=()");
/// let app = routes! { GET "/" => http(|| "hello") }.with(headers);
/// let response = app.test_http("/");
/// assert_eq!(response.header("permissions-policy"), Some("camera=()"));
/// assert_eq!(response.header("x-frame-options"), Some("DENY"));
/// ```
#[derive(Debug, Clone)]
pub struct SecurityHeaders {
    fields: HeaderMap,
    transport: Option<HeaderValue>,
}

fn transport(max_age: Duration, more: &str) -> HeaderValue {
    let text = format!("max-age={}{more}", max_age.as_secs());
    HeaderValue::try_from(text).expect("digits and a literal")
}

impl SecurityHeaders {
    /// Sets one of the fields, or a field beside them, such as `permissions-policy`.
    ///
    /// # Panics
    ///
    /// Panics if a literal is not a field name or value.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::security_headers;
    /// use http4k_ws::prelude::*;
    ///
    /// let headers = security_headers().with("referrer-policy", "no-referrer");
    /// let app = routes! { GET "/" => http(|| "hello") }.with(headers);
    /// assert_eq!(app.test_http("/").header("referrer-policy"), Some("no-referrer"));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with(mut self, name: impl IntoHeaderName, value: impl IntoHeaderValue) -> Self {
        let (name, value) = (name.into_header_name(), value.into_header_value());
        self.fields.insert(name, value);
        self
    }

    /// Leaves one of the fields out.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::security_headers;
    ///
    /// // Other sites may embed these images.
    /// let images = security_headers().without("cross-origin-resource-policy");
    /// let app = routes! { GET "/logo" => http(|| "a logo") }.with(images);
    /// assert_eq!(app.test_http("/logo").header("cross-origin-resource-policy"), None);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if a literal is not a field name.
    #[must_use]
    #[track_caller]
    pub fn without(mut self, name: impl IntoHeaderName) -> Self {
        let name = name.into_header_name();
        self.fields.remove(&name);
        if name == STRICT_TRANSPORT_SECURITY {
            self.transport = None;
        }
        self
    }

    /// Sets the Content-Security-Policy. `frame-ancestors 'none'` is added, unless `policy` has the
    /// directive.
    ///
    /// # Panics
    ///
    /// Panics if `policy` has a character that is not valid in a field.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::security_headers;
    /// use http4k_ws::prelude::*;
    ///
    /// let headers = security_headers().with_content_policy("frame-ancestors 'self'");
    /// let app = routes! { GET "/" => http(|| "hello") }.with(headers);
    /// let policy = app.test_http("/").header("content-security-policy").map(str::to_owned);
    /// assert_eq!(policy.as_deref(), Some("frame-ancestors 'self'"));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_content_policy(mut self, policy: &str) -> Self {
        let mut directives = policy.split(';').map(str::trim_start);
        let names_ancestors = directives.any(|directive| {
            let name = directive.split_ascii_whitespace().next();
            name.is_some_and(|name| name.eq_ignore_ascii_case("frame-ancestors"))
        });
        let policy = policy.trim().trim_end_matches(';');
        let whole = match names_ancestors {
            true => policy.to_owned(),
            false => format!("{policy}; frame-ancestors 'none'"),
        };
        let value = HeaderValue::try_from(whole)
            .unwrap_or_else(|_| panic!("the policy {policy:?} is not valid in a header field"));
        self.fields.insert(CONTENT_SECURITY_POLICY, value);
        self
    }

    /// Sets the time for which browsers use https, for this host and all its subdomains. Default:
    /// one year, for this host only.
    ///
    /// A browser that has seen it cannot use http on any subdomain until the time is over.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::filter::security_headers;
    /// use http4k_ws::prelude::*;
    ///
    /// let headers = security_headers().with_strict_subdomains(Duration::from_secs(600));
    /// let app = routes! { GET "/" => http(|| "hello") }.with(headers);
    /// let response = app.test_http("https://chat.example/");
    /// let strict = "max-age=600; includeSubDomains";
    /// assert_eq!(response.header("strict-transport-security"), Some(strict));
    /// ```
    #[must_use]
    pub fn with_strict_subdomains(mut self, max_age: Duration) -> Self {
        self.transport = Some(transport(max_age, "; includeSubDomains"));
        self
    }

    /// Adds the fields that `response` lacks.
    fn complete(&self, headers: &mut HeaderMap, is_https: bool, is_accepted: bool) {
        if let Some(value) = self.transport.as_ref().filter(|_| is_https) {
            headers
                .entry(STRICT_TRANSPORT_SECURITY)
                .or_insert_with(|| value.clone());
        }
        if !is_accepted {
            for (name, value) in &self.fields {
                headers.entry(name).or_insert_with(|| value.clone());
            }
        }
    }

    fn filter(&self) -> BoxPolyFilter {
        let headers = self.clone();
        over_all("security_headers", move |request: Request, next: Next| {
            let headers = headers.clone();
            let is_https = request.scheme() == Some(Scheme::Https);
            async move {
                let mut response = next.call(request).await;
                let is_accepted = response.status() == StatusCode::SWITCHING_PROTOCOLS;
                headers.complete(response.headers_mut(), is_https, is_accepted);
                response
            }
        })
    }
}

impl PolyFilter for SecurityHeaders {
    fn name(&self) -> String {
        "security_headers".to_owned()
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        self.filter().http(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        self.filter().ws(next)
    }
}
