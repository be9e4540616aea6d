//! Bytes, by `Into<Bytes>` and `TryFrom<Bytes>`, in binary messages.

use bytes::Bytes;

use super::{Format, Message, invalid};
use crate::lens::{Cause, LensFailure, Location};
use crate::message::WsMessage;

/// `value` as a binary message.
pub(super) fn into_message<T: Message + Into<Bytes>>(value: T) -> Result<WsMessage, LensFailure> {
    Ok(WsMessage::new_binary(value))
}

/// The value of a message, of either kind.
pub(super) fn from_message<T: Message + TryFrom<Bytes, Error: Into<Cause>>>(
    message: WsMessage,
) -> Result<T, LensFailure> {
    T::try_from(message.into_bytes())
        .map_err(|cause| invalid(Location::Message, T::NAME, Format::Binary, cause).into())
}

/// Bytes, as they stand, of either kind of message.
impl Message for Bytes {
    const NAME: &'static str = "Bytes";
    const FORMATS: &'static [Format] = &[Format::Binary];

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        Ok(WsMessage::new_binary(self))
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        Ok(message.into_bytes())
    }
}
