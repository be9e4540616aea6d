//! Functions over values: handlers, consumers, filters and applications.
//!
//! A server is a function, so it can be called without a network. Each function has a plain form, a
//! trait for it, and a filter in front of it:
//!
//! | function | trait | filter |
//! |---|---|---|
//! | `Request -> Response` | [`HttpHandler`] | [`Filter`] |
//! | `Request -> WsResponse` | [`WsHandler`] | [`WsFilter`] |
//! | `WebSocket -> ()` | [`WsConsumer`], inside an accepting [`WsResponse`] | |
//! | `Sse -> ()` | [`IntoSseHandler`], which makes it a handler for HTTP | |
//! | one of each | [`PolyHandler`] | [`PolyFilter`] |
//!
//! ```
//! use http4k_ws::prelude::*;
//!
//! async fn greet(request: Request) -> String {
//!     format!("hello {}", request.uri().path())
//! }
//!
//! async fn logged(request: Request, next: Next) -> Response {
//!     next.call(request).await.with_header("x-logged", "yes")
//! }
//!
//! let app = logged.then(greet);
//! let response = app.test_http("/bob");
//! assert_eq!(response.header("x-logged"), Some("yes"));
//! assert_eq!(response.body(), "hello /bob");
//! ```

mod admission;
pub(crate) mod arguments;
mod box_poly_filter;
pub(crate) mod call;
mod caught;
mod changing;
mod consumer;
mod filter_names;
pub(crate) mod found_template;
mod future;
pub(crate) mod generated;
pub(crate) mod given;
mod http;
mod joined;
#[cfg(feature = "tower")]
mod kept;
pub(crate) mod only;
mod opens;
pub(crate) mod over_upgrades;
#[cfg(feature = "tower")]
mod pass_through;
pub(crate) mod place;
mod poly;
mod poly_filter;
pub(crate) mod position;
pub(crate) mod reading;
mod respond;
mod serving;
pub(crate) mod stream;
mod valid;
mod witnessed;
mod ws;
mod ws_response;

#[cfg(feature = "server")]
pub(crate) use admission::NotAdmitted;
pub(crate) use admission::{check_host, check_origin};
pub use box_poly_filter::BoxPolyFilter;
pub(crate) use call::Call;
pub use caught::HandlerPanic;
#[cfg(feature = "tower")]
pub(crate) use caught::internal_error;
pub(crate) use caught::{AfterPanic, called};
pub(crate) use changing::changing_ws;
pub use consumer::WsConsumer;
pub(crate) use filter_names::{FilterNames, short_name};
pub(crate) use future::{ResponseFuture, WsResponseFuture};
pub(crate) use http::ErasedHttpHandler;
pub use http::{BoxHttpHandler, Filter, HttpHandler, IntoHttpHandler, Next};
pub use joined::{BoxFilter, BoxWsFilter};
#[cfg(feature = "tower")]
pub(crate) use kept::KeptTypes;
pub(crate) use only::{over_http, over_ws};
pub(crate) use over_upgrades::over_all;
#[cfg(feature = "tower")]
pub(crate) use pass_through::{UpgradeHandle, is_passed_through, passed_through};
pub use place::IntoPolyFilter;
pub use poly::{IntoPolyHandler, PolyHandler};
pub(crate) use poly::{Unprovided, upgrade_required};
pub use poly_filter::PolyFilter;
pub(crate) use position::{Captures, MAX_PARAMS, Outcome, ParamNames, PathText, Place};
pub use respond::{IntoConsumed, IntoStreamed};
pub(crate) use respond::{Later, Now, WsRespond};
#[cfg(feature = "server")]
pub(crate) use serving::Responding;
pub use stream::IntoSseHandler;
pub(crate) use valid::without_body;
pub(crate) use ws::ErasedWsHandler;
pub use ws::{BoxWsHandler, IntoWsHandler, WsFilter, WsHandler, WsNext};
pub(crate) use ws_response::is_reserved;
pub use ws_response::{HandshakeHeaderError, IntoWsResponse, WsResponse};
