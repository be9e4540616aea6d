//! The route table: the function that responds to a request, found by path, method and protocol.
//!
//! [`routes!`] generates a table that the compiler checks, and [`Routes`] builds the
//! same table at run time, by the same rules. [`Route`] and [`RouteTable`] list the routes of an
//! application, [`explain`] reports the reason for a match, and a [`Link`] is the path of a route.
//!
//! ```
//! use http4k_ws::prelude::*;
//! use http4k_ws::routing::Routes;
//!
//! # fn main() -> Result<(), http4k_ws::routing::RouteError> {
//! let app = Routes::new().http(Method::GET, "/", |_request: Request| "hiya world").build()?;
//! assert_eq!(app.test_http("/").body(), "hiya world");
//! assert_eq!(app.routes().to_string(), "GET  /  http\n");
//! # Ok(())
//! # }
//! ```
//!
#![doc = crate::doc_link::macros!("routes!", "routes")]
//!
#![doc = include_str!("../docs/routing.md")]
//
// `routes!` and the builder `Routes` both make a `Router`. It walks a path (`tree`, by the rules of
// `matching`) to an `Endpoint`, or to the response of `unmatched`. `check` rejects tables at run
// time, `across` at compile time. `accepted` chooses between a page and a stream at one path. The
// rules stand in the crate `http4k-ws-grammar`.

mod accepted;
pub(crate) mod across;
pub(crate) mod called;
pub(crate) mod captured;
mod check;
mod decoded;
mod described;
pub(crate) mod endpoint;
mod erased;
mod error;
pub mod explain;
pub(crate) mod filters;
mod flat;
mod incomplete;
mod leaves;
pub(crate) mod link;
pub(crate) mod link_tests;
pub(crate) mod matching;
mod method_set;
pub(crate) mod path;
mod report;
mod respond;
mod route;
pub(crate) mod router;
mod routes;
mod stated;
pub(crate) mod steps;
pub(crate) mod table;
mod tree;
pub(crate) mod unmatched;

pub use error::RouteError;
pub use link::Link;
pub use route::{Route, RouteTable};
pub use routes::{Methods, Routes};
pub use table::Protocol;
