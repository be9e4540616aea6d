//! The return types of handlers and consumers: a value, or a future of one.
//!
//! Each trait has one implementation for values and one for futures, distinguished by the markers
//! [`Now`] and [`Later`], which the compiler infers. A future's output is bounded where it is
//! awaited, not here. An error then names the value of an `async fn` instead of its future.

use std::convert::Infallible;
use std::future::{self, Future};

use super::ws_response::IntoWsResponse;
use crate::message::IntoResponse;
use crate::message::never::Never;
use crate::session::IntoWsResult;
use crate::sse::IntoSseResult;

/// Marks a function that returns a value.
#[derive(Debug)]
pub enum Now {}

/// Marks a function that returns a future, such as an `async fn`.
#[derive(Debug)]
pub enum Later {}

/// Marks a function that never returns, such as `|| todo!()`.
#[derive(Debug)]
pub enum NotAtAll {}

/// The conversion of what a handler returned into a future: the marker [`Now`] or [`Later`].
///
/// It is not a method of the value. The compiler compiles a method together with the type that has
/// it, and the future of an `async fn` with that function. So such a method of each handler would
/// be compiled again after an edit of one of them.
#[allow(
    unreachable_pub,
    reason = "Rust 1.85 does not find it in the bounds of `Respond`"
)]
pub trait Moment<T, Future> {
    /// Returns the future of `value`.
    fn future(value: T) -> Future;
}

impl<T> Moment<T, future::Ready<T>> for Now {
    fn future(value: T) -> future::Ready<T> {
        future::ready(value)
    }
}

impl<T> Moment<T, T> for Later {
    fn future(value: T) -> T {
        value
    }
}

impl Moment<Never, future::Ready<Infallible>> for NotAtAll {
    fn future(value: Never) -> future::Ready<Infallible> {
        value
    }
}

/// Values that an HTTP handler may return: an [`IntoResponse`], or a future of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from an HTTP handler",
    label = "an http handler returns a type that becomes a `Response`, or a future of one",
    note = "a value that serde serializes is returned as `Json(value)`",
    note = "a function over a `WebSocket` belongs in `ws(..)`, and an application in `mount(..)`",
    note = "a call that builds a handler goes in braces: `http({{ logged().then(home) }})`"
)]
pub trait Respond<When>: Sized {
    /// The type that becomes the response.
    type Output;
    /// The future of that type.
    type Future: Future<Output = Self::Output>;
    /// The conversion into the future.
    type Moment: Moment<Self, Self::Future>;
}

impl<T: IntoResponse> Respond<Now> for T {
    type Output = T;
    type Future = future::Ready<T>;
    type Moment = Now;
}

impl<F: Future> Respond<Later> for F {
    type Output = F::Output;
    type Future = F;
    type Moment = Later;
}

#[diagnostic::do_not_recommend]
impl Respond<NotAtAll> for Never {
    type Output = Infallible;
    type Future = future::Ready<Infallible>;
    type Moment = NotAtAll;
}

/// Values that the function of a ws handler may return: an [`IntoWsResponse`], or a future of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response to an opening handshake",
    label = "a ws handler returns a `WsResponse`, `WsConsumer`, `Option<WsConsumer>` or `Result<WsConsumer, _>`, or a future of one",
    note = "a function over a socket is passed the socket: `ws(talk(ws))`",
    note = "a call that builds a handler goes in braces: `ws({{ checked().then(talk) }})`"
)]
pub trait WsRespond<When>: Sized {
    /// The type that becomes the response.
    type Output;
    /// The future of that type.
    type Future: Future<Output = Self::Output>;
    /// The conversion into the future.
    type Moment: Moment<Self, Self::Future>;
}

impl<T: IntoWsResponse> WsRespond<Now> for T {
    type Output = T;
    type Future = future::Ready<T>;
    type Moment = Now;
}

impl<F: Future> WsRespond<Later> for F {
    type Output = F::Output;
    type Future = F;
    type Moment = Later;
}

/// Values that a consumer may return: `()` or a [`WsResult`](crate::WsResult), or a future of one.
///
/// Users never implement it. `When` is always inferred.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// async fn later(ws: WebSocket) -> WsResult {
///     Ok(ws.send("hello").await?)
/// }
///
/// let at_once = |ws: WebSocket| ws.try_send("hello");
/// for mut client in [later.test_ws("/"), at_once.test_ws("/")] {
///     assert_eq!(client.received().next().unwrap().unwrap(), "hello");
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a WebSocket consumer",
    label = "a consumer returns `()` or `WsResult`, or a future of one",
    note = "a function that returns a response belongs in `http(..)`"
)]
pub trait IntoConsumed<When> {
    /// The type that becomes the result of the consumer.
    type Output;
    /// The future of that type.
    type Future: Future<Output = Self::Output>;

    /// Returns the future of the consumer.
    fn into_consumed(self) -> Self::Future;
}

impl<T: IntoWsResult> IntoConsumed<Now> for T {
    type Output = T;
    type Future = future::Ready<T>;

    fn into_consumed(self) -> Self::Future {
        future::ready(self)
    }
}

impl<F: Future> IntoConsumed<Later> for F {
    type Output = F::Output;
    type Future = F;

    fn into_consumed(self) -> F {
        self
    }
}

/// Values that the consumer of a stream may return: `()` or an
/// [`SseResult`](crate::sse::SseResult), or a future of one.
///
/// Users never implement it. `When` is always inferred.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{Sse, SseResult};
///
/// async fn later(sse: Sse) -> SseResult {
///     Ok(sse.send("hello").await?)
/// }
///
/// let app = routes! {
///     GET "/later"   => sse(later(sse)),
///     GET "/at-once" => sse(|sse: Sse| sse.try_send("hello")),
/// };
/// for path in ["/later", "/at-once"] {
///     assert_eq!(app.test_sse(path).received().next().unwrap().unwrap().data(), "hello");
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from the consumer of a stream",
    label = "a consumer returns `()` or `SseResult`, or a future of one",
    note = "an event is sent: `sse.send(event).await?`",
    note = "a function that returns a response belongs in `http(..)`"
)]
pub trait IntoStreamed<When> {
    /// The type that becomes the result of the consumer.
    type Output;
    /// The future of that type.
    type Future: Future<Output = Self::Output>;

    /// Returns the future of the consumer.
    fn into_streamed(self) -> Self::Future;
}

impl<T: IntoSseResult> IntoStreamed<Now> for T {
    type Output = T;
    type Future = future::Ready<T>;

    fn into_streamed(self) -> Self::Future {
        future::ready(self)
    }
}

impl<F: Future> IntoStreamed<Later> for F {
    type Output = F::Output;
    type Future = F;

    fn into_streamed(self) -> F {
        self
    }
}
