//! Functions over values: what answers a request, what talks on a socket, and what wraps them.
//!
//! An [`HttpHandler`] is `Request -> Response`. A [`WsHandler`] is `Request -> WsResponse`, where the
//! response holds a [`WsConsumer`], `WebSocket -> ()`, or a refusal. A [`PolyHandler`] is one of each.

mod admission;
mod answer;
pub(crate) mod call;
mod caught;
mod client;
mod consumed;
mod consumer;
mod filter_names;
mod http;
mod only;
mod opens;
mod over_upgrades;
pub(crate) mod place;
mod plain;
mod poly;
mod poly_filter;
pub(crate) mod reading;
mod refusal_log;
mod serving;
mod session;
mod valid;
mod when;
mod ws;
mod ws_response;

#[cfg(feature = "server")]
pub(crate) use admission::NotAdmitted;
pub(crate) use admission::{check_host, check_origin};
pub(crate) use answer::ResponseFuture;
pub use answer::{Answer, WsAnswer};
pub(crate) use call::{Call, Captures, MAX_PARAMS, Outcome, ParamNames, Place};
pub(crate) use caught::{AfterPanic, Caught, called};
pub use client::{NextMessage, ReceiveError, Received, WsClient};
pub use consumed::IntoConsumed;
pub use consumer::WsConsumer;
pub(crate) use filter_names::{FilterNames, short_name};
pub(crate) use http::ErasedHttpHandler;
pub use http::{BoxHttpHandler, Filter, HttpHandler, IntoHttpHandler, Next};
pub use only::{http_only, ws_only};
pub(crate) use only::{over_http, over_ws};
pub(crate) use opens::Opens;
pub use over_upgrades::poly;
pub use place::IntoPolyFilter;
pub(crate) use plain::plain;
pub(crate) use poly::upgrade_required;
pub use poly::{IntoPolyHandler, PolyHandler};
pub use poly_filter::{BoxPolyFilter, PolyFilter};
pub(crate) use refusal_log::{RefusalKind, RefusalLog};
#[cfg(feature = "server")]
pub(crate) use serving::Responding;
#[cfg(feature = "server")]
pub(crate) use session::Budget;
#[cfg(any(feature = "server", feature = "client"))]
pub(crate) use session::Partial;
#[cfg(feature = "server")]
pub(crate) use session::Session;
pub use session::{
    CoalesceKey, IntoWsResult, SendError, SessionConfig, SlowConsumer, SocketInfo, Traffic,
    WebSocket, WsError, WsEvent, WsMetrics, WsResult, WsSender,
};
pub(crate) use session::{Gone, Handshake, Incoming, Outgoing, Progress, Stance, Transport, open};
pub(crate) use valid::without_body;
pub use when::{Later, Now};
pub(crate) use ws::ErasedWsHandler;
pub use ws::{BoxWsHandler, IntoWsHandler, WsFilter, WsHandler, WsNext};
pub(crate) use ws_response::WsResponseFuture;
#[cfg(feature = "client")]
pub(crate) use ws_response::is_reserved;
pub use ws_response::{HandshakeHeaderError, IntoWsResponse, WsResponse};
