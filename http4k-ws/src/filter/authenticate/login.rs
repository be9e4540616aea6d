//! The login page that a page request is sent to instead of a 401.

use http::header::LOCATION;
use http::{HeaderValue, Method, StatusCode, Uri};

use crate::lens::Accept;
use crate::message::{IntoResponse, Request, RequestExt, Response, with_query_values};

/// The path of a login page on this site.
#[derive(Debug, Clone)]
pub(super) struct LoginPage(Uri);

impl LoginPage {
    /// Checks and keeps the path.
    #[track_caller]
    pub(super) fn new(path: &str) -> Self {
        assert!(
            is_local(path),
            "{path:?} is not the path of a login page on this site, such as `/login`"
        );
        match path.parse() {
            Ok(uri) => Self(uri),
            Err(error) => panic!("{path:?} is not a path: {error}"),
        }
    }

    /// Returns `true` for a browser's request for a page other than the login page.
    pub(super) fn is_for(&self, request: &Request) -> bool {
        matches!(*request.method(), Method::GET | Method::HEAD)
            && Accept::of(request).prefers("text/html")
            && request.uri().path() != self.0.path()
    }

    /// Returns the address of the login page, with the page that was requested as `next`.
    pub(super) fn address(&self, page: &Request) -> Uri {
        let target = page.uri().path_and_query();
        let target = target.map_or("/", |target| target.as_str());
        // A path such as `//host` would lead to another site, and a long one may not fit.
        let with_next = is_local(target)
            .then(|| with_query_values(&self.0, "next", [target], true))
            .and_then(Result::ok);
        with_next.unwrap_or_else(|| self.0.clone())
    }
}

/// Returns the response that sends a browser to the login page.
pub(super) fn redirect(address: &Uri) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    // A URI has no character that a field cannot contain.
    if let Ok(address) = HeaderValue::from_str(&address.to_string()) {
        response.headers_mut().insert(LOCATION, address);
    }
    response
}

/// Returns the page to show after a login: the query parameter `next` of `request`, if it is a path
/// on this site, and otherwise `/`.
///
/// [`Authenticate::or_login`](super::Authenticate::or_login) sends a browser to the login page with
/// this parameter. Anyone can write a link to the login page with another `next`, so a page that
/// follows it unchecked sends its users to other sites.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::filter::next_page;
///
/// for (link, page) in [
///     ("/login?next=/rooms/blue%3Fpage%3D2", "/rooms/blue?page=2"),
///     ("/login?next=https://evil.example", "/"),
///     ("/login?next=//evil.example", "/"),
///     ("/login?next=/%5Cevil.example", "/"),
///     ("/login", "/"),
/// ] {
///     assert_eq!(next_page(&link.into_request().unwrap()), page, "{link}");
/// }
/// ```
pub fn next_page(request: &Request) -> String {
    let next = request.query("next");
    let next = next.filter(|next| is_local(next) && next.parse::<Uri>().is_ok());
    next.map_or_else(|| "/".to_owned(), |next| next.into_owned())
}

/// Returns `true` for a path on the same site, with or without a query. A browser reads `\` as `/`,
/// ignores tabs and line ends, and takes what follows `//` as a host (URL standard §4.4).
fn is_local(target: &str) -> bool {
    let mut start = target.chars();
    start.next() == Some('/')
        && !matches!(start.next(), Some('/' | '\\'))
        && !target.contains(|c: char| c.is_control() || c == '\\' || c.is_whitespace() || c == '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_on_this_site_is_local() {
        for local in ["/", "/a", "/a//b", "/a?b=//c", "/a?b=https://c"] {
            assert!(is_local(local), "{local}");
        }
        for other in [
            "",
            "a",
            "//a",
            "/\\a",
            "\\/a",
            "/\t/a",
            "/\n/a",
            "/a\\b",
            "https://a",
            "javascript:a",
            "?a",
            "#a",
            "/a#b",
            "/ /a",
            "/\u{a0}",
        ] {
            assert!(!is_local(other), "{other:?}");
        }
    }
}
