//! What `#[derive(Message)]` calls, so that a missing serde trait is reported in the derive's own words.

use serde::{Serialize, de::DeserializeOwned};

use crate::lens::{LensFailure, Message};
use crate::message::WsMessage;

/// A type that serde can write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` derives `Message` and lacks serde's `Serialize`",
    label = "serde can't write this type",
    note = "write `#[derive(Serialize, Deserialize, Message)]`"
)]
pub trait Written: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Written for T {}

/// A type that serde can read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` derives `Message` and lacks serde's `Deserialize`",
    label = "serde can't read this type",
    note = "write `#[derive(Serialize, Deserialize, Message)]`"
)]
pub trait Read: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Read for T {}

/// As [`super::into_message`].
pub fn into_message<T: Message + Written>(value: &T) -> Result<WsMessage, LensFailure> {
    super::into_message(value)
}

/// As [`super::from_message`].
pub fn from_message<T: Message + Read>(message: WsMessage) -> Result<T, LensFailure> {
    super::from_message(message)
}
