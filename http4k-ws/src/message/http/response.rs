//! Extension methods of responses.

use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, StatusCode};

use super::Response;
use super::header::{self, IntoHeaderName, IntoHeaderValue, field_methods};
use super::set_cookie::{SecureIfHttps, SetCookie, SetCookieError, add_cookie, read_cookies};
use crate::message::body::Body;

/// Extension methods for reading and modifying a [`Response`].
///
/// Every method `with_` returns the response with one part changed, so that calls chain.
///
/// # Examples
///
/// ```
/// use http::StatusCode;
/// use http4k_ws::IntoResponse;
/// use http4k_ws::message::ResponseExt;
///
/// let response = "created".into_response()
///     .with_status(StatusCode::CREATED)
///     .with_header("location", "/rooms/7");
///
/// assert_eq!(response.status(), 201);
/// assert_eq!(response.header("Location"), Some("/rooms/7"));
/// assert_eq!(response.header("content-type"), Some("text/plain; charset=utf-8"));
/// ```
pub trait ResponseExt: Sized {
    /// Returns the first value of the header `name`, whose case is ignored; `None` also if it is
    /// not UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = "hello".into_response();
    /// assert_eq!(response.header("Content-Type"), Some("text/plain; charset=utf-8"));
    /// assert_eq!(response.header("etag"), None);
    /// ```
    fn header(&self, name: &str) -> Option<&str>;

    /// Returns every value of the header `name` that is UTF-8, one for each line sent. Lists are
    /// not split at commas.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = "hello".into_response().with_header("vary", "accept, origin");
    /// let response = response.with_added_header("vary", "cookie");
    /// let vary: Vec<_> = response.header_values("vary").collect();
    /// assert_eq!(vary, ["accept, origin", "cookie"]);
    /// ```
    fn header_values(&self, name: &str) -> impl Iterator<Item = &str>;

    /// Sets the status.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let full = "the room is full".into_response().with_status(StatusCode::CONFLICT);
    /// assert_eq!(full.status(), 409);
    /// ```
    #[must_use]
    fn with_status(self, status: StatusCode) -> Self;

    /// Sets a header, and replaces the values that `name` had.
    ///
    /// It accepts types that are valid headers, such as literals. Text that is known only at run
    /// time does not compile; use [`try_with_header`](Self::try_with_header) for it.
    ///
    /// # Panics
    ///
    /// If a literal is not a valid field name or value, as `HeaderValue::from_static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = "a,b".into_response().with_header("content-type", "text/csv");
    /// assert_eq!(response.header_values("content-type").collect::<Vec<_>>(), ["text/csv"]);
    /// ```
    #[must_use]
    fn with_header(self, name: impl IntoHeaderName, value: impl IntoHeaderValue) -> Self;

    /// Adds a header beside those of the same name, such as a second `Set-Cookie`.
    ///
    /// # Panics
    ///
    /// As [`with_header`](Self::with_header).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = "hello".into_response().with_added_header("vary", "origin");
    /// let response = response.with_added_header("vary", "cookie");
    /// assert_eq!(response.header_values("vary").count(), 2);
    /// ```
    #[must_use]
    fn with_added_header(self, name: impl IntoHeaderName, value: impl IntoHeaderValue) -> Self;

    /// Sets a header as [`with_header`](Self::with_header), from text that may not be valid.
    ///
    /// # Errors
    ///
    /// `http::Error` for a name that is not a token, or a value with control characters (RFC 9110
    /// §5.1, §5.5).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let named = |name: String| "hello".into_response().try_with_header("x-name", name);
    /// assert_eq!(named("bob".into()).unwrap().header("x-name"), Some("bob"));
    /// assert!(named("bob\r\nset-cookie: admin=1".into()).is_err());
    /// ```
    fn try_with_header<N, V>(self, name: N, value: V) -> Result<Self, http::Error>
    where
        N: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>;

    /// Returns the cookies that the response sets, in order. A `Set-Cookie` without a name is left
    /// out.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = "hello".into_response().with_header("set-cookie", "theme=dark; Max-Age=60");
    /// let cookies = response.set_cookies();
    /// assert_eq!((cookies[0].name(), cookies[0].value()), ("theme", "dark"));
    /// ```
    fn set_cookies(&self) -> Vec<SetCookie>;

    /// Sets a cookie, in place of one with the same name, path and domain.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::IntoResponse;
    /// use http4k_ws::message::{ResponseExt, SetCookie};
    ///
    /// let response = "hello".into_response()
    ///     .with_cookie(SetCookie::new("theme", "dark"))
    ///     .with_cookie(SetCookie::new("theme", "light"));
    /// assert_eq!(response.set_cookies(), [SetCookie::new("theme", "light")]);
    /// ```
    ///
    /// # Panics
    ///
    /// If browsers would reject the cookie. Use [`try_with_cookie`](Self::try_with_cookie) for
    /// values that users choose.
    #[must_use]
    fn with_cookie(self, cookie: SetCookie) -> Self;

    /// Sets a cookie as [`with_cookie`](Self::with_cookie), whose value may not be valid.
    ///
    /// # Errors
    ///
    /// [`SetCookieError`] if browsers would reject the cookie or read another one.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SetCookie;
    /// use http4k_ws::prelude::*;
    ///
    /// let hello = |name: &str| {
    ///     let cookie = SetCookie::new("name", name.to_owned());
    ///     "hello".into_response().try_with_cookie(cookie)
    /// };
    /// assert_eq!(hello("bob").unwrap().set_cookies()[0].value(), "bob");
    /// assert!(hello("bob; Domain=evil.example").is_err());
    /// ```
    fn try_with_cookie(self, cookie: SetCookie) -> Result<Self, SetCookieError>;

    /// Sets the body and removes the Content-Length; the Content-Type is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = "hello".into_response().with_header("content-length", 5);
    /// let response = response.with_body("hello you");
    /// assert_eq!(response.body(), "hello you");
    /// assert_eq!(response.header("content-length"), None);
    /// assert_eq!(response.header("content-type"), Some("text/plain; charset=utf-8"));
    /// ```
    #[must_use]
    fn with_body(self, body: impl Into<Body>) -> Response;
}

impl<B> ResponseExt for http::Response<B> {
    field_methods!();

    fn with_status(mut self, status: StatusCode) -> Self {
        *self.status_mut() = status;
        self
    }

    fn set_cookies(&self) -> Vec<SetCookie> {
        read_cookies(self.headers())
    }

    #[track_caller]
    fn with_cookie(self, cookie: SetCookie) -> Self {
        match self.try_with_cookie(cookie) {
            Ok(response) => response,
            Err(error) => panic!("{error}"),
        }
    }

    fn try_with_cookie(mut self, cookie: SetCookie) -> Result<Self, SetCookieError> {
        let mut undecided = SecureIfHttps::take_from(self.extensions_mut());
        let added = add_cookie(self.headers_mut(), &mut undecided, &cookie);
        undecided.put_into(self.extensions_mut());
        added.map(|()| self)
    }

    fn with_body(mut self, body: impl Into<Body>) -> Response {
        self.headers_mut().remove(CONTENT_LENGTH);
        self.map(|_| body.into())
    }
}

/// Reads the body into memory. If it fails, the body yields the bytes before the error, and then
/// it.
pub(crate) async fn read_whole(response: Response) -> Response {
    let (head, body) = response.into_parts();
    Response::from_parts(head, body.read().await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_sets_and_with_added_adds() {
        let response = Response::new(Body::empty())
            .with_header("set-cookie", "a=1")
            .with_added_header("set-cookie", "b=2");
        let cookies: Vec<_> = response.header_values("Set-Cookie").collect();
        assert_eq!(cookies, ["a=1", "b=2"]);
        let response = response.with_header("Set-Cookie", "c=3");
        let cookies: Vec<_> = response.header_values("Set-Cookie").collect();
        assert_eq!(cookies, ["c=3"]);
    }

    #[test]
    fn run_time_text_is_checked() {
        let response = Response::new(Body::empty());
        assert!(response.try_with_header("x", String::from("a\nb")).is_err());
    }

    #[test]
    fn a_new_body_drops_the_old_length_and_keeps_the_rest() {
        let response = Response::new(Body::empty())
            .with_status(StatusCode::ACCEPTED)
            .with_header("content-length", 3)
            .with_header("x", "1")
            .with_body("hello");
        assert_eq!(response.header("content-length"), None);
        assert_eq!(response.header("x"), Some("1"));
        assert_eq!(response.status(), 202);
        assert_eq!(response.body(), "hello");
    }
}
