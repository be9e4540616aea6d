//! One open socket: the [`WebSocket`] of a consumer, its sender, its bounds and its events.
//!
//! The same session runs over a network connection and in memory, so that a test sees what a client
//! sees. [`SessionConfig`] has every bound, [`SlowConsumer`] the choices for a peer that reads too
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
//
// A `Session` is one future that polls two things: the consumer, which is the user's function over a
// `WebSocket`, and the pump, which moves messages between two bounded queues and a `Transport`.
// In one poll the pump reads what is there, the consumer responds to all of it, and the pump writes
// all responses and flushes once. The network and the in-memory client are only transports.

mod authenticate;
mod budget;
mod callbacks;
pub(crate) mod client;
mod config;
mod deadlines;
mod error;
mod handshake;
mod metrics;
mod observers;
mod outbound;
mod phase;
mod pump;
mod queue;
mod refusal_log;
mod round_trip;
mod sender;
mod shared;
mod slow_consumer;
mod socket;
mod trace;
mod transport;
#[cfg(feature = "client")]
mod unconnected;

#[cfg(feature = "server")]
pub(crate) use budget::Budget;
pub use config::SessionConfig;
pub use error::{IntoWsResult, SendError, WsError, WsResult};
pub(crate) use handshake::{Handshake, no_headers};
pub use metrics::{SocketInfo, Traffic, WsMetrics};
pub use observers::WsEvent;
#[cfg(feature = "client")]
pub(crate) use outbound::{Offered, Outbound};
pub(crate) use phase::Role;
#[cfg(feature = "server")]
pub(crate) use pump::Session;
pub(crate) use pump::{ConsumerFuture, open};
#[cfg(feature = "client")]
pub(crate) use queue::{Queue, Queued};
pub(crate) use refusal_log::{RefusalKind, RefusalLog};
pub use sender::WsSender;
pub use slow_consumer::{CoalesceKey, SlowConsumer};
pub use socket::WebSocket;
#[cfg(any(feature = "server", feature = "client"))]
pub(crate) use transport::Partial;
pub(crate) use transport::{Gone, Incoming, Outgoing, Progress, Transport};
