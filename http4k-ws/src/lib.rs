//! http4k's WebSocket API in Rust.

mod handler;
mod lens;
mod message;
mod testing;
mod wire;

pub use handler::*;
pub use lens::*;
pub use message::*;
pub use testing::*;
