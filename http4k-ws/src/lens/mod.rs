//! Typed views of a message.

mod failure;
mod format;

pub use failure::{LensFailure, LensFailureKind};
pub use format::Message;
#[cfg(feature = "json")]
pub use format::json;
