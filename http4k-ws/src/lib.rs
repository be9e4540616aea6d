//! http4k's WebSocket API in Rust.

#[cfg(feature = "client")]
mod client;
mod handler;
mod lens;
mod message;
#[cfg(feature = "server")]
mod server;
mod testing;
mod wire;

pub use bytes::Bytes;
pub use http::{HeaderMap, Method, StatusCode, Uri};

#[cfg(feature = "client")]
pub use client::{BlockingWebSocket, ConnectError, OpeningHandshake, WebSocketClient};
pub use handler::*;
pub use lens::*;
pub use message::*;
#[cfg(feature = "server")]
pub use server::{RunningServer, Serve, Server, ServerConfig};
pub use testing::*;
