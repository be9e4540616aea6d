//! Functions over values: what answers a request, what talks on a socket, and what wraps them.
//!
//! An [`HttpHandler`] is `Request -> Response`. A [`WsHandler`] is `Request -> WsResponse`, where the
//! response holds a [`WsConsumer`], `WebSocket -> ()`, or a refusal. A [`PolyHandler`] is one of each.

mod answer;
pub(crate) mod call;
mod client;
mod http;
mod poly;
mod serving;
mod session;
mod ws;

pub(crate) use answer::plain;
pub use answer::{Answer, IntoConsumed, Later, Now, WsAnswer};
pub(crate) use call::{Call, Captures, MAX_PARAMS, Outcome, ParamNames, Place};
pub use client::{NextMessage, ReceiveError, Received, WsClient};
pub use http::{BoxHttpHandler, Filter, HttpHandler, IntoHttpHandler, Next};
pub(crate) use http::{ErasedHttpHandler, ResponseFuture};
pub(crate) use poly::upgrade_required;
pub use poly::{IntoPolyFilter, IntoPolyHandler, PolyFilter, PolyHandler};
pub(crate) use serving::copy_of_head;
#[cfg(feature = "server")]
pub(crate) use session::Session;
pub use session::{
    CoalesceKey, IntoWsResult, SendError, SessionConfig, SlowConsumer, SocketInfo, Traffic,
    WebSocket, WsError, WsEvent, WsMetrics, WsResult, WsSender,
};
pub(crate) use session::{Gone, Handshake, Incoming, Outgoing, Transport, open};
pub use ws::{
    BoxWsHandler, IntoWsHandler, IntoWsResponse, WsConsumer, WsFilter, WsHandler, WsNext,
    WsResponse,
};
pub(crate) use ws::{ErasedWsHandler, WsResponseFuture};
