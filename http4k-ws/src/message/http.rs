//! Requests and responses, and what makes them.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{StatusCode, Uri};

use super::Body;

/// An HTTP request.
pub type Request<B = Body> = http::Request<B>;

/// An HTTP response.
pub type Response<B = Body> = http::Response<B>;

/// What reads and refines a request.
pub trait RequestExt: Sized {
    /// The same request with another body.
    fn with_body(self, body: impl Into<Body>) -> Request;
}

impl<B> RequestExt for http::Request<B> {
    fn with_body(self, body: impl Into<Body>) -> Request {
        self.map(|_| body.into())
    }
}

/// What reads and refines a response.
pub trait ResponseExt: Sized {
    /// The same response with another status.
    fn with_status(self, status: StatusCode) -> Self;
}

impl<B> ResponseExt for http::Response<B> {
    fn with_status(mut self, status: StatusCode) -> Self {
        *self.status_mut() = status;
        self
    }
}

/// What a request can be made of: a path (GET), a URI, a builder, or a request.
pub trait IntoRequest {
    /// Makes the request.
    ///
    /// # Errors
    ///
    /// [`http::Error`] for a target, method or header that is none.
    fn into_request(self) -> Result<Request, http::Error>;
}

impl IntoRequest for &str {
    fn into_request(self) -> Result<Request, http::Error> {
        http::Request::get(self).body(Body::empty())
    }
}

impl IntoRequest for Uri {
    fn into_request(self) -> Result<Request, http::Error> {
        http::Request::get(self).body(Body::empty())
    }
}

impl<B: Into<Body>> IntoRequest for http::Request<B> {
    fn into_request(self) -> Result<Request, http::Error> {
        Ok(self.map(Into::into))
    }
}

/// What a handler may answer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no HTTP response",
    label = "a handler answers a `Response` or what becomes one",
    note = "text, bytes, a `StatusCode`, `(StatusCode, T)`, `Response`, and `Result` and `Option` of these become one"
)]
pub trait IntoResponse {
    /// Makes the response.
    fn into_response(self) -> Response;
}

impl<B: Into<Body>> IntoResponse for http::Response<B> {
    fn into_response(self) -> Response {
        self.map(Into::into)
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

impl<T: IntoResponse, E: IntoResponse> IntoResponse for Result<T, E> {
    fn into_response(self) -> Response {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => error.into_response(),
        }
    }
}

macro_rules! body_response {
    ($content_type:literal: $($source:ty),*) => {$(
        impl IntoResponse for $source {
            fn into_response(self) -> Response {
                let mut response = Response::new(Body::from(self));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static($content_type));
                response
            }
        }
    )*};
}
body_response!("text/plain; charset=utf-8": &'static str, String);
body_response!("application/octet-stream": &'static [u8], Vec<u8>, Bytes);
