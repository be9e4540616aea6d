//! An application on a port: HTTP and WebSocket, within bounds for everything that a peer may do.
//!
//! [`Serve`] turns an application into a [`Server`], and [`ServerConfig`] has the bounds, with a default
//! for each. A [`RunningServer`] is stopped in three steps, which [`ShutdownReport`] counts.
//!
//! ```no_run
//! use http4k_ws::{Request, Serve};
//!
//! # async fn serve() -> std::io::Result<()> {
//! (|_request: Request| "hello").serve("127.0.0.1:9000").await
//! # }
//! ```
//
// A connection starts as HTTP (`connection`). A request for an upgrade goes through the opening
// handshake (`upgrade`) to the ws side of the application, any other request (`http`) to its http
// side. An accepted upgrade leaves hyper and becomes a session in a task of its own. With the
// feature `http2`, a connection that opens with the preface of HTTP/2 follows the same rules.

mod accept;
mod admission;
mod beginning;
mod body;
mod config;
mod connection;
mod descriptors;
mod expected;
mod framing;
mod http;
#[cfg(feature = "http2")]
mod http2;
mod info;
mod io;
mod known;
mod leaving;
mod listeners;
mod opened;
#[cfg(any(feature = "tls", feature = "http2"))]
mod rewound;
mod rules;
mod running;
mod scratch;
mod serve;
mod shared;
mod shutdown;
mod signals;
mod stall;
mod tcp;
mod timer;
#[cfg(feature = "tls")]
mod tls;
mod upgrade;
mod written;

pub use config::ServerConfig;
#[cfg(feature = "http2")]
pub use http2::Http2Config;
pub use running::{RunningServer, Server};
pub use serve::Serve;
pub use shutdown::ShutdownReport;

#[cfg(not(feature = "http2"))]
pub use crate::switched_off::Http2Config;
#[cfg(not(feature = "tls"))]
pub use crate::switched_off::ServerTls;
#[cfg(feature = "tls")]
pub use crate::tls::server::ServerTls;
