//! http4k's WebSocket API in Rust.

mod handler;
mod lens;
#[cfg(feature = "macros")]
mod macros;
mod message;
mod routing;
mod wire;

#[doc(hidden)]
pub mod __private;

pub use handler::*;
pub use lens::*;
#[cfg(feature = "macros")]
pub use macros::*;
pub use message::*;
