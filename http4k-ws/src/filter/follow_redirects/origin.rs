//! The origin of a request, which a redirect may leave (RFC 6454 §4).

use http::Uri;

use crate::message::{HostPort, Scheme};

/// The origin of a URI (RFC 6454 §4).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

impl Origin {
    /// Returns the origin of `uri`. `None` if it names no host, or another scheme.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let scheme = Scheme::named(uri.scheme_str()?)?;
        let authority = uri.authority()?.as_str();
        let after_user = authority.rsplit('@').next()?;
        let known = HostPort::parse(after_user)?;
        let default = match scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        Some(Self {
            scheme,
            host: known.host.to_ascii_lowercase(),
            port: known.port.unwrap_or(default),
        })
    }

    pub(super) fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let origin = |uri: &'static str| Origin::of(&Uri::from_static(uri));
        assert_eq!(origin("http://A/x"), origin("http://user@a:80/y"));
        assert_ne!(origin("http://a/"), origin("https://a/"));
        assert_ne!(origin("http://a/"), origin("http://a:81/"));
        assert_eq!(origin("/x"), None);
    }
}
