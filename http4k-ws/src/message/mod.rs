//! Values that travel: requests, responses and socket messages.
//!
//! Nothing here does I/O or needs a runtime.

mod body;
mod from_request;
mod http;
mod path_params;
mod ws_message;
mod ws_status;

pub use body::{Body, BodyError};
pub use from_request::{FromRequest, Rejection};
pub use http::{IntoRequest, IntoResponse, Request, RequestExt, Response, ResponseExt};
pub(crate) use path_params::percent_decoded;
pub use path_params::{FromPath, PathError, PathParams};
pub use ws_message::WsMessage;
pub use ws_status::{WsStatus, WsStatusError};
