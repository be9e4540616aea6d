//! What a route's `_` argument is read by.

use std::convert::Infallible;
use std::future::Future;

use super::http::{IntoResponse, Request, Response};

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
    /// The path parameters without which no value can be read, which are none by default.
    ///
    /// `#[derive(FromRequest)]` declares its required `#[param]` fields. A route whose path, with the
    /// prefixes that it is mounted at, lacks one can never respond; serving or testing such an
    /// application panics with the route and the parameter.
    const PARAMS: &'static [&'static str] = &[];

    /// Reads the value. The body may be taken; the rest of the request stays for later arguments.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] that is answered instead of calling the handler.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

/// Marks what takes the body of a request, which a route's call can do once.
///
/// `routes!` rejects a call with two `_` arguments of such types. `#[derive(FromRequest)]` implements
/// this for a type with a `#[body]` or `#[form]` field; do so for a type of your own whose
/// `from_request` reads the body.
///
/// # Examples
///
/// ```
/// use http4k_ws::{FromRequest, Request};
/// use http4k_ws::message::{ReadsBody, Rejection};
///
/// struct Signed(String);
///
/// impl FromRequest for Signed {
///     async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
///         String::from_request(request).await.map(Self)
///     }
/// }
///
/// impl ReadsBody for Signed {}
///
/// fn once<T: ReadsBody>() {}
/// once::<Signed>();
/// once::<Option<Signed>>();
/// ```
pub trait ReadsBody: FromRequest {}

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
