//! Wire formats: how a value becomes a message, and back.

#[cfg(feature = "json")]
pub mod json;

use super::LensFailure;
use crate::message::WsMessage;

/// A type that travels as one message: what a [`WebSocket`](crate::WebSocket) can carry.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't travel as a message",
    label = "a `WebSocket` carries `WsMessage` or a type that derives `Message`",
    note = "add `#[derive(Message)]` to `{Self}`, beside serde's `Serialize` and `Deserialize`"
)]
pub trait Message: Sized + Send + 'static {
    /// What the message is called: the type's name.
    const NAME: &'static str;

    /// The variants of an enum, as they are called on the wire; empty for anything else.
    const VARIANTS: &'static [&'static str] = &[];

    /// The value as it travels.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] when the format has no form for this value.
    fn into_message(self) -> Result<WsMessage, LensFailure>;

    /// The value of a message.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] when the message is no such value; a socket then closes with 1007.
    fn from_message(message: WsMessage) -> Result<Self, LensFailure>;
}

impl Message for WsMessage {
    const NAME: &'static str = "WsMessage";

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        Ok(self)
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        Ok(message)
    }
}
