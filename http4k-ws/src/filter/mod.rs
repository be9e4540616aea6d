//! The stock filters.

mod subprotocols;

pub use subprotocols::subprotocols;
