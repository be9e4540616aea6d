//! What a handler may give back: a value now, or a future of one.

use std::future::{self, Future};
use std::pin::Pin;

use super::when::{Later, Now};
use super::ws_response::IntoWsResponse;
use crate::message::{IntoResponse, Response};

/// A response on its way.
pub(crate) type ResponseFuture<'a> = Pin<Box<dyn Future<Output = Response> + Send + 'a>>;

/// What an HTTP handler may give back: anything [`IntoResponse`], or a future of it.
///
/// `When` is [`Now`] or [`Later`], and always inferred. That the value of a future becomes a response is
/// asked where it is awaited, so that the compiler names the value and not the future.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer to an HTTP request",
    label = "an http handler gives back what becomes a `Response`, or a future of it",
    note = "a value that serde serializes is returned as `Json(value)`",
    note = "a function over a `WebSocket` belongs in `ws(..)`",
    note = "a call that makes a handler, to be called later, goes in braces: `http({{ logged().then(home) }})`"
)]
pub trait Answer<When> {
    /// What becomes the response.
    type Given;
    /// When it is there.
    type Future: Future<Output = Self::Given>;

    /// The answer, as a future.
    fn answer(self) -> Self::Future;
}

impl<T: IntoResponse> Answer<Now> for T {
    type Given = T;
    type Future = future::Ready<T>;

    fn answer(self) -> Self::Future {
        future::ready(self)
    }
}

impl<F: Future> Answer<Later> for F {
    type Given = F::Output;
    type Future = F;

    fn answer(self) -> F {
        self
    }
}

/// What the function of a ws handler may give back: anything [`IntoWsResponse`], or a future of it.
///
/// `When` is [`Now`] or [`Later`], and always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response to an opening handshake",
    label = "a ws handler returns a `WsResponse`, `WsConsumer`, `Option<WsConsumer>` or `Result<WsConsumer, _>`, or a future of one",
    note = "a function over a socket is passed the socket: `ws(talk(ws))`",
    note = "a call that makes a handler, to be called later, goes in braces: `ws({{ checked().then(talk) }})`"
)]
pub trait WsAnswer<When> {
    /// What becomes the answer.
    type Given;
    /// When it is there.
    type Future: Future<Output = Self::Given>;

    /// The answer, as a future.
    fn ws_answer(self) -> Self::Future;
}

impl<T: IntoWsResponse> WsAnswer<Now> for T {
    type Given = T;
    type Future = future::Ready<T>;

    fn ws_answer(self) -> Self::Future {
        future::ready(self)
    }
}

impl<F: Future> WsAnswer<Later> for F {
    type Given = F::Output;
    type Future = F;

    fn ws_answer(self) -> F {
        self
    }
}
