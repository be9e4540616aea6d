//! The route table: the function that responds to a request, found by path, method and protocol.
//!
//! [`routes!`](crate::routes) writes a table that the compiler checks; [`Routes`] builds the same table at
//! run time, by the same rules. [`Route`] and [`RouteTable`] list the routes of an application,
//! [`explain`] reports the reason for a match, and a [`Link`] is a path made from a route.
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
//
// `written` has the functions that the macro's expansion calls, `routes` the builder. Both make a
// `router`, which walks a path (`walk`, by the rules of `matching`) to an `endpoint` or to the
// response of `unmatched`. `check` and `across` reject tables, at run time and at compile time.

pub(crate) mod across;
mod check;
mod decoded;
pub(crate) mod endpoint;
mod error;
pub mod explain;
pub(crate) mod filters;
mod flat;
mod leaves;
pub(crate) mod link;
pub(crate) mod matching;
pub(crate) mod path;
mod report;
mod route;
pub(crate) mod router;
mod routes;
pub(crate) mod table;
mod tree;
pub(crate) mod unmatched;

pub use error::RouteError;
pub use link::Link;
pub use route::{Route, RouteTable};
pub use routes::{Methods, Routes};
pub use table::Protocol;
