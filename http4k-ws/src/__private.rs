//! What generated code names. Not for use by hand: it changes without notice.
#![allow(missing_docs)]

use std::future::Future;

pub use crate::handler::call::Call;
use crate::handler::{
    Answer, IntoConsumed, IntoWsResponse, IntoWsResult, WsAnswer, WsConsumer, WsResult,
};
pub use crate::handler::{PolyHandler, WebSocket, WsResponse};
use crate::lens::Message;
pub use crate::message::Request;
use crate::message::{IntoResponse, Response};
pub use crate::message::{Rejection, ToPath};
pub use crate::routing::{
    Here, Link, Matching, Mount, Mounting, Mounts, Path, Protocol, RouteMeta, Router, Segment,
    Side, Table, Tabled, Through, Typed, Unknown, Unmatched, check_mount, filter, http,
    http_handler, mount, mounted_uri, path_of, push_prefix, unmatched, ws, ws_handler,
};
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

/// A copy of a value that a route captures: one for the route, one for each call.
pub fn captured<T: Clone + Send + Sync + 'static>(value: &T) -> T {
    value.clone()
}

/// What an http route's function gave back, when it is there.
pub fn answer<W, T: Answer<W>>(given: T) -> T::Future {
    given.answer()
}

/// What it gave back, as a response.
pub fn response(given: impl IntoResponse) -> Response {
    given.into_response()
}

/// What the function of a ws route without its socket gave back, when it is there.
pub fn ws_answer<W, T: WsAnswer<W>>(given: T) -> T::Future {
    given.ws_answer()
}

/// What it gave back, as an answer to the handshake.
pub fn ws_response(given: impl IntoWsResponse) -> WsResponse {
    given.into_ws_response()
}

/// What a consumer gave back, when it is there.
pub fn consumed<W, T: IntoConsumed<W>>(given: T) -> T::Future {
    given.into_consumed()
}

/// What it gave back, as the end of its socket.
pub fn ws_result(given: impl IntoWsResult) -> WsResult {
    given.into_ws_result()
}

/// Accepts the upgrade of `call`; `consumer` gets the socket.
pub fn accept<In, Out, F, Fut>(call: Call, consumer: F) -> WsResponse
where
    In: Message,
    Out: Message,
    F: FnOnce(WebSocket<In, Out>) -> Fut + Send + 'static,
    Fut: Future<Output = WsResult> + Send + 'static,
{
    call.accept(WsConsumer::new(consumer))
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
    pub use crate::contract::running::*;
    pub use crate::contract::{AsyncWorld, World};
    pub use crate::handler::PolyHandler;
}

/// What `#[derive(FromRequest)]` names.
pub mod request {
    pub use crate::lens::derived::{Failures, body, field, form, optional_body, with_form};
    pub use crate::lens::{Cookie, Form, Header, LensFailure, Modifier, Path, Query, WebForm};
    pub use crate::message::{FromRequest, Rejection, Request};
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
