//! Panics of handlers and filters, as responses.
//!
//! Every shared handler catches its own panic, so the filters around it see a response. `Cors` adds
//! its fields, and a filter that counts responses counts a 500.
//!
//! 1. [`called`] guards the part of a call that runs before its future exists.
//! 2. [`HandlerFuture`](super::future::HandlerFuture) guards each poll and the drop of that future.
//! 3. A panic is logged once, at the innermost handler, and becomes 500.

use std::sync::Arc;

use http::StatusCode;

use super::ws_response::WsResponse;
use crate::message::{Response, plain};
use crate::panics::guarded_text;

/// The panic of a handler or a filter. The extensions of the 500 that replaces its response hold
/// it, for the filter [`catch_panics`](crate::filter::catch_panics).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::handler::HandlerPanic;
///
/// async fn counted(request: Request, next: Next) -> Response {
///     let response = next.call(request).await;
///     let panic = response.extensions().get::<HandlerPanic>();
///     assert_eq!(panic.map(HandlerPanic::message), Some("on purpose"));
///     response
/// }
///
/// let app = routes! { GET "/" with(counted) => http(|| -> &str { panic!("on purpose") }) };
/// assert_eq!(app.test_http("/").status(), 500);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlerPanic(Arc<str>);

impl HandlerPanic {
    /// Returns the message of the panic, or `no message` if its payload is not a text. It may quote
    /// the client, and is not for it to see.
    pub fn message(&self) -> &str {
        &self.0
    }
}

/// A value that stands for a handler that panicked.
pub(crate) trait AfterPanic {
    /// Builds the response of a handler that panicked.
    fn after_panic(panic: HandlerPanic) -> Self;
}

impl AfterPanic for Response {
    fn after_panic(panic: HandlerPanic) -> Self {
        let mut response = internal_error();
        response.extensions_mut().insert(panic);
        response
    }
}

impl AfterPanic for WsResponse {
    fn after_panic(panic: HandlerPanic) -> Self {
        Self::refuse(Response::after_panic(panic))
    }
}

/// Returns the response of a server whose program failed.
pub(crate) fn internal_error() -> Response {
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal server error\n".to_owned(),
    )
}

/// Calls a handler, or returns its panic before it returns a future.
pub(crate) fn called<T>(call: impl FnOnce() -> T) -> Result<T, HandlerPanic> {
    guarded_text("a handler", call).map_err(|message| HandlerPanic(message.into()))
}
