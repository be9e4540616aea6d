//! What generated code names. Not for use by hand: it changes without notice.
#![allow(missing_docs)]

use std::future::Future;

pub use crate::handler::call::Call;
use crate::handler::{Answer, IntoConsumed, WsAnswer, WsConsumer, WsResult};
pub use crate::handler::{PolyHandler, WebSocket, WsResponse};
use crate::lens::Message;
pub use crate::message::Rejection;
use crate::message::Response;
pub use crate::routing::{
    Matching, Path, Protocol, RouteMeta, Router, Segment, Side, Unmatched, filter, http,
    http_handler, mount, unmatched, ws, ws_handler,
};
pub use std::sync::Arc;

/// A copy of a value that a route captures: one for the route, one for each call.
pub fn captured<T: Clone + Send + Sync + 'static>(value: &T) -> T {
    value.clone()
}

/// What an http route's function gave back, as a response.
pub fn answer<W, T: Answer<W>>(given: T) -> impl Future<Output = Response> + Send {
    given.answer()
}

/// What the function of a ws route without its socket gave back, as an answer to the handshake.
pub fn ws_answer<W, T: WsAnswer<W>>(given: T) -> impl Future<Output = WsResponse> + Send {
    given.ws_answer()
}

/// What a consumer gave back, as its end.
pub fn consumed<W, T: IntoConsumed<W>>(given: T) -> impl Future<Output = WsResult> + Send {
    given.into_consumed()
}

/// Accepts the upgrade of `call`; `consumer` gets the socket.
pub fn accept<In, Out, F, Fut>(call: Call, consumer: F) -> WsResponse
where
    In: Message,
    Out: Message,
    F: FnOnce(WebSocket<In, Out>) -> Fut + Send + 'static,
    Fut: Future<Output = WsResult> + Send,
{
    call.accept(WsConsumer::new(consumer))
}

/// What `#[derive(Message)]` names.
pub mod message {
    pub use serde::Serialize;
    pub use serde::de::DeserializeOwned;

    #[cfg(feature = "json")]
    pub use crate::lens::json::derived as json;
    pub use crate::lens::{LensFailure, Message};
    pub use crate::message::WsMessage;
}
