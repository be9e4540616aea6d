//! The stock filters.

mod body_bounds;
mod session;
mod subprotocols;

pub use body_bounds::{body_stall, max_body};
pub use session::session;
pub use subprotocols::subprotocols;
