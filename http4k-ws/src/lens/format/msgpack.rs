//! MessagePack, in binary messages.
//!
//! A struct is a map of its fields' names, so that a peer in any language can read it.

use std::borrow::Cow;

use rmp_serde::Deserializer;
use rmp_serde::decode::{Error, ReadRefReader};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::formats::Format;
use super::notes::read_back;
use super::{checked, failing_path, invalid, with_path};
use crate::lens::failure::LensFailure;
use crate::lens::message::Message;
use crate::lens::message_part::Cause;
use crate::lens::meta::Location;
use crate::message::WsMessage;

/// The depth to which values may be nested, as in serde_json, so that no message overflows the
/// stack.
const MAX_DEPTH: usize = 128;

/// Writes `value` as a binary message.
pub(super) fn into_message<T: Message + Serialize>(value: &T) -> Result<WsMessage, LensFailure> {
    let write =
        |value: &T| checked::checking::<false, _, _>(value, |value| rmp_serde::to_vec_named(value));
    let (written, notes) = write(value);
    match written {
        Ok(bytes) => {
            let message = WsMessage::new_binary(bytes);
            let again = |value: &T| write(value).1;
            read_back(notes, Format::MessagePack, message, T::NAME, again)
        }
        Err(cause) => Err(failure::<T>(checked::unwritten(cause)).in_writing()),
    }
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
        let failure = invalid(Location::Message, name, Format::MessagePack, cause);
        let path = failing_path::<T, _>(&mut bounded(message.as_bytes()));
        with_path(failure, path).into()
    })
}

/// Writes a value that need not be read back.
#[cfg(feature = "json")]
pub(super) fn write_as<T: Serialize>(
    value: &T,
    name: impl Into<Cow<'static, str>>,
) -> Result<WsMessage, LensFailure> {
    let (written, _) =
        checked::checking::<false, _, _>(value, |value| rmp_serde::to_vec_named(value));
    written.map(WsMessage::new_binary).map_err(|cause| {
        let cause = checked::unwritten(cause);
        let failure = invalid(Location::Message, name, Format::MessagePack, cause);
        LensFailure::from(failure).in_writing()
    })
}

fn bounded(bytes: &[u8]) -> Deserializer<ReadRefReader<'_, [u8]>> {
    let mut deserializer = Deserializer::from_read_ref(bytes);
    deserializer.set_max_depth(MAX_DEPTH);
    deserializer
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Cause> {
    let mut deserializer = bounded(bytes);
    let value = T::deserialize(&mut deserializer)?;
    // A marker that cannot be read means that no bytes are left.
    match IgnoredAny::deserialize(&mut deserializer) {
        Err(Error::InvalidMarkerRead(_)) => Ok(value),
        _ => Err("bytes are left over behind the value".into()),
    }
}

fn failure<T: Message>(cause: impl Into<Cause>) -> LensFailure {
    invalid(Location::Message, T::NAME, Format::MessagePack, cause).into()
}
