//! JSON (RFC 8259), in text messages and in bodies.

mod keys;

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

use super::formats::Format;
use super::notes::read_back;
use super::{checked, failing_path, invalid, with_path};
use crate::lens::failure::LensFailure;
use crate::lens::message::Message;
use crate::lens::meta::{Location, TypeName};
use crate::message::WsMessage;

/// Writes `value` as a text message.
///
#[doc = crate::doc_link::macros!("derive(Message)", "Message")]
///
/// # Errors
///
/// [`LensFailure`] if serde has no JSON for the value, such as NaN or a map whose keys are lists,
/// or if a `T` cannot be read from the JSON; see the table at
/// [`derive(Message)`].
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::json;
/// use http4k_ws::prelude::*;
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
/// struct Count {
///     number: u32,
/// }
///
/// let message = json::into_message(&Count { number: 4 })?;
/// assert_eq!(message, r#"{"number":4}"#);
/// # Ok::<(), http4k_ws::lens::LensFailure>(())
/// ```
pub fn into_message<T: Message + Serialize>(value: &T) -> Result<WsMessage, LensFailure> {
    write::<T, _>(value, T::NAME, |value| value)
}

/// Reads a value from a message of either kind.
///
/// # Errors
///
/// [`LensFailure`] with serde's line, column and cause.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::json;
/// use http4k_ws::prelude::*;
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
/// struct Count {
///     number: u32,
/// }
///
/// let count: Count = json::from_message(r#"{"number":4}"#.into())?;
/// assert_eq!(count, Count { number: 4 });
/// # Ok::<(), http4k_ws::lens::LensFailure>(())
/// ```
pub fn from_message<T: Message + DeserializeOwned>(message: WsMessage) -> Result<T, LensFailure> {
    match message.as_text() {
        Some(text) => read_text(text, Location::Message, T::NAME),
        None => read(message.as_bytes(), Location::Message, T::NAME),
    }
}

/// Writes `value`, which represents a `T`; `inside` returns it from a `T` that was read back.
pub(in crate::lens) fn write<T: Message, V: Serialize>(
    value: &V,
    name: impl Into<Cow<'static, str>>,
    inside: impl FnOnce(&T) -> &V,
) -> Result<WsMessage, LensFailure> {
    let serialize =
        |value: &V| checked::checking::<true, _, _>(value, |value| serde_json::to_string(value));
    let (written, notes) = serialize(value);
    match written {
        Ok(json) => {
            let message = WsMessage::new_text(json);
            let again = |value: &T| serialize(inside(value)).1;
            read_back(notes, Format::Json, message, name, again)
        }
        Err(cause) => Err(unwritable(Location::Message, name, cause)),
    }
}

/// Reads a value from bytes, which must be UTF-8 (RFC 8259 §8.1). They are checked at once, so that
/// no text in them is checked again.
pub(in crate::lens) fn read<T: DeserializeOwned>(
    json: &[u8],
    location: Location,
    name: impl Into<Cow<'static, str>>,
) -> Result<T, LensFailure> {
    match simdutf8::compat::from_utf8(json) {
        Ok(text) => read_text(text, location, name),
        Err(cause) => Err(invalid(location, name, Format::Json, cause).into()),
    }
}

/// Reads a value from text. A byte order mark in front is ignored (RFC 8259 §8.1).
pub(in crate::lens) fn read_text<T: DeserializeOwned>(
    json: &str,
    location: Location,
    name: impl Into<Cow<'static, str>>,
) -> Result<T, LensFailure> {
    let json = json.strip_prefix('\u{FEFF}').unwrap_or(json);
    serde_json::from_str(json).or_else(|cause| {
        if let Some(value) = keys::read(json.as_bytes(), &cause) {
            return Ok(value);
        }
        let failure = invalid(location, name, Format::Json, cause);
        let path = failing_path::<T, _>(&mut serde_json::Deserializer::from_str(json));
        Err(with_path(failure, path).into())
    })
}

/// Writes a value that need not be read back, as a text message.
pub(in crate::lens) fn write_as<T: Serialize>(
    value: &T,
    name: impl Into<Cow<'static, str>>,
) -> Result<WsMessage, LensFailure> {
    let (written, _) = checked::checking::<true, _, _>(value, |value| serde_json::to_string(value));
    let message = written.map(WsMessage::new_text);
    message.map_err(|cause| unwritable(Location::Message, name, cause))
}

/// Writes a value that need not be read back.
pub(in crate::lens) fn write_body<T: Serialize + ?Sized>(
    value: &T,
) -> Result<Vec<u8>, LensFailure> {
    let (written, _) = checked::checking::<true, _, _>(value, |value| serde_json::to_vec(value));
    written.map_err(|cause| unwritable(Location::Body, TypeName::<T>::new(), cause))
}

fn unwritable(
    location: Location,
    name: impl Into<Cow<'static, str>>,
    cause: serde_json::Error,
) -> LensFailure {
    let failure = invalid(location, name, Format::Json, checked::unwritten(cause));
    LensFailure::from(failure).in_writing()
}
