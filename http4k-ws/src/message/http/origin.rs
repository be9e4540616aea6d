//! Web origins of pages.

use std::fmt;
use std::str::FromStr;

use super::host_port::HostPort;
use super::scheme::Scheme;
use super::web_host::{below, is_below, parent_domain, web_host};

/// A web origin: a scheme, a host and a port (RFC 6454 §4), or `null`. A policy also accepts
/// patterns.
///
/// Letter case, and a port that is the default of the scheme, are ignored.
///
/// | text | in an [`OriginPolicy`](crate::message::OriginPolicy) |
/// |---|---|
/// | `https://example.com` | this origin, at port 443 |
/// | `https://example.com:8443` | this origin |
/// | `https://*.example.com` | every subdomain, with one label or more; not `example.com` itself |
/// | `http://localhost:*` | every port |
/// | `null` | all sandboxed pages, files and the like |
///
/// A text that no browser sends as its `Origin` does not parse, since it could never match.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::Origin;
///
/// # fn main() -> Result<(), http4k_ws::message::OriginError> {
/// let origin: Origin = "https://Example.com:443".parse()?;
/// assert_eq!(origin, "https://example.com".parse()?);
/// assert_ne!(origin, "https://example.com:8443".parse()?);
/// assert_eq!((origin.scheme(), origin.port()), (Some("https"), Some(443)));
///
/// assert!("https://*.example.com".parse::<Origin>()?.is_pattern());
/// assert!("example.com".parse::<Origin>().is_err());
/// assert!("https://*".parse::<Origin>().is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(Serialized);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Serialized {
    /// A sandboxed page, a file and the like.
    Null,
    Tuple {
        scheme: String,
        host: String,
        /// `true` if it matches the subdomains of the host.
        subdomains: bool,
        port: Port,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Port {
    /// That of the scheme.
    Default,
    Number(u16),
    Any,
}

/// The reason a text is not an [`Origin`].
///
/// # Examples
///
/// ```
/// use http4k_ws::message::Origin;
///
/// assert!("https://chat.example".parse::<Origin>().is_ok());
/// assert!("chat.example".parse::<Origin>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an origin: {rule}", text.escape_debug())]
pub struct OriginError {
    text: String,
    rule: &'static str,
}

const GRAMMAR: &str = "it must be `scheme://host`, `scheme://host:port` or `null` (RFC 6454 §7), \
     and as a pattern `scheme://*.host` or `scheme://host:*`";
const PATTERN: &str = "`*` may only stand for all labels before a domain, as in `*.example.com`, or \
     for the port; `OriginPolicy::any()` allows every origin";
const SOCKET_SCHEME: &str = "pages have the scheme `http` or `https`, also if they open a socket";
const OPAQUE_SCHEME: &str = "pages of this scheme have the origin `null`";
const HOST: &str = "its host is not written as browsers write it: in ASCII, without an empty label \
     or `%`, an IPv4 address as four numbers";

impl Origin {
    /// The origin of a sandboxed page or a file: `null`.
    ///
    /// Every page can have it, by opening a sandboxed frame.
    pub const NULL: Self = Self(Serialized::Null);

    /// Returns the scheme, in lower case; `None` for `null`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Origin;
    ///
    /// assert_eq!("HTTPS://chat.example".parse::<Origin>()?.scheme(), Some("https"));
    /// assert_eq!("null".parse::<Origin>()?.scheme(), None);
    /// # Ok::<(), http4k_ws::message::OriginError>(())
    /// ```
    pub fn scheme(&self) -> Option<&str> {
        match &self.0 {
            Serialized::Null => None,
            Serialized::Tuple { scheme, .. } => Some(scheme),
        }
    }

    /// Returns the host, in lower case; for a pattern of subdomains, the domain they are below.
    /// `None` for `null`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Origin;
    ///
    /// assert_eq!("https://Chat.Example:8443".parse::<Origin>()?.host(), Some("chat.example"));
    /// assert_eq!("https://*.example.com".parse::<Origin>()?.host(), Some("example.com"));
    /// # Ok::<(), http4k_ws::message::OriginError>(())
    /// ```
    pub fn host(&self) -> Option<&str> {
        match &self.0 {
            Serialized::Null => None,
            Serialized::Tuple { host, .. } => Some(host),
        }
    }

    /// Returns the port, or the default of the scheme; `None` for `null`, for a pattern of ports
    /// and if the scheme has no default.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Origin;
    ///
    /// assert_eq!("http://chat.example".parse::<Origin>()?.port(), Some(80));
    /// assert_eq!("http://localhost:*".parse::<Origin>()?.port(), None);
    /// # Ok::<(), http4k_ws::message::OriginError>(())
    /// ```
    pub fn port(&self) -> Option<u16> {
        match &self.0 {
            Serialized::Null => None,
            Serialized::Tuple { scheme, port, .. } => match port {
                Port::Default => default_port(scheme),
                Port::Number(port) => Some(*port),
                Port::Any => None,
            },
        }
    }

    /// Returns `true` if this matches several origins, of subdomains or of ports.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Origin;
    ///
    /// assert!("http://localhost:*".parse::<Origin>()?.is_pattern());
    /// assert!(!"http://localhost:9000".parse::<Origin>()?.is_pattern());
    /// # Ok::<(), http4k_ws::message::OriginError>(())
    /// ```
    pub fn is_pattern(&self) -> bool {
        match &self.0 {
            Serialized::Null => false,
            Serialized::Tuple {
                subdomains, port, ..
            } => *subdomains || *port == Port::Any,
        }
    }

    /// Returns `true` if this is `origin`, or a pattern of it.
    pub(super) fn matches(&self, origin: &Self) -> bool {
        let (
            Serialized::Tuple {
                scheme,
                host,
                subdomains,
                port,
            },
            Serialized::Tuple {
                scheme: of_scheme,
                host: of_host,
                port: of_port,
                ..
            },
        ) = (&self.0, &origin.0)
        else {
            return self == origin;
        };
        let same_host = match subdomains {
            true => is_below(of_host, host),
            false => host == of_host,
        };
        scheme == of_scheme && same_host && (*port == Port::Any || port == of_port)
    }

    /// Returns `true` if a page from here was loaded from the host and port in `authority`.
    ///
    /// The scheme is compared only if `known`: a server behind a proxy that speaks TLS does not
    /// know its own.
    pub(super) fn is_at(&self, authority: &str, known: Option<Scheme>) -> bool {
        let (Some(scheme), Some(host), Some(port)) = (self.scheme(), self.host(), self.port())
        else {
            return false;
        };
        let (Some(default), Some(own)) = (default_port(scheme), HostPort::parse(authority)) else {
            return false;
        };
        known.is_none_or(|known| known.as_str() == scheme)
            && web_host(own.host).is_some_and(|own| own == host)
            && port == own.port.unwrap_or(default)
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
        tuple(text).map(Self).map_err(|rule| OriginError {
            text: text.to_owned(),
            rule,
        })
    }
}

fn tuple(text: &str) -> Result<Serialized, &'static str> {
    let (scheme, authority) = text.split_once("://").ok_or(GRAMMAR)?;
    let scheme = scheme_of(scheme)?;
    let (authority, any_port) = match authority.strip_suffix(":*") {
        Some(authority) => (authority, true),
        None => (authority, false),
    };
    let HostPort { host, port } = HostPort::parse(authority).ok_or(GRAMMAR)?;
    let port = match port {
        Some(_) if any_port => return Err(GRAMMAR),
        _ if any_port => Port::Any,
        Some(port) if Some(port) != default_port(&scheme) => Port::Number(port),
        _ => Port::Default,
    };
    let (host, subdomains) = match below(host) {
        Some(domain) => (parent_domain(domain).ok_or(PATTERN)?, true),
        None if host.contains('*') => return Err(PATTERN),
        None => (web_host(host).ok_or(HOST)?, false),
    };
    Ok(Serialized::Tuple {
        scheme,
        host,
        subdomains,
        port,
    })
}

/// Returns the scheme in lower case, if pages may have it (RFC 3986 §3.1).
fn scheme_of(scheme: &str) -> Result<String, &'static str> {
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let scheme = scheme.to_ascii_lowercase();
    match scheme.as_str() {
        _ if !is_scheme => Err(GRAMMAR),
        "ws" | "wss" => Err(SOCKET_SCHEME),
        "about" | "blob" | "data" | "file" | "javascript" => Err(OPAQUE_SCHEME),
        _ => Ok(scheme),
    }
}

/// Writes the form of the field `Origin` (RFC 6454 §6.1), or the pattern.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Serialized::Tuple {
            scheme,
            host,
            subdomains,
            port,
        } = &self.0
        else {
            return f.write_str("null");
        };
        let pattern = if *subdomains { "*." } else { "" };
        write!(f, "{scheme}://{pattern}{host}")?;
        match port {
            Port::Default => Ok(()),
            Port::Number(port) => write!(f, ":{port}"),
            Port::Any => f.write_str(":*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().expect("an origin")
    }

    #[test]
    fn an_origin_has_the_form_that_browsers_send() {
        for (text, written) in [
            ("HTTPS://Example.com:443", "https://example.com"),
            ("http://example.com:8080", "http://example.com:8080"),
            ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
            ("chrome-extension://abc", "chrome-extension://abc"),
            ("HTTPS://*.Example.com:443", "https://*.example.com"),
            ("http://*.localhost:*", "http://*.localhost:*"),
            ("http://[::1]:*", "http://[::1]:*"),
            ("null", "null"),
        ] {
            assert_eq!(origin(text).to_string(), written);
            assert_eq!(origin(written), origin(text));
        }
    }

    #[test]
    fn origins_that_can_never_match_do_not_parse() {
        for (text, rule) in [
            ("nowhere", GRAMMAR),
            ("", GRAMMAR),
            ("*", GRAMMAR),
            ("https://", GRAMMAR),
            ("https://example.com/", GRAMMAR),
            ("https://user@example.com", GRAMMAR),
            ("https://example.com:65536", GRAMMAR),
            ("https://example.com:80:*", GRAMMAR),
            ("https://b\u{fc}cher.example", GRAMMAR),
            ("*://example.com", GRAMMAR),
            ("https://*", PATTERN),
            ("https://*:*", PATTERN),
            ("https://*.", PATTERN),
            ("https://*.*.example.com", PATTERN),
            ("https://a.*.example.com", PATTERN),
            ("https://*example.com", PATTERN),
            ("https://example.*", PATTERN),
            ("https://*.127.0.0.1", PATTERN),
            ("wss://example.com", SOCKET_SCHEME),
            ("ws://*.example.com", SOCKET_SCHEME),
            ("file://example.com", OPAQUE_SCHEME),
            ("https://.example.com", HOST),
            ("https://a%2Fb", HOST),
            ("http://127.1", HOST),
        ] {
            let error = text.parse::<Origin>().expect_err(text);
            assert_eq!(error.rule, rule, "{text}");
        }
        let error = "no\nwhere".parse::<Origin>().expect_err("no origin");
        assert!(
            error
                .to_string()
                .starts_with("`no\\nwhere` is not an origin")
        );
    }

    #[test]
    fn a_pattern_matches_subdomains_or_ports() {
        for (pattern, text, matches) in [
            ("https://*.example.com", "https://a.example.com", true),
            ("https://*.example.com", "https://a.b.example.com", true),
            ("https://*.example.com", "HTTPS://A.Example.com:443", true),
            ("https://*.example.com", "https://example.com", false),
            ("https://*.example.com", "http://a.example.com", false),
            ("https://*.example.com", "https://a.example.com:8443", false),
            ("https://*.example.com", "https://evilexample.com", false),
            (
                "https://*.example.com",
                "https://a.example.com.evil.org",
                false,
            ),
            ("https://*.example.com", "null", false),
            (
                "https://*.example.com:*",
                "https://a.example.com:8443",
                true,
            ),
            ("http://localhost:*", "http://localhost", true),
            ("http://localhost:*", "http://localhost:5173", true),
            ("http://localhost:*", "https://localhost:5173", false),
            (
                "http://localhost:*",
                "http://localhost.evil.org:5173",
                false,
            ),
            ("http://localhost", "http://localhost:5173", false),
        ] {
            let matched = origin(pattern).matches(&origin(text));
            assert_eq!(matched, matches, "{pattern} {text}");
        }
    }
}
