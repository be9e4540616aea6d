//! The scheme of a request, if it is known.

use http::Request;

/// The scheme that a request came by, among its extensions.
///
/// A server knows it over TLS and from HTTP/2's `:scheme`. Without TLS it does not: a proxy in front
/// of it may speak TLS with the browser.
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

    /// Returns the scheme of `request`: the one it came by, else that of its target.
    pub(super) fn of<B>(request: &Request<B>) -> Option<Self> {
        let known = request.extensions().get().copied();
        known.or_else(|| Self::named(request.uri().scheme_str()?))
    }

    /// Returns the scheme of the page that such a request is for.
    pub(super) fn of_pages(self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Secure => "https",
        }
    }
}
