//! The scheme of a request, if it is known.

use http::Request;

/// The scheme of a request. The extensions of the request hold it.
///
/// A server knows it over TLS, and from `:scheme` in HTTP/2. Without TLS it does not, since a proxy
/// in front of it may terminate the TLS of the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnownScheme {
    /// `http` or `ws`.
    Plain,
    /// `https` or `wss`.
    Secure,
}

impl KnownScheme {
    pub(crate) fn named(scheme: &str) -> Option<Self> {
        match scheme {
            "http" | "ws" => Some(Self::Plain),
            "https" | "wss" => Some(Self::Secure),
            _ => None,
        }
    }

    /// Returns the scheme that the server set on `request`, or else that of its target.
    pub(super) fn of<B>(request: &Request<B>) -> Option<Self> {
        let known = request.extensions().get().copied();
        known.or_else(|| Self::named(request.uri().scheme_str()?))
    }

    /// Returns the scheme of pages from the same server.
    pub(super) fn of_pages(self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Secure => "https",
        }
    }
}
