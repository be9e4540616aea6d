//! What a function may give back: a value now, or a future of one.

use std::future::{self, Future};

use http::StatusCode;

use crate::message::{IntoResponse, Response, ResponseExt};

/// One of the library's own answers: a line that says what is wrong.
pub(crate) fn plain(status: StatusCode, line: String) -> Response {
    line.into_response().with_status(status)
}

/// Marks a function that answers at once.
#[derive(Debug)]
pub enum Now {}

/// Marks a function that answers with a future, such as an `async fn`.
#[derive(Debug)]
pub enum Later {}

/// What an HTTP handler may give back: anything [`IntoResponse`], or a future of it.
///
/// `When` is [`Now`] or [`Later`], and always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer to an HTTP request",
    label = "an http handler gives back what becomes a `Response`, or a future of it",
    note = "a function over a `WebSocket` belongs in `ws(..)`"
)]
pub trait Answer<When> {
    /// The response, as a future.
    fn answer(self) -> impl Future<Output = Response> + Send;
}

impl<T: IntoResponse> Answer<Now> for T {
    fn answer(self) -> impl Future<Output = Response> + Send {
        future::ready(self.into_response())
    }
}

impl<F> Answer<Later> for F
where
    F: Future + Send,
    F::Output: IntoResponse,
{
    async fn answer(self) -> Response {
        self.await.into_response()
    }
}
