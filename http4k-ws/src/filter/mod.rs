//! The stock filters.
//!
//! Each of them is a [`PolyFilter`](crate::PolyFilter), so it may stand before routes of any
//! protocol. A filter of one protocol has nothing to act on in the other.
//!
//! | filter | purpose | sees |
//! |---|---|---|
//! | [`guard`] | refuses requests that a check of yours rejects | every protocol |
//! | [`basic_auth`] | refuses requests without a name and a password | every protocol |
//! | [`Cors`] | refuses pages of other origins, and admits the listed ones | every protocol |
//! | [`tap`] | calls a function with each request | every protocol |
//! | [`print_traffic`] | prints a line for each request, response and message | every protocol |
//! | [`max_body`], [`body_stall`], [`min_body_rate`] | bound the bodies of requests | HTTP |
//! | [`session_config`] | bounds sockets | upgrades |
//! | [`subprotocols`] | chooses a subprotocol | upgrades |
//! | [`catch_failures`] | chooses the status that closes the socket of a failed consumer | upgrades |
//! | [`report_sockets`] | reports each socket when it ends | upgrades |
//! | [`record`] | records the messages of each socket | upgrades |
//!
//! [`poly`], [`http_only`] and [`ws_only`] make such
//! filters of functions over one protocol.

mod basic_auth;
mod body_bounds;
mod cors;
mod failures;
mod guard;
mod record;
mod session_config;
mod subprotocols;
mod tap;
mod traffic;
mod transactions;

pub use basic_auth::{Checked, Credentials, basic_auth};
pub use body_bounds::{body_stall, max_body, min_body_rate};
pub use cors::Cors;
pub use failures::{WsFailure, catch_failures};
pub use guard::guard;

pub use crate::handler::only::{http_only, ws_only};
pub use crate::handler::over_upgrades::poly;
pub use record::{Record, record};
pub use session_config::session_config;
pub use subprotocols::subprotocols;
pub use tap::tap;
pub use traffic::print_traffic;
pub use transactions::{WsTransaction, report_sockets};
