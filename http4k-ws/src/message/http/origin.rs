//! Where the script comes from that a browser runs, and which such places may open sockets.
//!
//! The same-origin policy of browsers does not hold for WebSockets: any page may open one to any server,
//! with the cookies that its user has there. The server is to look at `Origin` (RFC 6455 §10.2).

use std::fmt;
use std::str::FromStr;

use http::header::{HOST, HeaderValue, ORIGIN};

use super::host_port::HostPort;

/// A web origin: a scheme, a host and a port (RFC 6454 §4), or `null`.
///
/// Letter case and a port that is the scheme's own make no difference.
///
/// # Examples
///
/// ```
/// use http4k_ws::Origin;
///
/// # fn main() -> Result<(), http4k_ws::OriginError> {
/// let origin: Origin = "https://Example.com:443".parse()?;
/// assert_eq!(origin, "https://example.com".parse()?);
/// assert_ne!(origin, "https://example.com:8443".parse()?);
/// assert!("example.com".parse::<Origin>().is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(Serialized);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Serialized {
    /// What a browser says for a sandboxed page, a file and the like.
    Null,
    Tuple {
        scheme: String,
        host: String,
        port: Option<u16>,
    },
}

/// A text that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no origin: it is to be `scheme://host`, `scheme://host:port` or `null` (RFC 6454 §7)"
)]
pub struct OriginError {
    text: String,
}

impl Origin {
    /// The origin that says nothing, of a sandboxed page or a file: `null`.
    pub const NULL: Self = Self(Serialized::Null);

    /// Whether a page from here was loaded from the host and port that `authority` names.
    ///
    /// The scheme is not compared: behind a proxy that speaks TLS, the server does not know its own.
    fn is_at(&self, authority: &str) -> bool {
        let Serialized::Tuple { scheme, host, port } = &self.0 else {
            return false;
        };
        let (Some(default), Some(own)) = (default_port(scheme), HostPort::parse(authority)) else {
            return false;
        };
        host.eq_ignore_ascii_case(own.host)
            && port.unwrap_or(default) == own.port.unwrap_or(default)
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "null" {
            return Ok(Self::NULL);
        }
        tuple(text).map(Self).ok_or_else(|| OriginError {
            text: text.to_owned(),
        })
    }
}

fn tuple(text: &str) -> Option<Serialized> {
    let (scheme, authority) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !is_scheme {
        return None;
    }
    let scheme = scheme.to_ascii_lowercase();
    let HostPort { host, port } = HostPort::parse(authority)?;
    Some(Serialized::Tuple {
        host: host.to_ascii_lowercase(),
        port: port.filter(|port| Some(*port) != default_port(&scheme)),
        scheme,
    })
}

/// The form of the field `Origin` (RFC 6454 §6.1).
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Serialized::Null => f.write_str("null"),
            Serialized::Tuple { scheme, host, port } => {
                write!(f, "{scheme}://{host}")?;
                match port {
                    Some(port) => write!(f, ":{port}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Which pages may open a socket (RFC 6455 §10.2).
///
/// Only browsers send `Origin`, so a request without one is always allowed: this guards a user against
/// pages of others, not the server against programs, which can claim any origin.
///
/// # Examples
///
/// ```
/// use http4k_ws::{OriginPolicy, Request};
///
/// let request = Request::get("/chat")
///     .header("host", "chat.example.com")
///     .header("origin", "https://www.example.com")
///     .body(())?;
/// assert!(!OriginPolicy::own().allows(&request));
/// assert!(OriginPolicy::own().and("https://www.example.com".parse()?).allows(&request));
/// assert!(OriginPolicy::any().allows(&request));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginPolicy {
    base: Base,
    listed: Vec<Origin>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    Any,
    Own,
    Listed,
}

impl OriginPolicy {
    /// Pages that were loaded from the host and port the request is for; the default.
    ///
    /// Behind a proxy that changes `Host`, name the origin that the browser sees with [`and`](Self::and).
    pub const fn own() -> Self {
        Self::based_on(Base::Own)
    }

    /// Every page there is: right where a socket gives nothing away that depends on its user's cookies or
    /// network.
    pub const fn any() -> Self {
        Self::based_on(Base::Any)
    }

    /// Pages of these origins and no other, not even our own.
    pub fn only(listed: impl IntoIterator<Item = Origin>) -> Self {
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

    /// The same policy, which allows `origin` too; [`Origin::NULL`] only where it is named so.
    #[must_use]
    pub fn and(mut self, origin: Origin) -> Self {
        self.listed.push(origin);
        self
    }

    /// Whether `request` may open a socket. An `Origin` that is none, or a second one, may not.
    pub fn allows<B>(&self, request: &http::Request<B>) -> bool {
        if self.base == Base::Any {
            return true;
        }
        let mut origins = request.headers().get_all(ORIGIN).iter();
        let Some(origin) = origins.next() else {
            return true;
        };
        let origin = origin.to_str().ok().and_then(|text| text.parse().ok());
        let (Some(origin), None) = (origin, origins.next()) else {
            return false;
        };
        self.listed.contains(&origin)
            || (self.base == Base::Own && authority(request).is_some_and(|own| origin.is_at(own)))
    }
}

/// The host and port a request is for: those of its target, else its `Host` (RFC 9112 §3.3).
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
    fn our_own_origin_is_the_host_and_port_asked_for() {
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
    fn a_list_adds_to_our_own_or_stands_alone() {
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
    fn an_origin_is_written_as_browsers_write_it() {
        for (text, written) in [
            ("HTTPS://Example.com:443", "https://example.com"),
            ("http://example.com:8080", "http://example.com:8080"),
            ("chrome-extension://abc", "chrome-extension://abc"),
            ("null", "null"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), written);
        }
        let error = "nowhere".parse::<Origin>().unwrap_err();
        assert!(error.to_string().starts_with("`nowhere` is no origin"));
    }
}
