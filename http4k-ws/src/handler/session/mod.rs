//! One socket, as one state machine.
//!
//! A [`Session`] is one future that polls two things: the consumer, which is the user's function over a
//! [`WebSocket`], and the pump, which moves messages between two bounded queues and a [`Transport`].
//! In one poll the pump reads what is there, the consumer answers all of it, and the pump writes all
//! answers and flushes once. The network and the in-memory client are only transports.

mod authenticate;
mod budget;
mod callbacks;
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
mod round_trip;
mod sender;
mod shared;
mod slow_consumer;
mod socket;
mod trace;
mod transport;

#[cfg(feature = "server")]
pub(crate) use budget::Budget;
pub use config::SessionConfig;
pub use error::{IntoWsResult, SendError, WsError, WsResult};
pub(crate) use handshake::{Handshake, no_headers};
pub use metrics::{SocketInfo, Traffic, WsMetrics};
pub use observers::WsEvent;
pub(crate) use phase::Stance;
#[cfg(feature = "server")]
pub(crate) use pump::Session;
pub(crate) use pump::open;
pub use sender::WsSender;
pub use slow_consumer::{CoalesceKey, SlowConsumer};
pub use socket::WebSocket;
#[cfg(any(feature = "server", feature = "client"))]
pub(crate) use transport::Partial;
pub(crate) use transport::{Gone, Incoming, Outgoing, Progress, Transport};
