//! Values with named fields, in each format that has them.
//!
//! Messages that are read in two steps, such as an envelope and the value in it, use these.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

use super::formats::Format;
use super::json;
use crate::lens::failure::LensFailure;
use crate::lens::meta::Location;
use crate::message::WsMessage;

/// The formats with named fields that are built in, JSON first.
pub(crate) const NAMED_FORMATS: &[Format] = &[
    Format::Json,
    #[cfg(feature = "msgpack")]
    Format::MessagePack,
    #[cfg(feature = "cbor")]
    Format::Cbor,
];

/// Returns the format of a socket whose subprotocol names `format`: JSON unless it names another
/// format with fields.
pub(crate) fn named_format(format: Option<Format>) -> Format {
    let named = format.filter(|format| NAMED_FORMATS.contains(format));
    named.unwrap_or(Format::Json)
}

/// Reads a value from a message of either kind.
///
/// # Errors
///
/// [`LensFailure`] with the path of the field that failed. `name` is that of the value.
pub(crate) fn read_named<T: DeserializeOwned>(
    format: Format,
    message: &WsMessage,
    name: impl Into<Cow<'static, str>>,
) -> Result<T, LensFailure> {
    match format {
        #[cfg(feature = "msgpack")]
        Format::MessagePack => super::msgpack::read_as(message, name),
        #[cfg(feature = "cbor")]
        Format::Cbor => super::cbor::read_as(message, name),
        _ => match message.as_text() {
            Some(text) => json::read_text(text, Location::Message, name),
            None => json::read(message.as_bytes(), Location::Message, name),
        },
    }
}

/// Writes a value as a message. It is not read back.
///
/// # Errors
///
/// [`LensFailure`] if the format cannot represent the value.
pub(crate) fn write_named<T: Serialize>(
    format: Format,
    value: &T,
    name: impl Into<Cow<'static, str>>,
) -> Result<WsMessage, LensFailure> {
    match format {
        #[cfg(feature = "msgpack")]
        Format::MessagePack => super::msgpack::write_as(value, name),
        #[cfg(feature = "cbor")]
        Format::Cbor => super::cbor::write_as(value, name),
        _ => json::write_as(value, name),
    }
}
