//! Types that convert to a response.

use std::borrow::Cow;
use std::convert::Infallible;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, StatusCode};

use super::Response;
use super::header::{IntoHeaderName, IntoHeaderValue};
use super::response::ResponseExt;
use super::set_cookie::SetCookie;
use crate::message::body::{Body, BodyError};

/// A type that a handler may return.
///
/// | value | status | Content-Type |
/// |---|---|---|
/// | `&'static str`, `String`, `Cow<'static, str>` | 200 | `text/plain; charset=utf-8` |
/// | `Bytes`, `Vec<u8>`, `&'static [u8]` | 200 | `application/octet-stream` |
/// | [`Body`] | 200 | none |
/// | `()` | 200, no body | none |
/// | `StatusCode` | that, no body | none |
/// | `(StatusCode, T)` | that, else as `T` | as `T` |
/// | `(headers, T)` | as `T` | as `T`, unless among the headers |
/// | `(StatusCode, headers, T)` | that, else as `T` | as `T`, unless among the headers |
/// | `http::Response<T>` over text, bytes or a [`Body`] | its own | its own |
/// | `Option<T>` | as `T`; `None` is 404, no body | as `T` |
/// | `Result<T, E>` | as `T` or as `E` | as `T` or as `E` |
/// | [`Html`](crate::message::Html) | 200 | `text/html; charset=utf-8` |
/// | [`Attachment`](crate::message::Attachment) | 200 | `application/octet-stream`, or its own |
/// | [`Redirect`](crate::message::Redirect) | 303, 307 or 308, no body | none |
/// | ([`SetCookie`], `T`) | as `T`; 500 if browsers would reject the cookie | as `T` |
/// | [`BodyError`] | its [`status`](BodyError::status) | `text/plain; charset=utf-8` |
///
/// The headers are a `HeaderMap` or an array of pairs, and replace those that `T` sets.
///
/// # Examples
///
/// ```
/// use http::StatusCode;
/// use http4k_ws::IntoResponse;
/// use http4k_ws::message::ResponseExt;
///
/// fn page() -> impl IntoResponse {
///     (StatusCode::OK, [("content-type", "text/html; charset=utf-8")], "<h1>hello</h1>")
/// }
///
/// let response = page().into_response();
/// assert_eq!(response.header("content-type"), Some("text/html; charset=utf-8"));
/// assert_eq!(response.body(), "<h1>hello</h1>");
/// assert_eq!(None::<&str>.into_response().status(), 404);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from an HTTP handler",
    label = "a handler returns a `Response` or a type that converts to one",
    note = "a value that serde serializes is returned as `Json(value)`, or its type derives `Message`",
    note = "text, bytes, a `StatusCode`, `(StatusCode, T)`, `Response`, and `Result` and `Option` of \
            these convert to one",
    note = "so does an error that implements `IntoResponse`; map any other, as in \
            `.map_err(|_| StatusCode::BAD_GATEWAY)`"
)]
pub trait IntoResponse {
    /// Converts to a response.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = (StatusCode::CREATED, "room 7").into_response();
    /// assert_eq!(response.status(), 201);
    /// assert_eq!(response.body(), "room 7");
    /// ```
    fn into_response(self) -> Response;
}

impl<B: Into<Body>> IntoResponse for http::Response<B> {
    fn into_response(self) -> Response {
        self.map(Into::into)
    }
}

impl IntoResponse for Body {
    fn into_response(self) -> Response {
        Response::new(self)
    }
}

impl IntoResponse for StatusCode {
    fn into_response(self) -> Response {
        Response::new(Body::empty()).with_status(self)
    }
}

impl IntoResponse for () {
    fn into_response(self) -> Response {
        Response::new(Body::empty())
    }
}

impl IntoResponse for Infallible {
    fn into_response(self) -> Response {
        match self {}
    }
}

impl<T: IntoResponse> IntoResponse for Option<T> {
    fn into_response(self) -> Response {
        match self {
            Some(value) => value.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
}

impl<T: IntoResponse, E: IntoResponse> IntoResponse for Result<T, E> {
    fn into_response(self) -> Response {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => error.into_response(),
        }
    }
}

impl<T: IntoResponse> IntoResponse for (StatusCode, T) {
    fn into_response(self) -> Response {
        self.1.into_response().with_status(self.0)
    }
}

impl<T: IntoResponse> IntoResponse for (StatusCode, HeaderMap, T) {
    fn into_response(self) -> Response {
        let (status, headers, value) = self;
        (headers, value).into_response().with_status(status)
    }
}

impl<T: IntoResponse> IntoResponse for (HeaderMap, T) {
    fn into_response(self) -> Response {
        let (headers, value) = self;
        let mut response = value.into_response();
        response.headers_mut().extend(headers);
        response
    }
}

/// A name that is twice in the array is sent twice.
impl<N, V, T, const LEN: usize> IntoResponse for ([(N, V); LEN], T)
where
    N: IntoHeaderName,
    V: IntoHeaderValue,
    T: IntoResponse,
{
    fn into_response(self) -> Response {
        let (fields, value) = self;
        let mut headers = HeaderMap::with_capacity(LEN);
        for (name, value) in fields {
            headers.append(name.into_header_name(), value.into_header_value());
        }
        (headers, value).into_response()
    }
}

/// A name that is twice in the array is sent twice.
impl<N, V, T, const LEN: usize> IntoResponse for (StatusCode, [(N, V); LEN], T)
where
    N: IntoHeaderName,
    V: IntoHeaderValue,
    T: IntoResponse,
{
    fn into_response(self) -> Response {
        let (status, fields, value) = self;
        (fields, value).into_response().with_status(status)
    }
}

/// Sets the cookie. One that browsers would reject is logged, and 500 is sent.
impl<T: IntoResponse> IntoResponse for (SetCookie, T) {
    fn into_response(self) -> Response {
        let (cookie, value) = self;
        match value.into_response().try_with_cookie(cookie) {
            Ok(response) => response,
            Err(error) => {
                log::error!("a cookie cannot be set, and 500 is sent: {error}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// The text of the error. The cause of a failed stream is not sent to the peer.
impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        (self.status(), self.to_string()).into_response()
    }
}

/// Returns a response of the library itself, with a line that states the reason.
pub(crate) fn plain(status: StatusCode, line: String) -> Response {
    line.into_response().with_status(status)
}

macro_rules! body_response {
    ($content_type:literal: $($(#[$generics:tt])? $source:ty),*) => {$(
        impl $(<const $generics: usize>)? IntoResponse for $source {
            fn into_response(self) -> Response {
                let mut response = Response::new(Body::from(self));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static($content_type));
                response
            }
        }
    )*};
}
body_response!("text/plain; charset=utf-8": &'static str, String, Cow<'static, str>);
body_response!("application/octet-stream": &'static [u8], #[N] &'static [u8; N], Vec<u8>, Bytes);

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Option<&str> = Some("text/plain; charset=utf-8");
    const BINARY: Option<&str> = Some("application/octet-stream");

    #[test]
    fn each_value_has_its_status_content_type_and_body() {
        let failed: Result<&str, StatusCode> = Err(StatusCode::CONFLICT);
        let cases = [
            ("a".into_response(), 200, TEXT, "a"),
            (String::from("a").into_response(), 200, TEXT, "a"),
            (Cow::Borrowed("a").into_response(), 200, TEXT, "a"),
            (b"a".into_response(), 200, BINARY, "a"),
            (b"a".as_slice().into_response(), 200, BINARY, "a"),
            (b"a".to_vec().into_response(), 200, BINARY, "a"),
            (Bytes::from("a").into_response(), 200, BINARY, "a"),
            (Body::from("a").into_response(), 200, None, "a"),
            (().into_response(), 200, None, ""),
            (StatusCode::GONE.into_response(), 410, None, ""),
            ((StatusCode::CREATED, "a").into_response(), 201, TEXT, "a"),
            (Some("a").into_response(), 200, TEXT, "a"),
            (None::<&str>.into_response(), 404, None, ""),
            (failed.into_response(), 409, None, ""),
            (http::Response::new("a").into_response(), 200, None, "a"),
        ];
        for (response, status, content_type, body) in cases {
            assert_eq!(response.status(), status, "{response:?}");
            assert_eq!(response.header("content-type"), content_type);
            assert_eq!(response.body(), body);
        }
    }

    #[test]
    fn headers_replace_those_of_the_value() {
        let fields = [
            ("Content-Type", "text/html"),
            ("set-cookie", "a"),
            ("set-cookie", "b"),
        ];
        let response = (StatusCode::OK, fields, "x").into_response();
        let types: Vec<_> = response.header_values("content-type").collect();
        assert_eq!(types, ["text/html"]);
        assert_eq!(response.header_values("set-cookie").count(), 2);

        let response = (fields, "x").into_response();
        assert_eq!(response.header_values("content-type").count(), 1);
        assert_eq!(response.header_values("set-cookie").count(), 2);

        let headers = response.headers().clone();
        let response = (StatusCode::OK, headers, vec![1]).into_response();
        assert_eq!(response.header("content-type"), Some("text/html"));
    }

    #[test]
    fn a_body_error_is_a_response_with_its_text() {
        let failures = [
            (
                BodyError::TooLarge { limit: 9 },
                413,
                "the body is longer than the limit of 9 bytes",
            ),
            (
                BodyError::NotUtf8 { position: 2 },
                400,
                "the body is not UTF-8: byte 2 is invalid",
            ),
            (
                BodyError::Stream("reset".into()),
                400,
                "the body is incomplete",
            ),
            (
                BodyError::Upstream("reset".into()),
                502,
                "the body of another server's response can't be read",
            ),
        ];
        for (failure, status, text) in failures {
            let response = failure.into_response();
            assert_eq!(response.status(), status);
            assert_eq!(response.body(), text);
        }
    }
}
