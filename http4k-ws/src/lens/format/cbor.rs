//! CBOR (RFC 8949), in binary messages.

use serde::{Serialize, de::DeserializeOwned};

use super::formats::Format;
use super::notes::read_back;
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
    let write = |value: &T| {
        checked::checking::<false, _, _>(value, |value| {
            let mut bytes = Vec::new();
            ciborium::into_writer(value, &mut bytes).map(|()| bytes)
        })
    };
    let (written, notes) = write(value);
    match written {
        Ok(bytes) => {
            let message = WsMessage::new_binary(bytes);
            let again = |value: &T| write(value).1;
            read_back(notes, Format::Cbor, message, T::NAME, again)
        }
        Err(cause) => {
            let cause = match cause {
                ciborium::ser::Error::Value(cause) => checked::unwritten(cause),
                other => other.to_string().into(),
            };
            let failure = invalid(Location::Message, T::NAME, Format::Cbor, cause);
            Err(LensFailure::from(failure).in_writing())
        }
    }
}

/// Reads a value from a message of either kind.
pub(super) fn from_message<T: Message + DeserializeOwned>(
    message: WsMessage,
) -> Result<T, LensFailure> {
    read(message.as_bytes()).map_err(|cause| {
        let failure = invalid(Location::Message, T::NAME, Format::Cbor, cause);
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
