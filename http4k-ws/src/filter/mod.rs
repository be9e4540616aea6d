//! The stock filters.

mod session;
mod subprotocols;

pub use session::session;
pub use subprotocols::subprotocols;
