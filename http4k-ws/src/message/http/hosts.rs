//! The hosts that a server accepts requests for.
//!
//! A page of another site may let its own name resolve to the address of this server (DNS
//! rebinding). For its browser, that page and the server then have the same origin, so that neither
//! the same-origin policy nor the check of `Origin` protects the server. Only the field `Host`
//! does, since it names the other site.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::host_port::HostPort;
use super::origin_policy::authority;
use super::web_host::{below, is_below, parent_domain, web_host};

/// A host, or all subdomains of one with a leading `*.`.
///
/// Letter case and a final dot are ignored. `*.example.com` matches one or more labels before
/// `.example.com`, and not `example.com` itself.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::HostPattern;
///
/// # fn main() -> Result<(), http4k_ws::message::HostPatternError> {
/// let host: HostPattern = "Example.com.".parse()?;
/// assert_eq!(host, "example.com".parse()?);
/// assert_eq!("*.example.com".parse::<HostPattern>()?.to_string(), "*.example.com");
/// assert!("https://example.com".parse::<HostPattern>().is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPattern {
    host: String,
    subdomains: bool,
}

/// The reason a text is not a [`HostPattern`].
///
/// # Examples
///
/// ```
/// use http4k_ws::message::HostPattern;
///
/// let error = "https://chat.example".parse::<HostPattern>().unwrap_err();
/// assert!(error.to_string().contains("https://chat.example"), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not a host: it must be a name, an IP address or `*.` and a name, without a scheme, \
     port or path (RFC 3986 §3.2.2)", text.escape_debug()
)]
pub struct HostPatternError {
    text: String,
}

impl FromStr for HostPattern {
    type Err = HostPatternError;

    fn from_str(text: &str) -> Result<Self, HostPatternError> {
        let name = text.strip_suffix('.').unwrap_or(text);
        let (host, subdomains) = match below(name) {
            Some(domain) => (parent_domain(domain), true),
            None => (web_host(name), false),
        };
        let text = || text.to_owned();
        host.map(|host| Self { host, subdomains })
            .ok_or_else(|| HostPatternError { text: text() })
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = if self.subdomains { "*." } else { "" };
        write!(f, "{pattern}{}", self.host)
    }
}

impl HostPattern {
    fn matches(&self, host: &str) -> bool {
        if self.subdomains {
            is_below(host, &self.host)
        } else {
            host == self.host
        }
    }
}

/// The hosts that a server accepts requests for. A request for any other receives 421 (RFC 9110
/// §15.5.20).
///
/// It protects the users of a server on their own machine or network from pages of other sites
/// whose names resolve to its address (DNS rebinding). Ports are ignored. A request of HTTP/1.0
/// without `Host` is not from a browser, and is accepted.
///
/// # Examples
///
/// ```
/// use http4k_ws::Request;
/// use http4k_ws::message::HostPolicy;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let request = Request::get("/").header("host", "chat.example.com:8443").body(())?;
/// let chat = HostPolicy::only(["chat.example.com".parse()?]);
/// assert!(chat.allows(&request, None));
/// assert!(!HostPolicy::loopback().allows(&request, None));
///
/// // The default depends on the address that the server is bound to.
/// assert!(HostPolicy::by_address().allows(&request, Some([0, 0, 0, 0].into())));
/// assert!(!HostPolicy::by_address().allows(&request, Some([127, 0, 0, 1].into())));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPolicy {
    base: Base,
    listed: Vec<HostPattern>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    ByAddress,
    Any,
    Loopback,
    Listed,
}

impl HostPolicy {
    /// Allows every host, except on a server that is bound to a loopback address: there it equals
    /// [`loopback`](Self::loopback). This is the default.
    ///
    /// Over a Unix socket every host is allowed: a browser cannot be made to connect to one.
    ///
    /// A host that a trusted proxy states is allowed, see [`Proxies`](crate::message::Proxies). A
    /// proxy on the same machine that only keeps the `Host` of the browser needs that host to be
    /// added with [`and`](Self::and).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::HostPolicy;
    ///
    /// let request = Request::get("/").header("host", "evil.example").body(()).unwrap();
    /// let policy = HostPolicy::by_address();
    /// assert_eq!(policy, HostPolicy::default());
    /// assert!(!policy.allows(&request, Some([127, 0, 0, 1].into())));
    /// assert!(policy.allows(&request, Some([192, 168, 0, 7].into())));
    /// ```
    pub const fn by_address() -> Self {
        Self::based_on(Base::ByAddress)
    }

    /// Allows every host.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::HostPolicy;
    ///
    /// let request = Request::get("/").header("host", "evil.example").body(()).unwrap();
    /// assert!(HostPolicy::any().allows(&request, Some([127, 0, 0, 1].into())));
    /// ```
    pub const fn any() -> Self {
        Self::based_on(Base::Any)
    }

    /// Allows `localhost` and the loopback addresses: 127.0.0.0/8 and `[::1]`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::HostPolicy;
    ///
    /// let allows = |host: &str| {
    ///     let request = Request::get("/").header("host", host).body(()).unwrap();
    ///     HostPolicy::loopback().allows(&request, None)
    /// };
    /// assert!(allows("localhost:9000") && allows("127.0.0.7") && allows("[::1]:9000"));
    /// assert!(!allows("192.168.0.7"));
    /// ```
    pub const fn loopback() -> Self {
        Self::based_on(Base::Loopback)
    }

    /// Allows these hosts and no others.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::HostPolicy;
    ///
    /// let policy = HostPolicy::only(["*.chat.example".parse()?]);
    /// let to = |host| Request::get("/").header("host", host).body(()).unwrap();
    /// assert!(policy.allows(&to("blue.chat.example:8443"), None));
    /// assert!(!policy.allows(&to("localhost"), None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn only(listed: impl IntoIterator<Item = HostPattern>) -> Self {
        Self {
            base: Base::Listed,
            listed: listed.into_iter().collect(),
        }
    }

    const fn based_on(base: Base) -> Self {
        Self {
            base,
            listed: Vec::new(),
        }
    }

    /// Allows `host` too.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::HostPolicy;
    ///
    /// // The proxy on the same machine keeps the `Host` of the browser.
    /// let policy = HostPolicy::by_address().and("chat.example".parse()?);
    /// let request = Request::get("/").header("host", "chat.example").body(())?;
    /// assert!(policy.allows(&request, Some([127, 0, 0, 1].into())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn and(mut self, host: HostPattern) -> Self {
        self.listed.push(host);
        self
    }

    /// Returns `true` if the host of `request` is allowed on a server that is bound to the address
    /// `bound`; `None` if it has no address, as in memory and over a Unix socket.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::Request;
    /// use http4k_ws::message::HostPolicy;
    ///
    /// let without = Request::get("/").version(http::Version::HTTP_10).body(()).unwrap();
    /// assert!(HostPolicy::loopback().allows(&without, None));
    /// let with = Request::get("/").header("host", "chat.example").body(()).unwrap();
    /// assert!(!HostPolicy::loopback().allows(&with, None));
    /// ```
    pub fn allows<B>(&self, request: &http::Request<B>, bound: Option<IpAddr>) -> bool {
        let is_loopback_bind = bound.is_some_and(|address| address.to_canonical().is_loopback());
        let loopback = match self.base {
            Base::Any => return true,
            Base::ByAddress if !is_loopback_bind => return true,
            Base::ByAddress | Base::Loopback => true,
            Base::Listed => false,
        };
        let Some(authority) = authority(request) else {
            return true;
        };
        let host = HostPort::parse(authority).map(|named| named.host);
        let host = host.map(|host| host.strip_suffix('.').unwrap_or(host));
        let Some(host) = host.and_then(web_host) else {
            return false;
        };
        (loopback && is_loopback(&host)) || self.listed.iter().any(|listed| listed.matches(&host))
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

impl Default for HostPolicy {
    fn default() -> Self {
        Self::by_address()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(value: &str) -> http::Request<()> {
        let request = http::Request::get("/").header("host", value);
        request.body(()).expect("a request")
    }

    fn pattern(text: &str) -> HostPattern {
        text.parse().expect("a host")
    }

    #[test]
    fn on_a_loopback_address_only_loopback_names_are_allowed() {
        let policy = HostPolicy::by_address();
        for (value, on_loopback) in [
            ("localhost", true),
            ("LocalHost:9000", true),
            ("localhost.:80", true),
            ("127.0.0.1:9000", true),
            ("127.9.9.9", true),
            ("[::1]", true),
            ("[0:0:0:0:0:0:0:1]:80", true),
            ("[::ffff:127.0.0.1]", true),
            ("evil.example", false),
            ("evil.example:9000", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("192.0.2.1", false),
            ("127.1", false),
            ("0.0.0.0", false),
            ("[::2]", false),
            ("not a host", false),
        ] {
            for (bound, expected) in [
                (Some("127.0.0.1"), on_loopback),
                (Some("::1"), on_loopback),
                (Some("::ffff:127.0.0.1"), on_loopback),
                (Some("0.0.0.0"), true),
                (Some("192.0.2.1"), true),
                (None, true),
            ] {
                let bound = bound.map(|bound| bound.parse().expect("an address"));
                let allowed = policy.allows(&host(value), bound);
                assert_eq!(allowed, expected, "{value} on {bound:?}");
            }
        }
    }

    #[test]
    fn a_list_stands_alone_or_adds_to_loopback() {
        let only = HostPolicy::only([pattern("Chat.Example."), pattern("*.tenants.example")]);
        let more = HostPolicy::by_address().and(pattern("chat.example"));
        let bound = Some([127, 0, 0, 1].into());
        for (value, by_only, by_more) in [
            ("chat.example:1", true, true),
            ("CHAT.EXAMPLE.", true, true),
            ("a.tenants.example", true, false),
            ("a.b.tenants.example", true, false),
            ("tenants.example", false, false),
            ("localhost", false, true),
            ("other.example", false, false),
        ] {
            assert_eq!(only.allows(&host(value), None), by_only, "{value}");
            assert_eq!(more.allows(&host(value), bound), by_more, "{value}");
        }
    }

    #[test]
    fn the_target_outranks_the_field() {
        let request = http::Request::get("http://evil.example/").header("host", "localhost");
        let request = request.body(()).expect("a request");
        assert!(!HostPolicy::loopback().allows(&request, None));
    }

    #[test]
    fn hosts_that_can_never_match_do_not_parse() {
        for text in [
            "",
            ".",
            "*",
            "*.",
            "*.*.example",
            "a.*.example",
            "a*.example",
            "*.127.0.0.1",
            "*.[::1]",
            "https://example.com",
            "example.com:80",
            "example.com/",
            "user@example.com",
            "127.1",
            "a b",
            "a..b",
            "ä.example",
        ] {
            assert!(text.parse::<HostPattern>().is_err(), "{text}");
        }
    }
}
