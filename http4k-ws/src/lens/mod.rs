//! Typed views of a message: values out of it, and into it.
//!
//! A [`Message`] is a type that travels as one socket message; [`LensFailure`] says what could not be read.

mod failure;
mod format;
mod location;
mod problem;
mod ws_message;

pub use failure::{Failure, LensFailure, LensFailureKind};
pub use format::Message;
#[cfg(feature = "json")]
pub use format::json::{self, Json, JsonExt};
pub use location::Location;
pub use ws_message::MessageLens;
