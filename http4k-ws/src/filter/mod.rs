//! The stock filters.
//!
//! | what stands in front | over |
//! |---|---|
//! | [`Cors`]: which pages may use the application; [`basic_auth`]: who may | HTTP and sockets |
//! | [`tap`]: a look at each request; [`print_traffic`]: a line for all that travels | HTTP and sockets |
//! | [`max_body`], [`body_stall`], [`min_body_rate`]: the bounds of bodies | HTTP |
//! | [`session`]: the bounds of sockets; [`subprotocols`]: which is chosen | sockets |
//! | [`catch_failures`]: what a consumer's failure closes with; [`report_sockets`]: a record for each; [`record`]: what it said | sockets |

mod basic_auth;
mod body_bounds;
mod cors;
mod failures;
mod record;
mod session;
mod subprotocols;
mod tap;
mod traffic;
mod transactions;

pub use basic_auth::{Credentials, basic_auth};
pub use body_bounds::{body_stall, max_body, min_body_rate};
pub use cors::Cors;
pub use failures::{WsFailure, catch_failures};
pub use record::{Record, record};
pub use session::session;
pub use subprotocols::subprotocols;
pub use tap::tap;
pub use traffic::print_traffic;
pub use transactions::{WsTransaction, report_sockets};
