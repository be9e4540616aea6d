//! The stock filters.

mod body_bounds;
mod subprotocols;

pub use body_bounds::{body_stall, max_body};
pub use subprotocols::subprotocols;
