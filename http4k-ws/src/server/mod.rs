//! Servers for HTTP and WebSocket, with a bound on everything that a client may do.
//!
//! [`Serve`] turns an application into a [`Server`]. [`ServerConfig`] holds the bounds, each with a
//! default. A [`RunningServer`] is stopped in three steps, whose results are in [`ShutdownReport`].
//!
//! ```no_run
//! use http4k_ws::{Request, Serve};
//!
//! # async fn serve() -> std::io::Result<()> {
//! (|_request: Request| "hello").serve("127.0.0.1:9000").await
//! # }
//! ```
//!
#![doc = crate::doc_link::guide!("listeners")]
//!
#![doc = include_str!("../docs/server.md")]
//
// The order in which a connection goes through the files:
//
// accept (listeners, admission) → connection: secure → preamble → http1 or http2 → request →
// upgrade, upgraded

mod accept;
mod admission;
mod config;
mod connection;
#[cfg(feature = "deflate")]
mod deflate;
mod descriptors;
mod first_due;
mod http1;
#[cfg(feature = "http2")]
mod http2;
mod listeners;
mod long_writes;
mod preamble;
mod proxy_protocol;
mod request;
#[cfg(any(feature = "tls", feature = "http2"))]
mod rewind;
mod running;
mod secure;
mod serve;
#[cfg(feature = "tower")]
mod service;
mod shutdown;
mod socket;
mod state;
mod stream;
mod upgrade;
mod upgraded;

pub use config::ServerConfig;
#[cfg(feature = "http2")]
pub use http2::Http2Config;
pub use listeners::{Accepted, Listen, ListenAddr, Listeners};
#[cfg(unix)]
pub use listeners::{BoundUnixSocket, UnixSocket};
pub use running::{RunningServer, Server};
pub use serve::Serve;
#[cfg(feature = "tower")]
pub use service::PolyService;
pub use shutdown::ShutdownReport;

#[cfg(not(feature = "http2"))]
pub use crate::switched_off::Http2Config;
#[cfg(not(feature = "tls"))]
pub use crate::switched_off::ServerTls;
#[cfg(feature = "tls")]
pub use crate::tls::server::ServerTls;
