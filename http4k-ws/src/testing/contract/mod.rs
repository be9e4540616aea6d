//! Contract tests: one test, run on several backends.
//!
//! An application must behave in memory as it does on a server. A test over a [`Backend`] shows
//! that. It runs on [`InMemory`](crate::testing::InMemory), [`OverNetwork`] and [`OverDuplex`]. The
//! attribute [`contract_test`] generates one test for each of them, named for the backend.
//!
#![doc = crate::doc_link::contract_test!("contract_test")]
#![doc = crate::doc_link::contract!("OverDuplex")]
#![doc = crate::doc_link::contract!("OverNetwork")]
//!
//! ```
//! # #[cfg(all(feature = "server", feature = "client"))] {
//! use http4k_ws::prelude::*;
//! use http4k_ws::testing::InMemory;
//! use http4k_ws::testing::contract::{Backend, OverDuplex, OverNetwork};
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
pub(crate) mod private;

pub use backend::{AsyncBackend, Backend};
#[cfg(all(feature = "server", feature = "client"))]
pub use over_duplex::OverDuplex;
#[cfg(all(feature = "server", feature = "client"))]
pub use over_network::OverNetwork;
