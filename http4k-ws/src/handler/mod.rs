//! Functions over values: what answers a request, what talks on a socket, and what wraps them.
//!
//! An [`HttpHandler`] is `Request -> Response`. A [`WsHandler`] is `Request -> WsResponse`, where the
//! response holds a [`WsConsumer`], `WebSocket -> ()`, or a refusal. A [`PolyHandler`] is one of each.

mod admission;
pub(crate) mod call;
mod caught;
mod consumer;
mod filter_names;
pub(crate) mod generated;
mod http;
pub(crate) mod only;
mod opens;
pub(crate) mod over_upgrades;
pub(crate) mod place;
mod poly;
mod poly_filter;
pub(crate) mod reading;
mod respond;
mod serving;
mod valid;
mod ws;
mod ws_response;

#[cfg(feature = "server")]
pub(crate) use admission::NotAdmitted;
pub(crate) use admission::{check_host, check_origin};
pub(crate) use call::{Call, Captures, MAX_PARAMS, Outcome, ParamNames, Place};
pub(crate) use caught::{AfterPanic, called};
pub use consumer::WsConsumer;
pub(crate) use filter_names::{FilterNames, short_name};
pub(crate) use http::ErasedHttpHandler;
pub use http::{BoxHttpHandler, Filter, HttpHandler, IntoHttpHandler, Next};
pub(crate) use only::{over_http, over_ws};
pub use place::IntoPolyFilter;
pub(crate) use poly::upgrade_required;
pub use poly::{IntoPolyHandler, PolyHandler};
pub use poly_filter::{BoxPolyFilter, PolyFilter};
pub use respond::IntoConsumed;
pub(crate) use respond::{Later, Now, ResponseFuture, WsRespond};
#[cfg(feature = "server")]
pub(crate) use serving::Responding;
pub(crate) use valid::without_body;
pub(crate) use ws::ErasedWsHandler;
pub use ws::{BoxWsHandler, IntoWsHandler, WsFilter, WsHandler, WsNext};
pub(crate) use ws_response::WsResponseFuture;
#[cfg(feature = "client")]
pub(crate) use ws_response::is_reserved;
pub use ws_response::{HandshakeHeaderError, IntoWsResponse, WsResponse};
