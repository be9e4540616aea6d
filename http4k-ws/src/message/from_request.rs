//! What a route's `_` argument is read by.

use std::convert::Infallible;
use std::future::Future;

use super::{IntoResponse, Request, Response};

/// The answer given when a request can't be understood: the handler is not called.
#[derive(Debug)]
pub struct Rejection(Box<Response>);

impl Rejection {
    /// Answers with `response`.
    pub fn new(response: impl IntoResponse) -> Self {
        Self(Box::new(response.into_response()))
    }

    /// The answer.
    pub fn response(&self) -> &Response {
        &self.0
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl From<Infallible> for Rejection {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// What can be read from a request by type: the `_` of a route's call.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from a request",
    label = "this parameter stands for `_`, which is read from the request by its type",
    note = "a body is read as `Json<{Self}>`, a query as `Query<{Self}>`, a form as `Form<{Self}>`",
    note = "derive `FromRequest` for a type with several sources; a value of your own is passed by name"
)]
pub trait FromRequest: Sized {
    /// Reads the value. The body may be taken; the rest of the request stays for later arguments.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] that is answered instead of calling the handler.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

impl FromRequest for http::HeaderMap {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(request.headers().clone())
    }
}

impl FromRequest for http::Method {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(request.method().clone())
    }
}

impl FromRequest for http::Uri {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(request.uri().clone())
    }
}
