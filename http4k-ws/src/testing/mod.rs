//! In-memory clients for an application, without a network.
//!
//! A test calls its application as a function. No port is opened, nothing sleeps, and a test that
//! passes once passes always:
//!
//! ```
//! use http4k_ws::prelude::*;
//!
//! async fn greet(ws: WebSocket, name: String) -> WsResult {
//!     Ok(ws.send(format!("hello {name}")).await?)
//! }
//!
//! let app = routes! {
//!     GET "/"   => http(|| "hiya world"),
//!     "/<name>" => ws(greet(ws, name)),
//! };
//! assert_eq!(app.test_http("/").body(), "hiya world");
//!
//! let mut client = app.test_ws("/bob");
//! assert_eq!(client.received().next().unwrap().unwrap().text(), "hello bob");
//! assert_eq!(client.closed(), Some(WsStatus::NORMAL));
//! ```
//!
#![doc = crate::doc_link::contract_test!("contract_test")]
#![doc = crate::doc_link::contract!("OverDuplex")]
#![doc = crate::doc_link::contract!("OverNetwork")]
//!
#![doc = include_str!("../docs/testing.md")]

#[cfg(feature = "testing")]
mod blocked;
mod client;
#[cfg(all(feature = "testing", feature = "json"))]
mod cluster;
pub mod contract;
mod current;
mod driven;
mod engine;
mod idle;
mod in_memory;
mod offline;
#[cfg(feature = "testing")]
mod outside;
mod own_thread;
mod pipe;
mod read_ahead;
mod runtime;
mod schedule;
mod seeds;
mod stream;
pub mod transcript;

#[cfg(all(feature = "server", feature = "client"))]
pub use client::DuplexWsClient;
pub use client::TestWsClient;
#[cfg(all(feature = "testing", feature = "json"))]
pub use cluster::Cluster;
pub use in_memory::{InMemory, InMemoryConfig};
pub use offline::Offline;
pub use seeds::{with_real_time, with_seed};
pub use stream::TestSseClient;

pub use crate::session::client::{NextMessage, ReceiveError, Received, WsClient};
pub use crate::sse::SseEnd;
pub use crate::sse::{NextEvent, SseClient, SseReceiveError, SseReceived};
