//! One test, several backends: a contract says what an application does, wherever it runs.
//!
//! A test over a [`Backend`] is run in each of them: [`InMemory`](crate::testing::InMemory), [`OverNetwork`], [`OverDuplex`]. The
//! attribute `contract_test` makes the tests, named for their backend.
//!
//! ```
//! # #[cfg(all(feature = "server", feature = "client"))] {
//! use http4k_ws::prelude::*;
//! use http4k_ws::testing::InMemory;
//! use http4k_ws::testing::contract::{OverDuplex, OverNetwork, Backend};
//!
//! async fn greet(ws: WebSocket, name: String) -> WsResult {
//!     Ok(ws.send(format!("hello {name}")).await?)
//! }
//!
//! fn app() -> PolyHandler {
//!     routes! { "/<name>" => ws(greet(ws, name)) }
//! }
//!
//! fn greets(backend: &impl Backend) {
//!     let mut client = backend.ws("/bob");
//!     assert_eq!(client.received().next().unwrap().unwrap().text(), "hello bob");
//!     assert_eq!(backend.http("/bob").status(), 426);
//! }
//!
//! greets(&InMemory::new(app()));
//! greets(&OverNetwork::new(app()));
//! greets(&OverDuplex::new(app()));
//! # }
//! ```

mod backend;
mod in_memory;
#[cfg(all(feature = "server", feature = "client"))]
mod over_duplex;
#[cfg(all(feature = "server", feature = "client"))]
mod over_network;
#[cfg(all(feature = "server", feature = "client"))]
pub(crate) mod running;

pub use backend::{AsyncBackend, Backend};
#[cfg(all(feature = "server", feature = "client"))]
pub use over_duplex::OverDuplex;
#[cfg(all(feature = "server", feature = "client"))]
pub use over_network::OverNetwork;
