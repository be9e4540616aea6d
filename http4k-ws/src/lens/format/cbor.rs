//! CBOR (RFC 8949), in binary messages.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

use super::formats::Format;
use super::notes::{Notes, read_back};
use super::{FailingPath, checked, invalid, with_path};
use crate::lens::failure::LensFailure;
use crate::lens::message::Message;
use crate::lens::message_part::Cause;
use crate::lens::meta::Location;
use crate::message::WsMessage;

/// The depth to which values may be nested, as in serde_json.
const MAX_DEPTH: usize = 128;

/// Writes `value` as a binary message.
pub(super) fn into_message<T: Message + Serialize>(value: &T) -> Result<WsMessage, LensFailure> {
    let (written, notes) = serialize(value);
    let message = written.map_err(|cause| unwritable(T::NAME, cause))?;
    let again = |value: &T| serialize(value).1;
    read_back(notes, Format::Cbor, message, T::NAME, again)
}

/// Writes a value that need not be read back.
#[cfg(feature = "json")]
pub(super) fn write_as<T: Serialize>(
    value: &T,
    name: impl Into<Cow<'static, str>>,
) -> Result<WsMessage, LensFailure> {
    serialize(value).0.map_err(|cause| unwritable(name, cause))
}

type WriteError = ciborium::ser::Error<std::io::Error>;

fn serialize<T: Serialize>(value: &T) -> (Result<WsMessage, WriteError>, Notes) {
    checked::checking::<false, _, _>(value, |value| {
        let mut bytes = Vec::new();
        ciborium::into_writer(value, &mut bytes).map(|()| WsMessage::new_binary(bytes))
    })
}

fn unwritable(name: impl Into<Cow<'static, str>>, cause: WriteError) -> LensFailure {
    let cause = match cause {
        ciborium::ser::Error::Value(cause) => checked::unwritten(cause),
        other => other.to_string().into(),
    };
    let failure = invalid(Location::Message, name, Format::Cbor, cause);
    LensFailure::from(failure).in_writing()
}

/// Reads a value from a message of either kind.
pub(super) fn from_message<T: Message + DeserializeOwned>(
    message: WsMessage,
) -> Result<T, LensFailure> {
    read_as(&message, T::NAME)
}

/// Reads a value, which need not be a message of its own, from a message of either kind.
pub(super) fn read_as<T: DeserializeOwned>(
    message: &WsMessage,
    name: impl Into<Cow<'static, str>>,
) -> Result<T, LensFailure> {
    read(message.as_bytes()).map_err(|cause| {
        let failure = invalid(Location::Message, name, Format::Cbor, cause);
        let path = read_prefix::<FailingPath<T>>(&mut message.as_bytes().as_ref());
        with_path(failure, path.ok().and_then(|path| path.0)).into()
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Cause> {
    let mut rest = bytes;
    match (read_prefix(&mut rest)?, rest) {
        (value, []) => Ok(value),
        _ => Err("bytes are left over behind the value".into()),
    }
}

/// Reads one value from the front of `bytes`, and leaves the rest in it.
fn read_prefix<T: DeserializeOwned>(bytes: &mut &[u8]) -> Result<T, Cause> {
    ciborium::de::from_reader_with_recursion_limit(bytes, MAX_DEPTH).map_err(|cause| {
        use ciborium::de::Error;
        match cause {
            Error::Io(_) => "the bytes end too early".into(),
            Error::Syntax(at) => format!("byte {at} is not valid CBOR").into(),
            Error::Semantic(_, cause) => cause.into(),
            Error::RecursionLimitExceeded => "it is nested too deep".into(),
        }
    })
}
