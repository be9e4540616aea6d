//! JSON, in text messages.

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use super::Message;
use crate::lens::{LensFailure, LensFailureKind};
use crate::message::WsMessage;

/// `value` as a text message of JSON.
///
/// # Errors
///
/// [`LensFailure`] when serde has no JSON for it, such as a map with keys that are no text.
pub fn into_message<T: Message + Serialize>(value: &T) -> Result<WsMessage, LensFailure> {
    let json = serde_json::to_string(value).map_err(|error| invalid::<T>(error))?;
    Ok(WsMessage::new_text(json))
}

/// The value of a message of JSON, text or binary.
///
/// # Errors
///
/// [`LensFailure`] with serde's line, column and cause.
pub fn from_message<T: Message + DeserializeOwned>(message: WsMessage) -> Result<T, LensFailure> {
    let bytes: Bytes = message.into_bytes();
    serde_json::from_slice(&bytes).map_err(|error| invalid::<T>(error))
}

fn invalid<T: Message>(error: serde_json::Error) -> LensFailure {
    LensFailure::new(LensFailureKind::Invalid, "message", T::NAME, error)
}
