//! The steps from a routed [`Call`] to its response, which generated code names.
//!
//! Most steps have an http and a ws form, because the compiler describes an unsuitable return value
//! by the trait of its protocol. A stream of events is a response, so it has the steps of http. The
//! functions of a form:
//!
//! | the call | its steps |
//! |---|---|
//! | needs no waiting | `respond`, `ws_respond`, `accept`, `stream` |
//! | reads `_` arguments | `reading` with `returned`, `ws_reading` with `ws_returned` |
//! | lends a copy of its own to the function | `later` with `future` and `response`, or their ws forms |
//!
//! A call that also describes its route has its steps as methods of a [witness](super::witnessed).
//!
//! No step returns an error itself. The type is that of a call whose path parameters may not parse.
#![allow(missing_docs)]

use std::future::{self, Future};
use std::marker::PhantomData;
use std::ops::Shl;

use super::call::{Call, CallResult, WsCallResult};
use super::caught::Caught;
use super::consumer::WsConsumer;
use super::opens::Opens;
use super::poly::PolyHandler;
use super::reading::{Extracted, ReadArguments};
use super::respond::{IntoConsumed, IntoStreamed, Respond, WsRespond};
use super::stream::respond_with_stream;
use super::ws_response::{IntoWsResponse, WsResponse};
use crate::lens::Message;
use crate::message::{IntoResponse, ReadsBody, Rejection, Response};
use crate::session::{IntoWsResult, WebSocket, WsResult};
use crate::sse::{IntoSseEvent, IntoSseResult, Sse, SseResult};

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

/// Puts a parameter into an array.
pub fn one<T>(value: T) -> [T; 1] {
    [value]
}

/// Returns the function of a ws route that is not passed the socket, if it responds to a handshake.
pub fn opens<F: Opens<Args, When>, Args, When>(function: &F) -> &F::Same {
    function.same()
}

/// Responds with the value that an http route's function returned.
pub fn respond<'a, W, T>(value: T) -> CallResult<'a>
where
    T: Respond<W, Output: IntoResponse, Future: Send + 'a>,
{
    let value = value.respond();
    Ok(Box::pin(Caught::new(async { value.await.into_response() })))
}

/// Responds as [`respond`] does, for a ws route without its socket.
pub fn ws_respond<'a, W, T>(value: T) -> WsCallResult<'a>
where
    T: WsRespond<W, Output: IntoWsResponse, Future: Send + 'a>,
{
    let value = value.ws_respond();
    Ok(Box::pin(Caught::new(async {
        value.await.into_ws_response()
    })))
}

/// Reads `arguments`, and then calls `function` with them.
pub fn reading<'a, A, F, T>(mut call: Call, arguments: A, function: F) -> CallResult<'a>
where
    A: ReadArguments + 'a,
    F: FnOnce(A::Values, Call) -> T + Send + 'a,
    T: Future<Output: IntoResponse> + Send + 'a,
{
    Ok(Box::pin(Caught::new(async move {
        let future = match arguments.read(&mut call).await {
            Ok(values) => function(values, call),
            Err(rejection) => return rejection.into_response(),
        };
        future.await.into_response()
    })))
}

/// Reads arguments as [`reading`] does, for a ws route.
pub fn ws_reading<'a, A, F, T>(mut call: Call, arguments: A, function: F) -> WsCallResult<'a>
where
    A: ReadArguments + 'a,
    F: FnOnce(A::Values, Call) -> T + Send + 'a,
    T: Future<Output: IntoWsResponse> + Send + 'a,
{
    Ok(Box::pin(Caught::new(async move {
        let future = match arguments.read(&mut call).await {
            Ok(values) => function(values, call),
            Err(rejection) => return rejection.into_ws_response(),
        };
        future.await.into_ws_response()
    })))
}

/// Returns the value of a function as the future that [`reading`] waits for.
pub fn returned<'a, W, T>(value: T) -> T::Future
where
    T: Respond<W, Output: IntoResponse, Future: Send + 'a>,
{
    value.respond()
}

/// Returns the value of a function as the future that [`ws_reading`] waits for.
pub fn ws_returned<'a, W, T>(value: T) -> T::Future
where
    T: WsRespond<W, Output: IntoWsResponse, Future: Send + 'a>,
{
    value.ws_respond()
}

/// Responds with the result of `call`, which lends something of its own to its function.
pub fn later<'a, F>(call: F) -> CallResult<'a>
where
    F: Future<Output = Result<Response, Rejection>> + Send + 'a,
{
    Ok(Box::pin(Caught::new(async { call.await.into_response() })))
}

/// Responds as [`later`] does, for a ws route.
pub fn ws_later<'a, F>(call: F) -> WsCallResult<'a>
where
    F: Future<Output = Result<WsResponse, Rejection>> + Send + 'a,
{
    Ok(Box::pin(Caught::new(async {
        call.await.into_ws_response()
    })))
}

/// Returns the value of a function as a future, inside of [`later`].
pub fn future<W, T: Respond<W>>(value: T) -> T::Future {
    value.respond()
}

/// Returns the value of a ws route's function as a future, inside of [`ws_later`].
pub fn ws_future<W, T: WsRespond<W>>(value: T) -> T::Future {
    value.ws_respond()
}

/// Converts the value of a function into its response, inside of [`later`].
pub fn response<T: IntoResponse>(value: T) -> Result<Response, Rejection> {
    Ok(value.into_response())
}

/// Converts the value of a ws route's function into its response, inside of [`ws_later`].
pub fn ws_response(value: impl IntoWsResponse) -> Result<WsResponse, Rejection> {
    Ok(value.into_ws_response())
}

/// Accepts the upgrade of `call`, and passes the socket to `consumer`.
pub fn accept<W, In, Out, F, T>(call: Call, consumer: F) -> WsCallResult<'static>
where
    In: Message,
    Out: Message,
    F: FnOnce(WebSocket<In, Out>) -> T + Send + 'static,
    T: IntoConsumed<W, Output: IntoWsResult, Future: Send>,
{
    let accepted = accepted(call, consumer);
    Ok(Box::pin(future::ready(accepted.into_ws_response())))
}

/// Accepts the upgrade of `call` as [`accept`] does, inside of [`ws_later`].
pub fn accepted<W, In, Out, F, T>(call: Call, consumer: F) -> Result<WsResponse, Rejection>
where
    In: Message,
    Out: Message,
    F: FnOnce(WebSocket<In, Out>) -> T + Send + 'static,
    T: IntoConsumed<W, Output: IntoWsResult, Future: Send>,
{
    Ok(call.accept(WsConsumer::new(consumer)))
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

/// Responds to `call` with a stream of events, which `consumer` sends.
pub fn stream<W, Out, F, T>(call: Call, consumer: F) -> CallResult<'static>
where
    Out: IntoSseEvent,
    F: FnOnce(Sse<Out>) -> T + Send + 'static,
    T: IntoStreamed<W, Output: IntoSseResult, Future: Send>,
{
    let streamed = streamed(call, consumer);
    Ok(Box::pin(future::ready(streamed.into_response())))
}

/// Responds to `call` as [`stream`] does, inside of [`later`] or [`reading`].
pub fn streamed<W, Out, F, T>(call: Call, consumer: F) -> Result<Response, Rejection>
where
    Out: IntoSseEvent,
    F: FnOnce(Sse<Out>) -> T + Send + 'static,
    T: IntoStreamed<W, Output: IntoSseResult, Future: Send>,
{
    Ok(respond_with_stream(call.into_request(), consumer))
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

/// The check of all other pairs of arguments.
pub trait BodyOnce {
    fn checked(&self) {}
}

impl<First, Second> BodyOnce for Both<First, Second> {}
