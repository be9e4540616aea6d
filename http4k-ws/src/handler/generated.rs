//! The steps from a routed [`Call`] to its response, which generated code names.
//!
//! Most steps have an http and a ws form, because the compiler describes an unsuitable return value
//! by the trait of its protocol. A stream of events is a response, so it has the steps of http. The
//! functions of a form:
//!
//! | the call | its steps |
//! |---|---|
//! | needs no waiting | `respond`, `respond_lent`, `ws_respond` |
//! | reads `_` arguments | `returned` |
//! | lends a copy of its own to the function | `later` with `future` and `response`, or their ws forms |
//! | is passed a socket or a stream, and lends | `ws_result` with `consumed`, `sse_result` with `sse_consumed` |
#![allow(missing_docs)]

use std::fmt;
use std::future::{self, Future};
use std::marker::PhantomData;
use std::ops::Shl;

use super::arguments::Param;
use super::future::{PollResponse, ResponseFuture, WsResponseFuture};
use super::opens::{OpeningParam, Opens};
use super::poly::PolyHandler;
use super::reading::Extracted;
use super::respond::{IntoConsumed, IntoStreamed, Moment, Respond, WsRespond};
use super::ws_response::{IntoWsResponse, WsResponse};
use crate::message::{IntoResponse, ReadsBody, Response};
use crate::session::{IntoWsResult, WsResult};
use crate::sse::{IntoSseResult, SseResult};

/// An application in the place of an expression.
///
/// Its expansion is `"text" << Expression(app)`. In the place of an item the compiler rejects the
/// first token of an expression and prints it, so the text says what to write there.
#[derive(Debug)]
pub struct Expression(pub PolyHandler);

impl Shl<Expression> for &'static str {
    type Output = PolyHandler;

    fn shl(self, app: Expression) -> PolyHandler {
        app.0
    }
}

/// Returns the function of a ws route that is not passed the socket, if it responds to a handshake.
pub fn opens<F: Opens<Args, When>, Args, When>(function: &F) -> &F::Same {
    function.same()
}

/// Returns the argument that is the path parameter at `index`, for a method of a ws route that is
/// not passed the socket.
pub fn opening_param<T: OpeningParam<Via>, Via>(index: usize) -> Param<T> {
    T::at(index)
}

/// The future of a response, with the type that it is made of.
pub struct Returned<'a, Output = ()> {
    pub(crate) future: ResponseFuture<'a>,
    output: PhantomData<fn() -> Output>,
}

impl<'a, Output> Returned<'a, Output> {
    fn boxed(future: Box<dyn PollResponse<Response> + Send + 'a>) -> Self {
        Self {
            future: ResponseFuture::boxed(future),
            output: PhantomData,
        }
    }

    /// Returns the future of a response that is there.
    pub(crate) fn at_once(response: Response) -> Self {
        Self::boxed(Box::new(future::ready(response)))
    }
}

impl<Output> fmt::Debug for Returned<'_, Output> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Returned")
    }
}

/// Responds with the value that an http route's function returned. Its type is that of the
/// description.
pub fn respond<'a, W, T>(value: T) -> Returned<'a, T::Output>
where
    T: Respond<W, Output: IntoResponse, Future: Send + 'a>,
{
    Returned::boxed(Box::new(T::Moment::future(value)))
}

/// Responds as [`respond`] does, with a value that may borrow from the route.
pub fn respond_lent<'a, W, T>(value: T) -> Returned<'a>
where
    T: Respond<W, Output: IntoResponse, Future: Send + 'a>,
{
    Returned::boxed(Box::new(T::Moment::future(value)))
}

/// Responds as [`respond`] does, for a ws route without its socket.
pub fn ws_respond<'a, W, T>(value: T) -> WsResponseFuture<'a>
where
    T: WsRespond<W, Output: IntoWsResponse, Future: Send + 'a>,
{
    WsResponseFuture::new(T::Moment::future(value))
}

/// Returns the value of a function whose `_` arguments were read, as a future.
pub fn returned<'a, W, T>(value: T) -> T::Future
where
    T: Respond<W, Output: IntoResponse, Future: Send + 'a>,
{
    T::Moment::future(value)
}

/// Responds with the result of `call`, which lends something of its own to its function.
pub fn later<'a, F>(call: F) -> Returned<'a>
where
    F: Future<Output = Response> + Send + 'a,
{
    Returned::boxed(Box::new(call))
}

/// Responds as [`later`] does, for a ws route.
pub fn ws_later<'a, F>(call: F) -> WsResponseFuture<'a>
where
    F: Future<Output = WsResponse> + Send + 'a,
{
    WsResponseFuture::new(call)
}

/// Returns the value of a function as a future, inside of [`later`].
pub fn future<W, T: Respond<W>>(value: T) -> T::Future {
    T::Moment::future(value)
}

/// Returns the value of a ws route's function as a future, inside of [`ws_later`].
pub fn ws_future<W, T: WsRespond<W>>(value: T) -> T::Future {
    T::Moment::future(value)
}

/// Converts the value of a function into its response, inside of [`later`].
pub fn response<T: IntoResponse>(value: T) -> Response {
    value.into_response()
}

/// Converts the value of a ws route's function into its response, inside of [`ws_later`].
pub fn ws_response(value: impl IntoWsResponse) -> WsResponse {
    value.into_ws_response()
}

/// Returns the value of a consumer as a future.
pub fn consumed<W, T: IntoConsumed<W>>(value: T) -> T::Future {
    value.into_consumed()
}

/// Converts the value of a consumer into the result that its socket ends with.
///
/// # Errors
///
/// Returns the error of the consumer.
pub fn ws_result(value: impl IntoWsResult) -> WsResult {
    value.into_ws_result()
}

/// Returns the value of a function over a stream as a future.
pub fn sse_consumed<W, T: IntoStreamed<W>>(value: T) -> T::Future {
    value.into_streamed()
}

/// Converts the value of a function over a stream into the result that the stream ends with.
///
/// # Errors
///
/// Returns the error of the function.
pub fn sse_result(value: impl IntoSseResult) -> SseResult {
    value.into_sse_result()
}

/// Two arguments that are read from one request, in their order.
///
/// A call is checked once its types are known. If both read the body, the method of the type is
/// found before that of [`BodyOnce`], and demands what no type can do.
#[derive(Debug)]
pub struct Both<First, Second>(PhantomData<fn() -> (First, Second)>);

/// Returns the two arguments of these types.
pub fn both<First, Second>(_: Extracted<First>, _: Extracted<Second>) -> Both<First, Second> {
    Both(PhantomData)
}

/// A second reading of a body; no type implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot read the body of the request, because `{First}` reads it first",
    label = "a body can be read once",
    note = "remove one of the two arguments; `Bytes` or `String` is the whole body, and a type that \
            derives `FromRequest` reads other parts of a request beside one `#[body]`"
)]
pub trait ReadAfter<First> {}

impl<First: ReadsBody, Second: ReadsBody> Both<First, Second> {
    pub fn checked(&self)
    where
        Second: ReadAfter<First>,
    {
    }
}

/// A body of an opening handshake; no type implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an opening handshake, because it does not have a body",
    label = "this is read from the body of a request",
    note = "read a query, a header or a cookie instead, or receive the value as the first message of the \
            socket"
)]
pub trait InHandshake {}

/// An argument of a ws route, which is checked as [`Both`] are.
#[derive(Debug)]
pub struct OfHandshake<T>(PhantomData<fn() -> T>);

/// Returns the argument of this type.
pub fn of_handshake<T>(_: Extracted<T>) -> OfHandshake<T> {
    OfHandshake(PhantomData)
}

impl<T: ReadsBody> OfHandshake<T> {
    pub fn checked(&self)
    where
        T: InHandshake,
    {
    }
}

impl<T> BodyOnce for OfHandshake<T> {}

/// The check of all other pairs of arguments.
pub trait BodyOnce {
    fn checked(&self) {}
}

impl<First, Second> BodyOnce for Both<First, Second> {}
