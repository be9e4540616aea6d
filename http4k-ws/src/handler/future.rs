//! The future of a handler's response, without its type.
//!
//! The compiler compiles everything that is generic over a handler's future for each route, and
//! some of it after each edit of a handler. So such a future is boxed as it is, and what is around
//! it is compiled once:
//!
//! 1. Its value becomes the response in the one function of [`PollResponse`].
//! 2. [`HandlerFuture`] is outside of the box. It guards each poll, as [`called`] guards the part
//!    of a call that runs before its future exists.
//! 3. A future that is ready is dropped under the same guard, and one that is not under a guard of
//!    its own.
//!
//! The guards therefore add neither an allocation to a call nor a function to a route.

use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::caught::{AfterPanic, called};
use super::ws_response::{IntoWsResponse, WsResponse};
use crate::message::{IntoResponse, Response};
use crate::panics::guarded;

/// The future of a response to a request.
pub(crate) type ResponseFuture<'a> = HandlerFuture<'a, Response>;

/// The future of a response to an opening handshake.
pub(crate) type WsResponseFuture<'a> = HandlerFuture<'a, WsResponse>;

/// A future whose value becomes a response of the type `R`.
pub(crate) trait PollResponse<R> {
    /// Polls the future, and puts the response in its place once the value is there.
    fn poll_response(self: Pin<&mut Self>, cx: &mut Context<'_>, response: &mut Option<R>);
}

impl<F: Future<Output: IntoResponse>> PollResponse<Response> for F {
    fn poll_response(self: Pin<&mut Self>, cx: &mut Context<'_>, response: &mut Option<Response>) {
        put(self.poll(cx), IntoResponse::into_response, response);
    }
}

impl<F: Future<Output: IntoWsResponse>> PollResponse<WsResponse> for F {
    fn poll_response(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        response: &mut Option<WsResponse>,
    ) {
        put(self.poll(cx), IntoWsResponse::into_ws_response, response);
    }
}

/// Puts the response to a value in its place.
///
/// It is compiled for each type of value, and the functions that call it for each route.
fn put<T, R>(polled: Poll<T>, respond: fn(T) -> R, response: &mut Option<R>) {
    if let Poll::Ready(value) = polled {
        *response = Some(respond(value));
    }
}

/// A handler's future, whose panic becomes a response.
pub struct HandlerFuture<'a, R> {
    /// `None` once it is dropped.
    future: Option<Pin<Box<dyn PollResponse<R> + Send + 'a>>>,
}

impl<'a, R> HandlerFuture<'a, R> {
    pub(crate) fn new(future: impl PollResponse<R> + Send + 'a) -> Self {
        Self::boxed(Box::new(future))
    }

    /// Returns the future in the box. It is not generic over it.
    pub(crate) fn boxed(future: Box<dyn PollResponse<R> + Send + 'a>) -> Self {
        Self {
            future: Some(Box::into_pin(future)),
        }
    }

    /// Returns the future of a response that is there.
    pub(crate) fn ready(response: R) -> Self
    where
        future::Ready<R>: PollResponse<R>,
        R: Send + 'a,
    {
        Self::new(future::ready(response))
    }
}

impl<R: AfterPanic> Future for HandlerFuture<'_, R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        // In this place, because a response that the guard returns is moved several times.
        let mut response = None;
        let polled = called(|| {
            let Some(future) = &mut self.future else {
                return;
            };
            future.as_mut().poll_response(cx, &mut response);
            if response.is_some() {
                // Here, as an `.await` does, and not in a drop without a response to replace.
                self.future = None;
            }
        });
        match (polled, response) {
            (Ok(()), Some(response)) => Poll::Ready(response),
            (Ok(()), None) => Poll::Pending,
            (Err(panic), _) => Poll::Ready(R::after_panic(panic)),
        }
    }
}

impl<R> Drop for HandlerFuture<'_, R> {
    fn drop(&mut self) {
        if self.future.is_some() {
            guarded("the drop of a handler", || self.future = None);
        }
    }
}

impl<R> fmt::Debug for HandlerFuture<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandlerFuture")
    }
}
