//! CBOR (RFC 8949), in binary messages.

use serde::{Serialize, de::DeserializeOwned};

use super::path::Tracked;
use super::{Format, Message, checked, invalid, path};
use crate::lens::{Cause, LensFailure, Location};
use crate::message::WsMessage;

/// How deep values may be nested, as in serde_json.
const MAX_DEPTH: usize = 128;

/// `value` as a binary message.
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
            checked::read_back(notes, Format::Cbor, message, T::NAME, again)
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

/// The value of a message, of either kind.
pub(super) fn from_message<T: Message + DeserializeOwned>(
    message: WsMessage,
) -> Result<T, LensFailure> {
    read(message.as_bytes()).map_err(|cause| {
        let failure = invalid(Location::Message, T::NAME, Format::Cbor, cause);
        let path = read_some::<Tracked<T>>(&mut message.as_bytes().as_ref());
        path::added(failure, path.ok().and_then(|tracked| tracked.0)).into()
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Cause> {
    let mut rest = bytes;
    match (read_some(&mut rest)?, rest) {
        (value, []) => Ok(value),
        _ => Err("bytes are left over behind the value".into()),
    }
}

fn read_some<T: DeserializeOwned>(bytes: &mut &[u8]) -> Result<T, Cause> {
    ciborium::de::from_reader_with_recursion_limit(bytes, MAX_DEPTH).map_err(|cause| {
        use ciborium::de::Error;
        match cause {
            Error::Io(_) => "the bytes end too early".into(),
            Error::Syntax(at) => format!("byte {at} is no CBOR").into(),
            Error::Semantic(_, cause) => cause.into(),
            Error::RecursionLimitExceeded => "it is nested too deep".into(),
        }
    })
}
