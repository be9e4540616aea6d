//! Panics of handlers and filters, as responses.
//!
//! Every shared handler catches its own panic, so the filters around it see a response: `Cors` adds
//! its fields, and a filter that counts counts a 500. The catch sits in the future that a handler
//! boxes anyway, and costs no allocation.
//!
//! 1. [`called`] guards the part of a call that runs before its future exists.
//! 2. [`Caught`] guards each poll of that future.
//! 3. A panic is logged once, at the innermost handler, and becomes 500.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use http::StatusCode;
use pin_project_lite::pin_project;

use super::plain::plain;
use super::ws_response::WsResponse;
use crate::message::Response;

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
pub(super) fn internal_error() -> Response {
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal server error\n".to_owned(),
    )
}

/// Calls a handler, or returns `None` if it panics before it returns a future.
pub(crate) fn called<T>(call: impl FnOnce() -> T) -> Option<T> {
    // A handler is shared by all requests, so what it keeps must survive a panic anyway.
    catch_unwind(AssertUnwindSafe(call))
        .inspect_err(|panic| log(&**panic))
        .ok()
}

pin_project! {
    /// A handler's future, whose panic becomes a response.
    pub(crate) struct Caught<F> {
        #[pin]
        future: F,
    }
}

impl<F> Caught<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future }
    }
}

impl<F: Future<Output: AfterPanic>> Future for Caught<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.project().future;
        match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
            Ok(polled) => polled,
            Err(panic) => {
                log(&*panic);
                Poll::Ready(F::Output::after_panic())
            }
        }
    }
}

fn log(panic: &(dyn Any + Send)) {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    // The text may quote the peer, so it is escaped.
    log::error!("a handler panicked: {:?}", text.unwrap_or("no message"));
}
