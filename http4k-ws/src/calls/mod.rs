//! Calls over a socket: requests with typed replies, many at a time.
//!
//! An enum with [`derive(Calls)`] names the calls, their arguments and their replies.
//!
#![doc = crate::doc_link::macros!("derive(Calls)", "calls::Calls")]
//!
#![doc = include_str!("../docs/calls.md")]

mod call;
mod caught;
mod client;
mod config;
pub(crate) mod description;
mod envelope;
mod handles;
mod incoming;
mod open_calls;
mod problem;
mod reply_message;
mod request;
mod serve;
mod work;

pub use call::{CallArgs, CallHandle, CallInfo, CallValue, Calls, NoNotice};
#[cfg(feature = "client")]
pub(crate) use client::CallDriver;
pub use client::{CallClient, CallError, CallStream, Notices};
pub use config::CallsConfig;
pub use handles::{Replied, Replies, Reply};
#[doc(hidden)]
pub use incoming::IncomingCall;
pub use problem::{CallFailure, CallProblem, CallResult, ProblemPart};
pub use reply_message::CallReply;
pub use request::CallRequest;

#[cfg(feature = "macros")]
pub use http4k_ws_macros::Calls;

use crate::session::WebSocket;

/// The socket of a server that responds to the calls of `C`.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallSocket, Calls, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Now;
///
/// #[derive(Calls)]
/// enum Clock {
///     Now(Now, Reply<u64>),
/// }
///
/// async fn clock(ws: CallSocket<Clock>) -> WsResult {
///     ws.serve_calls(|Clock::Now(_, reply)| async move { reply.send(12) }).await
/// }
///
/// let mut client = clock.test_ws("/");
/// client.send(r#"{"id":1,"call":"now"}"#).unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"ok":12}"#);
/// ```
pub type CallSocket<C> = WebSocket<CallRequest<C>, CallReply<C>>;
