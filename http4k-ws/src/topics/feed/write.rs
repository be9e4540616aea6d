//! Writing a feed. The data of a message is spliced in, so that it is encoded once.

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

use super::{Member, Position, invalid};
use crate::lens::{Format, LensFailure};
use crate::message::WsMessage;

/// The writer of feeds in one format.
#[derive(Debug, Clone, Copy)]
pub(in crate::topics) struct Envelope(Format);

#[derive(Serialize)]
struct OfMember<'a> {
    r#type: &'static str,
    at: String,
    member: &'a Member,
}

#[derive(Serialize)]
struct CaughtUp<'a> {
    r#type: &'static str,
    at: String,
    members: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    present: Option<&'a [Member]>,
}

#[derive(Serialize)]
struct Lost {
    r#type: &'static str,
    at: String,
}

impl Envelope {
    pub(in crate::topics) fn new(format: Format) -> Self {
        Self(format)
    }

    /// Writes a message whose `data` is in the format of the feed.
    pub(in crate::topics) fn message(self, at: Position, data: &[u8]) -> WsMessage {
        let front = self.front(at);
        let mut bytes = BytesMut::with_capacity(front.len() + data.len() + 1);
        bytes.put_slice(&front);
        bytes.put_slice(data);
        if self.0.is_text() {
            bytes.put_u8(b'}');
        }
        self.finished(bytes.freeze())
    }

    /// Returns the bytes of a message before its data, which comes last.
    pub(super) fn front(self, at: Position) -> Vec<u8> {
        let at = at.to_string();
        let mut front = Vec::with_capacity(64);
        match self.0 {
            Format::MessagePack => {
                // A map of three. Texts of up to 31 bytes have one byte in front, others two.
                front.put_u8(0x83);
                for text in ["type", "message", "at", &at, "data"] {
                    match text.len() {
                        short @ 0..=31 => front.put_u8(0xA0 | short as u8),
                        long => front.put_slice(&[0xD9, long as u8]),
                    }
                    front.put_slice(text.as_bytes());
                }
            }
            Format::Cbor => {
                // A map of three. Texts of up to 23 bytes have one byte in front, others two.
                front.put_u8(0xA3);
                for text in ["type", "message", "at", &at, "data"] {
                    match text.len() {
                        short @ 0..=23 => front.put_u8(0x60 | short as u8),
                        long => front.put_slice(&[0x78, long as u8]),
                    }
                    front.put_slice(text.as_bytes());
                }
            }
            _ => {
                front.put_slice(b"{\"type\":\"message\",\"at\":\"");
                front.put_slice(at.as_bytes());
                front.put_slice(b"\",\"data\":");
            }
        }
        front
    }

    /// Writes a change of the members.
    pub(in crate::topics) fn member(
        self,
        kind: &'static str,
        at: Position,
        member: &Member,
    ) -> Result<WsMessage, LensFailure> {
        self.map(&OfMember {
            r#type: kind,
            at: at.to_string(),
            member,
        })
    }

    /// Writes the report that a subscriber has caught up.
    pub(in crate::topics) fn caught_up(
        self,
        at: Position,
        members: usize,
        present: Option<&[Member]>,
    ) -> Result<WsMessage, LensFailure> {
        self.map(&CaughtUp {
            r#type: "caughtUp",
            at: at.to_string(),
            members,
            present,
        })
    }

    /// Writes the report of a loss.
    pub(in crate::topics) fn lost(self, at: Position) -> Result<WsMessage, LensFailure> {
        self.map(&Lost {
            r#type: "lost",
            at: at.to_string(),
        })
    }

    fn map(self, value: &impl Serialize) -> Result<WsMessage, LensFailure> {
        let written = match self.0 {
            #[cfg(feature = "msgpack")]
            Format::MessagePack => rmp_serde::to_vec_named(value).map_err(|e| e.to_string()),
            #[cfg(feature = "cbor")]
            Format::Cbor => {
                let mut bytes = Vec::new();
                let written = ciborium::into_writer(value, &mut bytes);
                written.map(|()| bytes).map_err(|e| e.to_string())
            }
            _ => serde_json::to_vec(value).map_err(|e| e.to_string()),
        };
        match written {
            Ok(bytes) => Ok(self.finished(bytes.into())),
            Err(cause) => Err(invalid(self.0, cause).in_writing()),
        }
    }

    /// Returns the message of this format with `bytes`.
    pub(in crate::topics) fn finished(self, bytes: Bytes) -> WsMessage {
        match self.0.is_text() {
            true => WsMessage::text_from_utf8(bytes.clone())
                .unwrap_or_else(|_| WsMessage::new_binary(bytes)),
            false => WsMessage::new_binary(bytes),
        }
    }
}
