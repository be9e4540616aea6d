//! Text, by `Display` and `FromStr`, in text messages.

use std::fmt::Display;
use std::str::FromStr;

use super::{Format, Message, invalid};
use crate::lens::{Cause, LensFailure, Location};
use crate::message::WsMessage;

/// `value` as a text message.
pub(super) fn into_message<T: Message + Display>(value: &T) -> Result<WsMessage, LensFailure> {
    Ok(WsMessage::new_text(value.to_string()))
}

/// The value of a message, of either kind, where it is UTF-8.
pub(super) fn from_message<T: Message + FromStr<Err: Into<Cause>>>(
    message: WsMessage,
) -> Result<T, LensFailure> {
    let text = std::str::from_utf8(message.as_bytes());
    let text = text.map_err(|cause| failure::<T>(cause))?;
    text.parse().map_err(|cause| failure::<T>(cause))
}

fn failure<T: Message>(cause: impl Into<Cause>) -> LensFailure {
    invalid(Location::Message, T::NAME, Format::Text, cause).into()
}

/// Text, as it stands.
impl Message for String {
    const NAME: &'static str = "String";
    const FORMATS: &'static [Format] = &[Format::Text];

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        Ok(WsMessage::new_text(self))
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        from_message(message)
    }
}
