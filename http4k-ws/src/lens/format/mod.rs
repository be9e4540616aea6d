//! Wire formats: how a value becomes a message, and back.

#[cfg(feature = "json")]
pub mod json;

use super::{LensFailure, MessageLens};
use crate::message::WsMessage;

/// A type that travels as one message: what a [`WebSocket`](crate::WebSocket) can carry.
///
/// Most often derived, beside serde's two traits: then a value is one text message of JSON. Written by hand, it can be
/// any format. [`WsMessage`] itself is one, and so is [`Json`](crate::Json) over a serde type of another crate.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Failure, LensFailure, LensFailureKind, Location, Message, WsMessage};
///
/// /// A number, as text.
/// #[derive(Debug, PartialEq)]
/// struct Count(u64);
///
/// impl Message for Count {
///     const NAME: &'static str = "Count";
///
///     fn into_message(self) -> Result<WsMessage, LensFailure> {
///         Ok(self.0.to_string().into())
///     }
///
///     fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
///         message.text().parse().map(Count).map_err(|cause: std::num::ParseIntError| {
///             Failure::new(LensFailureKind::Invalid, Location::Message, "Count", "integer")
///                 .with_cause(cause)
///                 .into()
///         })
///     }
/// }
///
/// let lens = Count::lens();
/// assert_eq!(lens.create(Count(7)), Ok("7".into()));
/// assert_eq!(lens.get(&"7".into()), Ok(Count(7)));
/// let failure = lens.get(&"seven".into()).unwrap_err();
/// assert_eq!(failure.to_string(), "message `Count` must be integer: invalid digit found in string");
/// ```
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

    /// The view of a [`WsMessage`] as this type, both ways.
    fn lens() -> MessageLens<Self> {
        MessageLens::new()
    }
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
