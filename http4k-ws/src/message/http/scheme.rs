//! The scheme of a request, if it is known.

use std::fmt;

use http::Request;

/// The scheme of a request. Those of WebSockets count as the schemes of the pages that open them.
///
/// [`RequestExt::scheme`](crate::message::RequestExt::scheme) returns it.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{RequestExt, Scheme};
/// use http4k_ws::Request;
///
/// let request: Request = Request::default().with_scheme(Scheme::Https);
/// assert_eq!(request.scheme(), Some(Scheme::Https));
/// assert_eq!(Scheme::Https.to_string(), "https");
/// assert_eq!(http::uri::Scheme::from(Scheme::Http), http::uri::Scheme::HTTP);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http` or `ws`: not encrypted.
    Http,
    /// `https` or `wss`: encrypted between the client and the server or the proxy before it.
    Https,
}

impl Scheme {
    /// Returns the scheme that is written as `text`, in any case (RFC 3986 §3.1).
    pub(crate) fn named(text: &str) -> Option<Self> {
        let is = |name: &str| text.eq_ignore_ascii_case(name);
        match text.len() {
            2 | 4 if is("http") || is("ws") => Some(Self::Http),
            3 | 5 if is("https") || is("wss") => Some(Self::Https),
            _ => None,
        }
    }

    /// Returns the scheme that the server set on `request`, or else that of its target.
    pub(super) fn of<B>(request: &Request<B>) -> Option<Self> {
        let known = request.extensions().get().copied();
        known.or_else(|| Self::named(request.uri().scheme_str()?))
    }

    /// Returns the text of the scheme, which is that of pages.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Scheme> for http::uri::Scheme {
    fn from(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Http => Self::HTTP,
            Scheme::Https => Self::HTTPS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_has_the_scheme_of_its_page() {
        for (text, scheme) in [
            ("http", Some(Scheme::Http)),
            ("WS", Some(Scheme::Http)),
            ("Https", Some(Scheme::Https)),
            ("wss", Some(Scheme::Https)),
            ("ftp", None),
            ("", None),
            ("https ", None),
        ] {
            assert_eq!(Scheme::named(text), scheme, "{text}");
        }
    }

    #[test]
    fn the_server_outranks_the_target() {
        let mut request = Request::get("ws://a/").body(()).unwrap();
        assert_eq!(Scheme::of(&request), Some(Scheme::Http));
        request.extensions_mut().insert(Scheme::Https);
        assert_eq!(Scheme::of(&request), Some(Scheme::Https));
        assert_eq!(Scheme::of(&Request::new(())), None);
    }
}
