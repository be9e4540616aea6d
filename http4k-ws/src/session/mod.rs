//! One open socket: the [`WebSocket`] of a consumer, its sender, its bounds and its events.
//!
//! The same session runs over a network connection and in memory, so that a test sees what a client
//! sees. [`SessionConfig`] has every bound, [`SlowConsumer`] the policies for a peer that reads too
//! slowly, and [`WsMetrics`] receives the events of all sockets.
//!
//! ```
//! use http4k_ws::prelude::*;
//!
//! async fn echo(mut ws: WebSocket) -> WsResult {
//!     while let Some(message) = ws.recv().await? {
//!         ws.send(message).await?;
//!     }
//!     Ok(())
//! }
//!
//! let mut client = echo.test_ws("/");
//! client.send("hello").unwrap();
//! assert_eq!(client.received().next().unwrap().unwrap(), "hello");
//! ```
//!
#![doc = include_str!("../docs/sockets.md")]
//
// A `Session` is one future that polls the consumer, which is the user's function over a
// `WebSocket`, and moves messages between two bounded queues and a `Transport`. `drive/mod.rs` has
// the steps of a poll, `park.rs` the protocol that shows it the changes of other tasks,
// `own_waker.rs` the waker by which it knows that its consumer was woken, and `deadlines.rs` the
// rules of the timer.

mod authenticate;
mod budget;
mod callbacks;
pub(crate) mod client;
mod config;
mod deadlines;
#[cfg(feature = "deflate")]
mod deflate;
mod deque;
mod drive;
mod error;
mod exchange;
mod group;
mod group_log;
mod message_filter;
mod metrics;
mod notify;
mod outbound;
mod own_waker;
mod park;
mod queue;
mod refusal_log;
mod round_trip;
mod sender;
mod slow_consumer;
mod socket;
mod state;
mod trace;
mod transport;
#[cfg(feature = "client")]
mod unconnected;

#[cfg(not(feature = "deflate"))]
pub use crate::switched_off::Deflate;
pub(crate) use budget::{Account, Accounted, Budget};
pub use config::SessionConfig;
#[cfg(feature = "deflate")]
pub use deflate::Deflate;
#[cfg(all(feature = "deflate", any(feature = "server", feature = "client")))]
pub(crate) use deflate::{DeflateTerms, MAX_WINDOW_BITS, MIN_WINDOW_BITS};
#[cfg(feature = "server")]
pub(crate) use drive::Session;
#[cfg(all(test, feature = "client"))]
pub(crate) use drive::line;
pub(crate) use drive::{ConsumerFuture, open};
#[doc(hidden)]
pub use error::ClosesWith;
pub use error::{IntoWsResult, SendError, WsError, WsResult};
pub(crate) use exchange::stand_in;
pub use group::{Group, GroupMember};
pub use message_filter::{MessageAction, MessageFilter};
pub(crate) use metrics::next_id;
pub use metrics::{SocketInfo, Traffic, WsMetrics};
pub use notify::WsEvent;
pub(crate) use outbound::{Offered, Outbound};
#[cfg(feature = "client")]
pub(crate) use queue::Queue;
pub(crate) use queue::Queued;
pub(crate) use refusal_log::{RefusalKind, RefusalLog};
pub use sender::WsSender;
#[cfg(feature = "json")]
pub(crate) use sender::key_of;
pub use slow_consumer::{CoalesceKey, SlowConsumer};
pub use socket::WebSocket;
#[cfg(any(feature = "server", feature = "client"))]
pub(crate) use transport::Partial;
#[cfg(feature = "client")]
pub(crate) use transport::no_headers;
pub(crate) use transport::{Gone, Handshake, Incoming, Outgoing, Progress, Role, Transport};
