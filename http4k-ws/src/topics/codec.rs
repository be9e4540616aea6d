//! The conversion of a program's messages to and from entries.
//!
//! An entry has the first format of its type. Only a subscriber that uses another format causes a
//! conversion, once for all subscribers with that format.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;

use super::entry::Written;
use super::feed::{bytes_value, read_value};
use crate::lens::{Failure, Format, LensFailure, LensFailureKind, Location, Message};
use crate::message::WsMessage;

/// Writes a message for the log.
pub(super) fn written<M: Message>(value: M) -> Result<(Written, Bytes), LensFailure> {
    let message = value.into_message()?;
    let written = match M::FORMATS.first() {
        Some(format) => Written::In(*format),
        None if message.is_text() => Written::Text,
        None => Written::Bytes,
    };
    Ok((written, message.into_bytes()))
}

/// Reads a message of the log.
pub(super) fn value<M: Message>(written: Written, payload: &Bytes) -> Result<M, LensFailure> {
    let message = as_message(written, payload.clone());
    match written {
        Written::In(format) if M::FORMATS.contains(&format) => M::from_message_in(format, message),
        _ => M::from_message(message),
    }
}

/// Returns the `data` of a message, in the format of a feed.
pub(super) fn data_in<M: Message>(
    written: Written,
    payload: &Bytes,
    format: Format,
) -> Result<Bytes, LensFailure> {
    if written == Written::In(format) {
        return Ok(payload.clone());
    }
    if M::FORMATS.contains(&format) {
        let message = value::<M>(written, payload)?.into_message_in(format)?;
        return Ok(message.into_bytes());
    }
    if !written.is_text() {
        return Ok(bytes_value(payload));
    }
    let text = String::from_utf8_lossy(payload);
    match serde_json::to_vec(&text) {
        Ok(json) => Ok(json.into()),
        Err(cause) => Err(invalid::<M>(cause).in_writing()),
    }
}

/// Reads the `data` of a message, in the format of a feed.
pub(super) fn from_data<M: Message>(format: Format, data: Bytes) -> Result<M, LensFailure> {
    if M::FORMATS.contains(&format) {
        let message = as_message(Written::In(format), data);
        return M::from_message_in(format, message);
    }
    M::from_message(read_value(&data).map_err(invalid::<M>)?)
}

/// Returns a message for a subscriber that receives no reports, in its format.
fn plain<M: Message>(
    written: Written,
    payload: &Bytes,
    format: Option<Format>,
) -> Result<WsMessage, LensFailure> {
    let usual = M::FORMATS.first().copied();
    let wanted = format
        .filter(|format| M::FORMATS.contains(format))
        .or(usual);
    match wanted {
        Some(wanted) if written != Written::In(wanted) => {
            value::<M>(written, payload)?.into_message_in(wanted)
        }
        _ => Ok(as_message(written, payload.clone())),
    }
}

/// Returns the bytes as a message of their kind. Text that is not UTF-8, which no program of this
/// library writes, becomes a binary message.
fn as_message(written: Written, bytes: Bytes) -> WsMessage {
    match written.is_text() {
        true => WsMessage::text_from_utf8(bytes.clone())
            .unwrap_or_else(|_| WsMessage::new_binary(bytes)),
        false => WsMessage::new_binary(bytes),
    }
}

fn invalid<M: Message>(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> LensFailure {
    let kind = LensFailureKind::Invalid;
    let failure = Failure::new(kind, Location::Message, M::NAME, "a message of a topic");
    failure.with_cause(cause).into()
}

/// The conversions of one message type, for code that does not know the type.
pub(super) trait Codec: Send + Sync + 'static {
    /// Calls [`data_in`].
    fn data_in(
        &self,
        written: Written,
        payload: &Bytes,
        format: Format,
    ) -> Result<Bytes, LensFailure>;

    /// Calls [`plain`].
    fn plain(
        &self,
        written: Written,
        payload: &Bytes,
        format: Option<Format>,
    ) -> Result<WsMessage, LensFailure>;
}

/// The [`Codec`] of `M`.
pub(super) struct Of<M>(PhantomData<fn(M)>);

impl<M> Of<M> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M: Message> Codec for Of<M> {
    fn data_in(
        &self,
        written: Written,
        payload: &Bytes,
        format: Format,
    ) -> Result<Bytes, LensFailure> {
        data_in::<M>(written, payload, format)
    }

    fn plain(
        &self,
        written: Written,
        payload: &Bytes,
        format: Option<Format>,
    ) -> Result<WsMessage, LensFailure> {
        plain::<M>(written, payload, format)
    }
}

impl fmt::Debug for dyn Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codec")
    }
}
