//! What generated code names. Not for use by hand: it changes without notice.
#![allow(missing_docs)]

use std::future::{self, Future};
use std::marker::PhantomData;
use std::ops::Shl;

pub use crate::handler::call::{Answering, Call, WsAnswering};
pub use crate::handler::reading::{Extracted, ReadArguments, extract};
use crate::handler::{
    Answer, Caught, IntoConsumed, IntoWsResponse, Opens, WsAnswer, WsConsumer, WsResponse,
};
pub use crate::handler::{BoxPolyFilter, PolyHandler};
use crate::lens::Message;
use crate::message::{IntoResponse, ReadsBody, Rejection, Response};
pub use crate::message::{Request, ToPath};
pub use crate::routing::across::{Mount, Mounting, StaticTable, Tabled, Unknown, check_mount};
pub use crate::routing::endpoint::{
    Captured, Endpoint, Endpoints, Lent, captured, copied, http, http_closure, http_extracting,
    http_handler, lent, made, mount, ws, ws_closure, ws_extracting, ws_handler,
};
pub use crate::routing::filters::{
    filter, filter_before_both, filter_before_http, filter_before_ws,
};
pub use crate::routing::link::{
    Filled, Here, Link, Mounts, Through, Typed, filled, mounted_uri, path_of, push_prefix,
};
pub use crate::routing::matching::Matching;
pub use crate::routing::path::{RawPath, Segment};
pub use crate::routing::router::Router;
pub use crate::routing::table::{Protocol, RouteMeta, http_route, mount_route, ws_route};
pub use crate::routing::unmatched::{Unmatched, unmatched};
pub use crate::session::WebSocket;
use crate::session::{IntoWsResult, WsResult};
pub use std::string::String;
pub use std::sync::Arc;

#[cfg(feature = "macros")]
pub use http4k_ws_macros::routes;

/// What is no route yet: an editor reads it, to complete and explain what is in it.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __broken_route {
    ($($route:tt)*) => {
        let _ = || { $($route)* };
    };
}

/// What is no route yet: nothing to the compiler, which is told of it elsewhere.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __broken_route {
    ($($route:tt)*) => {};
}

pub use __broken_route as broken;

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

/// What an http route's function gave back, on its way to be a response.
///
/// # Errors
///
/// None: a call that reads its arguments has some.
pub fn answer<'a, W, T>(given: T) -> Answering<'a>
where
    T: Answer<W, Given: IntoResponse, Future: Send + 'a>,
{
    let given = given.answer();
    Ok(Box::pin(Caught::new(async { given.await.into_response() })))
}

/// Two arguments that are read from one request, in their order.
///
/// A call is checked once its types are known. If both read the body, the method of the type is
/// found before that of [`BodyOnce`], and demands what no type can do.
#[derive(Debug)]
pub struct Both<First, Second>(PhantomData<fn() -> (First, Second)>);

/// The arguments of these types.
pub fn both<First, Second>(_: Extracted<First>, _: Extracted<Second>) -> Both<First, Second> {
    Both(PhantomData)
}

/// A second reading of a body; no type implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` reads the body of the request, which `{First}` has read before it",
    label = "a body is read once: this argument finds it empty",
    note = "take one of the two; `Bytes` or `String` is the whole body, and `#[derive(FromRequest)]` \
            reads other parts of a request beside one `#[body]`"
)]
pub trait ReadAfter<First> {}

impl<First: ReadsBody, Second: ReadsBody> Both<First, Second> {
    pub fn checked(&self)
    where
        Second: ReadAfter<First>,
    {
    }
}

/// The check of all other arguments.
pub trait BodyOnce {
    fn checked(&self) {}
}

impl<First, Second> BodyOnce for Both<First, Second> {}

/// A call that waits for its arguments, or has a copy of its own of what it lends to its function.
///
/// # Errors
///
/// None: the call gives its own when it is polled.
pub fn later<'a, F>(call: F) -> Answering<'a>
where
    F: Future<Output = Result<Response, Rejection>> + Send + 'a,
{
    Ok(Box::pin(Caught::new(async { call.await.into_response() })))
}

/// Reads `arguments`, and then calls a function with them.
///
/// # Errors
///
/// None: the call gives its own when it is polled.
pub fn reading<'a, A, F, T>(mut call: Call, arguments: A, function: F) -> Answering<'a>
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

/// Returns what the function gave back as the future that [`reading`] waits for.
pub fn answered<'a, W, T>(given: T) -> T::Future
where
    T: Answer<W, Given: IntoResponse, Future: Send + 'a>,
{
    given.answer()
}

/// What the function gave back to a call that is made later, when it is there.
pub fn future<W, T: Answer<W>>(given: T) -> T::Future {
    given.answer()
}

/// What was there, as a response.
///
/// # Errors
///
/// None: a call that reads its arguments has some.
pub fn response(given: impl IntoResponse) -> Result<Response, Rejection> {
    Ok(given.into_response())
}

/// As [`answer`], for a ws route without its socket.
///
/// # Errors
///
/// None: a call that reads its arguments has some.
pub fn ws_answer<'a, W, T>(given: T) -> WsAnswering<'a>
where
    T: WsAnswer<W, Given: IntoWsResponse, Future: Send + 'a>,
{
    let given = given.ws_answer();
    Ok(Box::pin(Caught::new(async {
        given.await.into_ws_response()
    })))
}

/// As [`later`], for a ws route.
///
/// # Errors
///
/// None: the call gives its own when it is polled.
pub fn ws_later<'a, F>(call: F) -> WsAnswering<'a>
where
    F: Future<Output = Result<WsResponse, Rejection>> + Send + 'a,
{
    Ok(Box::pin(Caught::new(async {
        call.await.into_ws_response()
    })))
}

/// As [`reading`], for a ws route.
///
/// # Errors
///
/// None: the call gives its own when it is polled.
pub fn ws_reading<'a, A, F, T>(mut call: Call, arguments: A, function: F) -> WsAnswering<'a>
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

/// As [`answered`], for a ws route without its socket.
pub fn ws_answered<'a, W, T>(given: T) -> T::Future
where
    T: WsAnswer<W, Given: IntoWsResponse, Future: Send + 'a>,
{
    given.ws_answer()
}

/// As [`future`], for a ws route without its socket.
pub fn ws_future<W, T: WsAnswer<W>>(given: T) -> T::Future {
    given.ws_answer()
}

/// What was there, as an answer to the handshake.
///
/// # Errors
///
/// None: a call that reads its arguments has some.
pub fn ws_response(given: impl IntoWsResponse) -> Result<WsResponse, Rejection> {
    Ok(given.into_ws_response())
}

/// Accepts the upgrade of `call`; `consumer` gets the socket.
///
/// # Errors
///
/// None: a call that reads its arguments has some.
pub fn accept<W, In, Out, F, T>(call: Call, consumer: F) -> WsAnswering<'static>
where
    In: Message,
    Out: Message,
    F: FnOnce(WebSocket<In, Out>) -> T + Send + 'static,
    T: IntoConsumed<W, Given: IntoWsResult, Future: Send>,
{
    let accepted = accepted(call, consumer);
    Ok(Box::pin(future::ready(accepted.into_ws_response())))
}

/// The same, inside of [`ws_later`].
///
/// # Errors
///
/// None, as above.
pub fn accepted<W, In, Out, F, T>(call: Call, consumer: F) -> Result<WsResponse, Rejection>
where
    In: Message,
    Out: Message,
    F: FnOnce(WebSocket<In, Out>) -> T + Send + 'static,
    T: IntoConsumed<W, Given: IntoWsResult, Future: Send>,
{
    Ok(call.accept(WsConsumer::new(consumer)))
}

/// What a consumer gave back, when it is there.
pub fn consumed<W, T: IntoConsumed<W>>(given: T) -> T::Future {
    given.into_consumed()
}

/// What was there, as the end of its socket.
///
/// # Errors
///
/// Why the socket ends, if it is one.
pub fn ws_result(given: impl IntoWsResult) -> WsResult {
    given.into_ws_result()
}

/// What `#[derive(Message)]` names.
pub mod message {
    pub use serde::Serialize;
    pub use serde::de::DeserializeOwned;

    pub use crate::lens::format::derived::{
        Packed, Parsed, Read, Shown, Unpacked, Written, binary, cbor, json, msgpack, response, text,
    };
    pub use crate::lens::{Format, LensFailure, Message};
    pub use crate::message::{IntoResponse, Response, WsMessage};
}

/// What `#[contract_test]` names.
#[cfg(all(feature = "server", feature = "client"))]
pub mod contract {
    pub use crate::handler::PolyHandler;
    pub use crate::server::ServerConfig;
    pub use crate::testing::contract::running::*;
    pub use crate::testing::contract::{AsyncWorld, World};
}

/// What `#[derive(FromRequest)]` names.
pub mod request {
    pub use crate::lens::derived::{
        Failures, body, checkbox, field, form, optional_body, with_form,
    };
    pub use crate::lens::{Cookie, Form, Header, LensFailure, Modifier, Path, Query, WebForm};
    pub use crate::message::{FromRequest, ReadsBody, Rejection, Request};
}

/// What `#[derive(PathParam)]` names.
pub mod path_param {
    use std::fmt;

    pub use crate::lens::TextValue;
    pub use crate::message::{TextError, UnknownName};

    pub fn parsed<T: TextValue>(text: &str) -> Result<T, TextError> {
        text.parse().map_err(TextError::new)
    }

    pub fn shown<T: TextValue>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        value.fmt(f)
    }
}
