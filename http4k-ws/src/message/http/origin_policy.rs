//! The pages that may open sockets.
//!
//! The same-origin policy of browsers does not hold for WebSockets: any page may open one to any
//! server, with the cookies that its user has there. The server must check `Origin` (RFC 6455
//! §10.2).

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use http::header::{HOST, HeaderValue, ORIGIN};

use super::origin::Origin;
use super::scheme::Scheme;
use crate::panics::guarded;

/// The pages that may open a socket (RFC 6455 §10.2), or use an application with
/// [`Cors`](crate::filter::Cors).
///
/// Only browsers send `Origin`, so that a request without one is always allowed. The policy
/// protects a user from pages of other sites, and not the server from programs, which can claim any
/// origin.
///
/// One policy can serve both: pass it to `ServerConfig::with_origins`, which checks every opening
/// handshake, and to [`Cors`](crate::filter::Cors), which also checks HTTP requests.
///
/// # Examples
///
/// ```
/// use http4k_ws::Request;
/// use http4k_ws::message::OriginPolicy;
///
/// let request = Request::get("/chat")
///     .header("host", "chat.example.com")
///     .header("origin", "https://www.example.com")
///     .body(())?;
/// assert!(!OriginPolicy::own().allows(&request));
/// assert!(OriginPolicy::own().and("https://www.example.com".parse()?).allows(&request));
/// assert!(OriginPolicy::only(["https://*.example.com".parse()?]).allows(&request));
/// assert!(OriginPolicy::own().and_if(|origin| origin.port() == Some(443)).allows(&request));
/// assert!(OriginPolicy::any().allows(&request));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginPolicy {
    base: Base,
    listed: Vec<Origin>,
    predicates: Vec<Predicate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    Any,
    Own,
    Listed,
}

/// A function of the application.
#[derive(Clone)]
struct Predicate(Arc<dyn Fn(&Origin) -> bool + Send + Sync>);

impl Predicate {
    /// Calls the function. One that panics allows nothing.
    fn holds(&self, origin: &Origin) -> bool {
        guarded("a predicate of an `OriginPolicy`", || (self.0)(origin)).unwrap_or(false)
    }
}

// A policy keeps no state that a panic of the function could leave broken.
impl UnwindSafe for Predicate {}
impl RefUnwindSafe for Predicate {}

impl PartialEq for Predicate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Predicate {}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Predicate")
    }
}

impl OriginPolicy {
    /// Allows pages that were loaded from the host and port the request is for; the default.
    ///
    /// If the server knows its scheme, that must be the page's too: over TLS, over HTTP/2 from
    /// `:scheme`, and from a proxy that it trusts, an `http` page may not open a `wss` socket of
    /// the same host. Behind a proxy that changes `Host`, trust the proxy with
    /// [`Proxies`](crate::message::Proxies), or add the origin that the browser sees with
    /// [`and`](Self::and).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// let from = |origin| Request::get("/").header("host", "a.example").header("origin", origin);
    /// let own = OriginPolicy::own();
    /// assert_eq!(own, OriginPolicy::default());
    /// assert!(own.allows(&from("https://a.example").body(())?));
    /// assert!(!own.allows(&from("https://a.example:8443").body(())?));
    /// # Ok::<(), http::Error>(())
    /// ```
    pub const fn own() -> Self {
        Self::based_on(Base::Own)
    }

    /// Allows every page. Use it if nothing that a socket sends depends on the cookies or the
    /// network of its user.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// let from_file = Request::get("/prices").header("origin", "null").body(()).unwrap();
    /// assert!(OriginPolicy::any().allows(&from_file));
    /// ```
    pub const fn any() -> Self {
        Self::based_on(Base::Any)
    }

    /// Allows pages of these origins and no others, not even the server's own.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// let policy = OriginPolicy::only(["https://www.example".parse()?]);
    /// let to_api = || Request::get("/").header("host", "api.example");
    /// assert!(policy.allows(&to_api().header("origin", "https://www.example").body(())?));
    /// assert!(!policy.allows(&to_api().header("origin", "https://api.example").body(())?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn only(listed: impl IntoIterator<Item = Origin>) -> Self {
        Self {
            listed: listed.into_iter().collect(),
            ..Self::based_on(Base::Listed)
        }
    }

    const fn based_on(base: Base) -> Self {
        Self {
            base,
            listed: Vec::new(),
            predicates: Vec::new(),
        }
    }

    /// Allows `origin` too, which may be a pattern; see [`Origin`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// // The page comes from the development server of the browser's code.
    /// let policy = OriginPolicy::own().and("http://localhost:*".parse()?);
    /// let request = Request::get("/chat").header("origin", "http://localhost:5173").body(())?;
    /// assert!(policy.allows(&request));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn and(mut self, origin: Origin) -> Self {
        self.listed.push(origin);
        self
    }

    /// Allows every origin for which `predicate` returns `true` too.
    ///
    /// It is called for each request with an origin that is not allowed otherwise, `null` included,
    /// and must not block. If it panics, the panic is logged and the origin is not allowed. Two
    /// policies with predicates are equal only if one is a clone of the other.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// let tenants = ["https://blue.example"];
    /// let policy = OriginPolicy::own().and_if(move |origin| {
    ///     tenants.iter().any(|tenant| tenant.parse().as_ref() == Ok(origin))
    /// });
    /// let from = |origin| Request::get("/").header("origin", origin).body(()).unwrap();
    /// assert!(policy.allows(&from("https://blue.example")));
    /// assert!(!policy.allows(&from("https://red.example")));
    /// ```
    #[must_use]
    pub fn and_if(mut self, predicate: impl Fn(&Origin) -> bool + Send + Sync + 'static) -> Self {
        self.predicates.push(Predicate(Arc::new(predicate)));
        self
    }

    /// Returns `true` if the page of `request` is allowed, or it has none. An `Origin` that is not
    /// valid, or a second one, is not allowed.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::OriginPolicy;
    ///
    /// let policy = OriginPolicy::only([]);
    /// assert!(policy.allows(&Request::get("/").body(()).unwrap()));
    /// let page = Request::get("/").header("origin", "not an origin").body(()).unwrap();
    /// assert!(!OriginPolicy::own().allows(&page));
    /// ```
    pub fn allows<B>(&self, request: &http::Request<B>) -> bool {
        if self.base == Base::Any {
            return true;
        }
        let origin = match origin_of(request) {
            Claim::None => return true,
            Claim::Invalid => return false,
            Claim::Page(origin) => origin,
        };
        (self.base == Base::Own && is_own(&origin, request)) || self.names(&origin)
    }

    /// Returns `true` if the request has one valid `Origin`, and the policy allows it by name: by
    /// [`and`](Self::and), [`and_if`](Self::and_if) or [`only`](Self::only).
    pub(crate) fn allows_by_name<B>(&self, request: &http::Request<B>) -> bool {
        matches!(origin_of(request), Claim::Page(origin) if self.names(&origin))
    }

    fn names(&self, origin: &Origin) -> bool {
        self.listed.iter().any(|listed| listed.matches(origin))
            || self.predicates.iter().any(|allows| allows.holds(origin))
    }

    /// Returns `true` if every page can satisfy this: `null` is the origin of any sandboxed frame.
    pub(crate) fn allows_every_page(&self) -> bool {
        self.base == Base::Any || self.listed.contains(&Origin::NULL)
    }
}

/// The page that a request claims to be from.
enum Claim {
    None,
    Invalid,
    Page(Origin),
}

fn origin_of<B>(request: &http::Request<B>) -> Claim {
    let mut origins = request.headers().get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else {
        return Claim::None;
    };
    let origin: Option<Origin> = text(origin).and_then(|text| text.parse().ok());
    match (origin, origins.next()) {
        // A browser sends one origin, never a pattern.
        (Some(origin), None) if !origin.is_pattern() => Claim::Page(origin),
        _ => Claim::Invalid,
    }
}

/// Returns `true` if the page of `request` was loaded from the host, port and, if that is known,
/// the scheme that the request is for.
pub(crate) fn is_from_own_page<B>(request: &http::Request<B>) -> bool {
    matches!(origin_of(request), Claim::Page(origin) if is_own(&origin, request))
}

fn is_own<B>(origin: &Origin, request: &http::Request<B>) -> bool {
    authority(request).is_some_and(|own| origin.is_at(own, Scheme::of(request)))
}

/// Returns the host and port that a request is for: those of its target, else its `Host` (RFC 9112
/// §3.3).
pub(crate) fn authority<B>(request: &http::Request<B>) -> Option<&str> {
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers().get(HOST).and_then(text),
    }
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()
}

impl Default for OriginPolicy {
    fn default() -> Self {
        Self::own()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str, host: &str, origins: &[&str]) -> http::Request<()> {
        let mut request = http::Request::get(target).header(HOST, host);
        for origin in origins {
            request = request.header(ORIGIN, *origin);
        }
        request.body(()).unwrap()
    }

    #[test]
    fn the_own_origin_is_the_host_and_port_of_the_request() {
        for (host, origin, allowed) in [
            ("example.com", "http://example.com", true),
            ("example.com", "https://example.com", true),
            ("example.com:443", "https://example.com", true),
            ("example.com", "https://example.com:443", true),
            ("Example.COM", "https://eXample.com", true),
            ("localhost:9000", "http://localhost:9000", true),
            ("[::1]:9000", "http://[::1]:9000", true),
            ("example.com", "https://example.com:8443", false),
            ("example.com:443", "http://example.com", false),
            ("localhost:9000", "http://localhost:9001", false),
            ("localhost:9000", "http://127.0.0.1:9000", false),
            ("example.com", "https://example.com.evil.org", false),
            ("example.com", "https://www.example.com", false),
            ("example.com", "ftp://example.com", false),
            ("[0:0::1]:80", "http://[::1]", true),
            ("example.com", "null", false),
            ("example.com", "example.com", false),
            ("example.com", "https://example.com/", false),
            ("example.com", "https://user@example.com", false),
            ("example.com", "https://example.com https://evil.org", false),
            ("example.com", "", false),
        ] {
            let request = request("/", host, &[origin]);
            assert_eq!(
                OriginPolicy::own().allows(&request),
                allowed,
                "{host} {origin}"
            );
        }
    }

    #[test]
    fn the_target_outranks_the_host_field() {
        let request = request("http://example.com/", "other.org", &["http://example.com"]);
        assert!(OriginPolicy::own().allows(&request));
    }

    #[test]
    fn a_second_origin_is_refused_and_none_is_allowed() {
        let own = "http://a.org";
        assert!(!OriginPolicy::own().allows(&request("/", "a.org", &[own, own])));
        assert!(OriginPolicy::own().allows(&request("/", "a.org", &[])));
        assert!(OriginPolicy::only([]).allows(&request("/", "a.org", &[])));
    }

    #[test]
    fn a_list_adds_to_the_own_origin_or_stands_alone() {
        let app: Origin = "https://app.org".parse().unwrap();
        let extra = OriginPolicy::own().and(app.clone()).and(Origin::NULL);
        let only = OriginPolicy::only([app]);
        for (origin, by_extra, by_only) in [
            ("https://app.org", true, true),
            ("HTTPS://APP.ORG:443", true, true),
            ("http://app.org", false, false),
            ("null", true, false),
            ("http://a.org", true, false),
        ] {
            let request = request("/", "a.org", &[origin]);
            assert_eq!(extra.allows(&request), by_extra, "{origin}");
            assert_eq!(only.allows(&request), by_only, "{origin}");
            assert!(OriginPolicy::any().allows(&request), "{origin}");
        }
    }

    #[test]
    fn the_scheme_must_match_if_it_is_known() {
        for (known, origin, allowed) in [
            (None, "http://a.org", true),
            (None, "https://a.org", true),
            (Some(Scheme::Https), "http://a.org", false),
            (Some(Scheme::Https), "https://a.org", true),
            (Some(Scheme::Http), "http://a.org", true),
            (Some(Scheme::Http), "https://a.org", false),
        ] {
            let mut request = request("/", "a.org", &[origin]);
            if let Some(known) = known {
                request.extensions_mut().insert(known);
            }
            let allows = OriginPolicy::own().allows(&request);
            assert_eq!(allows, allowed, "{known:?} {origin}");
            assert_eq!(is_from_own_page(&request), allowed, "{known:?} {origin}");
        }
        for (target, origin, allowed) in [
            ("wss://a.org/", "https://a.org", true),
            ("wss://a.org/", "http://a.org", false),
            ("ws://a.org/", "http://a.org", true),
        ] {
            let request = request(target, "a.org", &[origin]);
            assert_eq!(OriginPolicy::own().allows(&request), allowed, "{target}");
        }
    }

    #[test]
    fn a_pattern_and_a_predicate_allow_more() {
        let pattern = "https://*.app.org".parse().unwrap();
        let policy = OriginPolicy::only([pattern])
            .and_if(|origin| origin.host().is_some_and(|host| host.starts_with("dev-")));
        for (origin, allowed) in [
            ("https://a.app.org", true),
            ("https://app.org", false),
            ("http://dev-7.example:81", true),
            ("https://*.app.org", false),
            ("http://dev-7.example:*", false),
            ("null", false),
        ] {
            let request = request("/", "a.org", &[origin]);
            assert_eq!(policy.allows(&request), allowed, "{origin}");
        }
        assert_eq!(policy, policy.clone());
        assert_ne!(policy, policy.clone().and_if(|_origin| true));
    }
}
