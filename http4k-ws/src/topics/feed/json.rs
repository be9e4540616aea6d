//! Reading a feed in JSON.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Fields, Member};
use crate::message::WsMessage;

#[derive(Deserialize)]
struct Map<'a> {
    #[serde(rename = "type")]
    kind: String,
    at: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    member: Option<Member>,
    members: Option<usize>,
    present: Option<Vec<Member>>,
}

pub(super) fn read(message: &WsMessage) -> Result<Fields, serde_json::Error> {
    let map: Map<'_> = serde_json::from_slice(message.as_bytes())?;
    Ok(Fields {
        kind: map.kind,
        at: map.at,
        data: map
            .data
            .map(|data| message.as_bytes().slice_ref(data.get().as_bytes())),
        member: map.member,
        members: map.members,
        present: map.present,
    })
}

/// Writes bytes as the value `{"base64":"…"}`.
pub(in crate::topics) fn bytes_value(bytes: &[u8]) -> Bytes {
    let text = data_encoding::BASE64.encode(bytes);
    Bytes::from(format!("{{\"base64\":\"{text}\"}}"))
}

/// Reads a text, or bytes that [`bytes_value`] wrote.
pub(in crate::topics) fn read_value(data: &Bytes) -> Result<WsMessage, String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Text(String),
        Bytes { base64: String },
    }
    match serde_json::from_slice(data).map_err(|cause| cause.to_string())? {
        Value::Text(text) => Ok(WsMessage::new_text(text)),
        Value::Bytes { base64 } => data_encoding::BASE64
            .decode(base64.as_bytes())
            .map(WsMessage::new_binary)
            .map_err(|cause| cause.to_string()),
    }
}
