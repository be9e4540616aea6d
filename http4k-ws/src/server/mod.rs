//! An application on a port: HTTP and WebSocket, by hyper and by the session over the wire.
//!
//! A connection speaks HTTP first ([`connection`]). A request that asks for an upgrade goes through the
//! opening handshake ([`upgrade`]) to the application's ws side, any other ([`http`]) to its http side.
//! Accepted, the connection leaves hyper and lives on as a session in a task of its own. With the feature
//! `http2`, one that begins so speaks HTTP/2, by the same rules.
//!
//! ```no_run
//! use http4k_ws::{Request, Serve};
//!
//! # async fn serve() -> std::io::Result<()> {
//! (|_request: Request| "hello").serve("127.0.0.1:9000").await
//! # }
//! ```

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
