//! Reading a feed in MessagePack or CBOR.
//!
//! The data of a message is cut out by its place: [`Envelope`] writes it last, behind a front that
//! depends on the position alone.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Envelope, Fields, Member};
use crate::lens::Format;
use crate::message::WsMessage;

#[derive(Deserialize)]
struct Map {
    #[serde(rename = "type")]
    kind: String,
    at: String,
    #[serde(default)]
    data: Option<IgnoredAny>,
    #[serde(default)]
    member: Option<Member>,
    #[serde(default)]
    members: Option<usize>,
    #[serde(default)]
    present: Option<Vec<Member>>,
}

/// The depth to which values may be nested, as in other messages.
#[cfg(any(feature = "msgpack", feature = "cbor"))]
const MAX_DEPTH: usize = 128;

fn map(format: Format, bytes: &[u8]) -> Result<Map, String> {
    match format {
        #[cfg(feature = "msgpack")]
        Format::MessagePack => {
            let mut reader = rmp_serde::Deserializer::from_read_ref(bytes);
            reader.set_max_depth(MAX_DEPTH);
            Map::deserialize(&mut reader).map_err(|cause| cause.to_string())
        }
        #[cfg(feature = "cbor")]
        Format::Cbor => ciborium::de::from_reader_with_recursion_limit(bytes, MAX_DEPTH)
            .map_err(|cause| cause.to_string()),
        other => {
            let _unread = bytes;
            Err(format!("{other} is not built in"))
        }
    }
}

pub(super) fn read(format: Format, message: &WsMessage) -> Result<Fields, String> {
    let bytes = message.as_bytes();
    let map = map(format, bytes)?;
    let data = match map.data {
        None => None,
        Some(_) => {
            let at = map.at.parse().map_err(|_| "the position is malformed")?;
            let front = Envelope::new(format).front(at);
            if !bytes.starts_with(&front) {
                return Err("the fields must be `type`, `at` and `data`, in this order".into());
            }
            Some(bytes.slice(front.len()..))
        }
    };
    Ok(Fields {
        kind: map.kind,
        at: map.at,
        data,
        member: map.member,
        members: map.members,
        present: map.present,
    })
}
