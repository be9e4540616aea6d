//! Panics of handlers and filters, as responses.
//!
//! Every shared handler catches its own panic, so the filters around it see a response. `Cors` adds
//! its fields, and a filter that counts responses counts a 500. The guard is part of the future
//! that a handler boxes in any case, and costs no allocation.
//!
//! 1. [`called`] guards the part of a call that runs before its future exists.
//! 2. [`Caught`] guards each poll of that future.
//! 3. A panic is logged once, at the innermost handler, and becomes 500.
//! 4. [`Caught`] also guards the drop of that future. The response exists by then, and is kept.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::StatusCode;
use pin_project_lite::pin_project;

use super::ws_response::WsResponse;
use crate::message::{Response, plain};
use crate::panics::guarded;

/// A value that stands for a handler that panicked.
pub(crate) trait AfterPanic {
    /// Builds the response of a handler that panicked.
    fn after_panic() -> Self;
}

impl AfterPanic for Response {
    fn after_panic() -> Self {
        internal_error()
    }
}

impl AfterPanic for WsResponse {
    fn after_panic() -> Self {
        Self::refuse(internal_error())
    }
}

/// Returns the response of a server whose program failed.
pub(crate) fn internal_error() -> Response {
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal server error\n".to_owned(),
    )
}

/// Calls a handler, or returns `None` if it panics before it returns a future.
pub(crate) fn called<T>(call: impl FnOnce() -> T) -> Option<T> {
    guarded("a handler", call)
}

pin_project! {
    /// A handler's future, whose panic becomes a response.
    pub(crate) struct Caught<F> {
        // `None` once it is dropped.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Caught<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut future = this.project().future;
            guarded("the drop of a handler", || future.set(None));
        }
    }
}

impl<F> Caught<F> {
    pub(crate) fn new(future: F) -> Self {
        Self {
            future: Some(future),
        }
    }
}

impl<F: Future<Output: AfterPanic>> Future for Caught<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.project().future.as_pin_mut();
        let polled = future.and_then(|future| guarded("a handler", || future.poll(cx)));
        polled.unwrap_or_else(|| Poll::Ready(F::Output::after_panic()))
    }
}
