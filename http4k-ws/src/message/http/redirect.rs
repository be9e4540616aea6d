//! Redirects, inside the site unless they say otherwise.

use http::header::{HeaderValue, LOCATION};
use http::{StatusCode, Uri};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::Response;
use super::into_response::IntoResponse;
use super::response::ResponseExt;
use crate::message::body::Body;
use crate::message::printable::printable;
use crate::message::uri_template::UriFillError;

/// A redirect: a response with a `Location` and no body (RFC 9110 §15.4).
///
/// The status is 303, so that the browser requests the target with GET, also after a POST.
/// [`temporary`](Self::temporary) is 307 and [`permanent`](Self::permanent) 308: both repeat the
/// request with its method and body.
///
#[doc = crate::doc_link::macros!("routes!", "routes")]
///
/// # Inside the site
///
/// [`to`](Self::to) takes a link of [`routes!`] or a path. The browser stays at the
/// scheme, host and port of the request, whatever the text: `//evil.example`, `/\evil.example` and
/// everything else that a URL parser would take to another host is an error (WHATWG URL §4.4).
/// [`outside`](Self::outside) leaves the site.
///
/// A link has the path that its own function declares. `app::uri(link)` adds the prefixes at which
/// `app` mounts that function. A prefix that the library does not know is missing from both: that
/// of another server which nests a `PolyService`, or of a proxy which removes it. Write it before
/// the link, as in `Redirect::to(format!("/chat{}", link.uri()))`.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::message::Redirect;
///
/// async fn create(name: String) -> Redirect {
///     Redirect::to(app::room { name: &name })
/// }
///
/// /// The page that the user came from is in the query, and may be forged.
/// async fn log_in(request: Request) -> Redirect {
///     Redirect::to_or(&request.query("next").unwrap_or_default(), "/")
/// }
///
/// routes! {
///     fn app() -> PolyHandler {
///         POST "/rooms/<name>"        => http(create(name)),
///         GET  "/rooms/<name>" as room => http(|name: String| name),
///         POST "/login"               => http(log_in),
///     }
/// }
///
/// let created = app().test_http((Method::POST, "/rooms/blue"));
/// assert_eq!(created.status(), 303);
/// assert_eq!(created.header("location"), Some("/rooms/blue"));
///
/// let post = || Request::post("/login").body(()).unwrap();
/// let log_in = |next| app().test_http(post().with_query("next", next));
/// assert_eq!(log_in("/rooms/blue").header("location"), Some("/rooms/blue"));
/// assert_eq!(log_in("//evil.example").header("location"), Some("/"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    status: StatusCode,
    location: Result<HeaderValue, RedirectError>,
}

/// The reason why a redirect has no target.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{Redirect, RedirectError};
///
/// let error = Redirect::try_to("https://evil.example/").unwrap_err();
/// assert!(matches!(error, RedirectError::NotOfThisSite { .. }), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectError {
    /// The text is not a path of this site. Redirect to a page of your own instead, or use
    /// [`Redirect::outside`] if the user may leave.
    #[error("`{}` is not a path of this site: {rule}", printable(target))]
    NotOfThisSite {
        /// The text.
        target: String,
        /// The rule that it breaks.
        rule: &'static str,
    },
    /// The link has a value that no client can send.
    #[error(transparent)]
    Link(#[from] UriFillError),
    /// The target of [`Redirect::outside`] lacks a scheme or a host.
    #[error(
        "`{}` is not an absolute URI: it must have a scheme and a host",
        printable(target)
    )]
    NotAbsolute {
        /// The text.
        target: String,
    },
    /// The target of [`Redirect::outside`] is not a URI.
    #[error("the target of a redirect is not a URI: {reason}")]
    NotAUri {
        /// The reason.
        reason: String,
    },
}

/// A target inside the site: a link of [`routes!`], or the text of a path.
///
/// Applications never implement this trait.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::Redirect;
/// use http4k_ws::prelude::*;
///
/// routes! {
///     fn app() -> PolyHandler {
///         GET "/rooms/<name>" as room => http(|name: String| name),
///     }
/// }
///
/// for redirect in [Redirect::to(app::room { name: "blue" }), Redirect::to("/rooms/blue")] {
///     let response = redirect.into_response();
///     assert_eq!(response.header("location"), Some("/rooms/blue"));
/// }
/// ```
///
#[doc = crate::doc_link::macros!("routes!", "routes")]
///
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a target inside the site",
    label = "expected a link such as `app::room {{ name }}`, or the text of a path",
    note = "a `Uri` of another site is `Redirect::outside(uri)`"
)]
pub trait RedirectTarget {
    /// Returns the path, with query and fragment.
    ///
    /// # Errors
    ///
    /// Returns a [`RedirectError`] for text that leaves the site, and for a link with a value that
    /// no client can send.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::RedirectTarget;
    ///
    /// assert_eq!("/rooms?page=2#top".into_site_path().unwrap(), "/rooms?page=2#top");
    /// assert!("//evil.example".into_site_path().is_err());
    /// assert!(r"/\evil.example".into_site_path().is_err());
    /// ```
    fn into_site_path(self) -> Result<String, RedirectError>;
}

impl RedirectTarget for &str {
    fn into_site_path(self) -> Result<String, RedirectError> {
        inside(self)
    }
}

impl RedirectTarget for String {
    fn into_site_path(self) -> Result<String, RedirectError> {
        inside(&self)
    }
}

impl RedirectTarget for &String {
    fn into_site_path(self) -> Result<String, RedirectError> {
        inside(self)
    }
}

impl Redirect {
    /// Redirects to a link, or to a path of this site.
    ///
    /// A target that is not inside the site, or a link with a value that no client can send, is a
    /// mistake of the program: the response is then 500, and the log has the reason. Use
    /// [`to_or`](Self::to_or) or [`try_to`](Self::try_to) for text that users choose.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::IntoResponse;
    /// use http4k_ws::message::{Redirect, ResponseExt};
    ///
    /// let response = Redirect::to("/rooms/blue?page=2#last").into_response();
    /// assert_eq!(response.header("location"), Some("/rooms/blue?page=2#last"));
    /// assert_eq!(Redirect::to("//evil.example").into_response().status(), 500);
    /// ```
    pub fn to(target: impl RedirectTarget) -> Self {
        Self::see_other(location(target))
    }

    /// Redirects to a link, or to a path of this site, that users may have chosen.
    ///
    /// Characters that a URI cannot have, such as spaces and `ü`, are percent-encoded.
    ///
    /// # Errors
    ///
    /// Returns [`RedirectError::NotOfThisSite`] for text that does not start with one `/`, has a
    /// backslash in its path, a control character, a segment `.` or `..` (also encoded), or an
    /// encoded slash or backslash right behind the first `/`. Returns [`RedirectError::Link`] for a
    /// link with a value that no client can send.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Redirect;
    ///
    /// assert!(Redirect::try_to("/rooms/blue").is_ok());
    /// let elsewhere =
    ///     ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"];
    /// for next in elsewhere {
    ///     assert!(Redirect::try_to(next).is_err(), "{next}");
    /// }
    /// ```
    pub fn try_to(target: impl RedirectTarget) -> Result<Self, RedirectError> {
        location(target).map(|location| Self::see_other(Ok(location)))
    }

    /// Redirects to `next`, as [`try_to`](Self::try_to) does, or else to `fallback`.
    ///
    /// It is for the parameter of a login page that holds the page the user came from.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Redirect;
    /// use http4k_ws::prelude::*;
    ///
    /// let after_login = |next: &str| Redirect::to_or(next, "/home").into_response();
    /// assert_eq!(after_login("/rooms?page=2").header("location"), Some("/rooms?page=2"));
    /// assert_eq!(after_login("https://evil.example/").header("location"), Some("/home"));
    /// assert_eq!(after_login("").header("location"), Some("/home"));
    /// ```
    pub fn to_or(next: &str, fallback: impl RedirectTarget) -> Self {
        Self::try_to(next).unwrap_or_else(|_| Self::to(fallback))
    }

    /// Redirects to an absolute URI, which may be of another site.
    ///
    /// Pass it nothing that users choose: their pages could then pretend to be yours. A `Uri` has
    /// no fragment, so that of a text is dropped. A target without scheme or host is a mistake of
    /// the program: the response is then 500, and the log has the reason.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::IntoResponse;
    /// use http4k_ws::message::{Redirect, ResponseExt};
    ///
    /// let response = Redirect::outside("https://sso.example.com/login?app=chat").into_response();
    /// assert_eq!(response.header("location"), Some("https://sso.example.com/login?app=chat"));
    /// ```
    pub fn outside(uri: impl TryInto<Uri, Error: Into<http::Error>>) -> Self {
        let uri = uri.try_into().map_err(|error| RedirectError::NotAUri {
            reason: error.into().to_string(),
        });
        Self::see_other(uri.and_then(|uri| {
            if uri.scheme().is_none() || uri.host().is_none_or(str::is_empty) {
                let target = uri.to_string();
                return Err(RedirectError::NotAbsolute { target });
            }
            field_value(uri.to_string())
        }))
    }

    /// Makes the redirect permanent: 308 (RFC 9110 §15.4.9). Browsers remember it, and repeat the
    /// request with its method and body.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Redirect;
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! { GET "/old" => http(|| Redirect::to("/new").permanent()) };
    /// assert_eq!(app.test_http("/old").status(), 308);
    /// ```
    #[must_use]
    pub fn permanent(self) -> Self {
        let status = StatusCode::PERMANENT_REDIRECT;
        Self { status, ..self }
    }

    /// Makes the client repeat the request with its method and body: 307 (RFC 9110 §15.4.8).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Redirect;
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! { POST "/orders" => http(|| Redirect::to("/v2/orders").temporary()) };
    /// assert_eq!(app.test_http((Method::POST, "/orders")).status(), 307);
    /// ```
    #[must_use]
    pub fn temporary(self) -> Self {
        let status = StatusCode::TEMPORARY_REDIRECT;
        Self { status, ..self }
    }

    fn see_other(location: Result<HeaderValue, RedirectError>) -> Self {
        Self {
            status: StatusCode::SEE_OTHER,
            location,
        }
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        match self.location {
            Ok(location) => {
                let response = Response::new(Body::empty()).with_status(self.status);
                response.with_header(LOCATION, location)
            }
            Err(error) => {
                log::error!("a redirect lacks its target, and 500 is sent: {error}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

fn location(target: impl RedirectTarget) -> Result<HeaderValue, RedirectError> {
    let path = target.into_site_path()?;
    // A link is checked by its values. No path may start like a host.
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(not_of_this_site(&path, ONE_SLASH));
    }
    field_value(path)
}

fn field_value(text: String) -> Result<HeaderValue, RedirectError> {
    HeaderValue::try_from(text).map_err(|error| RedirectError::NotAUri {
        reason: error.to_string(),
    })
}

const ONE_SLASH: &str = "it must start with one `/`";
const CONTROL: &str = "it has a control character, which browsers remove";
const BACKSLASH: &str = "its path has a backslash, which browsers read as `/`";
const ENCODED: &str = "its first segment starts with an encoded slash or backslash";
const DOTS: &str = "its path has a segment `.` or `..`, which browsers resolve";

/// All that a path, a query or a fragment cannot have (RFC 3986 §3.3, §3.4). A percent sign is
/// kept: the text is that of a URI.
const NOT_IN_A_URI: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Returns the text of a path, with query and fragment, that no client reads as another site's.
///
/// 1. The URL parser of browsers removes tabs and line ends anywhere, and all control characters at
///    the ends (WHATWG URL §4.4). None is let through, so the rules below see what browsers see.
/// 2. For `http` and `https` it reads a backslash as a slash, except in a query or a fragment.
/// 3. Two slashes at the start are followed by a host.
/// 4. Dot segments are resolved later than that. But `/.//host` becomes `//host`, which another
///    parser may read again; the same holds for an encoded slash that a proxy decodes.
fn inside(text: &str) -> Result<String, RedirectError> {
    let refused = |rule| Err(not_of_this_site(text, rule));
    if text.contains(|c: char| c.is_control()) {
        return refused(CONTROL);
    }
    let path = text.split(['?', '#']).next().unwrap_or_default();
    if path.contains('\\') {
        return refused(BACKSLASH);
    }
    let Some(rest) = path.strip_prefix('/').filter(|rest| !rest.starts_with('/')) else {
        return refused(ONE_SLASH);
    };
    let encoded = rest.get(..3).unwrap_or_default();
    if ["%2f", "%5c"].contains(&encoded.to_ascii_lowercase().as_str()) {
        return refused(ENCODED);
    }
    let is_dots = |segment: &str| {
        let segment: Vec<u8> = percent_decode_str(segment).take(3).collect();
        matches!(segment.as_slice(), b"." | b"..")
    };
    if rest.split('/').any(is_dots) {
        return refused(DOTS);
    }
    Ok(utf8_percent_encode(text, NOT_IN_A_URI).to_string())
}

fn not_of_this_site(target: &str, rule: &'static str) -> RedirectError {
    let target = target.to_owned();
    RedirectError::NotOfThisSite { target, rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(redirect: Redirect) -> String {
        let location = redirect.location.expect("a target");
        location.to_str().expect("text").to_owned()
    }

    #[test]
    fn paths_of_the_site_are_kept() {
        for (text, location) in [
            ("/", "/"),
            ("/rooms/blue", "/rooms/blue"),
            ("/a//b", "/a//b"),
            ("/a?next=//evil.example#//x", "/a?next=//evil.example#//x"),
            ("/a?b=\\c", "/a?b=%5Cc"),
            ("/a?..", "/a?.."),
            ("/...", "/..."),
            ("/.well-known/x", "/.well-known/x"),
            ("/a%2Fb", "/a%2Fb"),
            ("/a%zz", "/a%zz"),
            ("/caf\u{e9} au lait", "/caf%C3%A9%20au%20lait"),
            ("/@evil.example", "/@evil.example"),
            ("/:80", "/:80"),
        ] {
            assert_eq!(target(Redirect::to(text)), location);
        }
    }

    #[test]
    fn text_that_leads_elsewhere_is_an_error() {
        for text in [
            "",
            "rooms",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/a\\..\\..\\evil.example",
            "https://evil.example",
            "http:evil.example",
            "https:/evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            " //evil.example",
            " /x",
            "\t//evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\n/evil.example",
            "/x\r\nset-cookie: a=b",
            "/\0/evil.example",
            "/\u{7f}",
            "/\u{85}",
            "/./\\evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/%2e//evil.example",
            "/%2E%2e//evil.example",
            "/.%2e//evil.example",
            "/a/../..//evil.example",
            "/a/..",
            "/%2fevil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "?next=/",
            "#x",
            "@evil.example",
            "\u{ff0f}\u{ff0f}evil.example",
        ] {
            let refused = Redirect::try_to(text);
            assert!(
                matches!(refused, Err(RedirectError::NotOfThisSite { .. })),
                "{text:?}"
            );
            assert_eq!(Redirect::to_or(text, "/"), Redirect::to("/"));
            let response = Redirect::to(text).into_response();
            assert_eq!(response.status(), 500);
            assert_eq!(response.header("location"), None);
        }
    }

    #[test]
    fn each_kind_has_its_status() {
        for (redirect, status) in [
            (Redirect::to("/"), 303),
            (Redirect::to("/").temporary(), 307),
            (Redirect::to("/").permanent(), 308),
            (Redirect::outside("https://a.example/").permanent(), 308),
        ] {
            assert_eq!(redirect.into_response().status(), status);
        }
    }

    #[test]
    fn outside_needs_an_absolute_uri() {
        for uri in ["myapp://callback/done", "http://[::1]:80/?a=b"] {
            assert_eq!(target(Redirect::outside(uri)), uri);
        }
        for uri in [
            "/rooms",
            "evil.example",
            "javascript:alert(1)",
            "",
            "https://",
            "a b",
        ] {
            assert!(Redirect::outside(uri).location.is_err(), "{uri}");
        }
    }

    #[test]
    fn an_error_names_the_target_and_the_rule() {
        let error = Redirect::try_to("//evil.example\u{202e}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`//evil.example\\u{202e}` is not a path of this site: it must start with one `/`"
        );
    }
}
