//! The entries of a log, as nodes write them to the engine and read them back.
//!
//! ```text
//! version u8 = 1 | kind u8 | format u8 | key length u16 | node u64 | number u64 | key | payload
//! ```
//!
//! Numbers are big-endian. The payload of a message has the first format of its type. A node reads
//! entries of other versions of the program, so an entry that it cannot read is skipped.

use bytes::{BufMut, Bytes, BytesMut};

use serde::Serialize;

use super::engine::{Member, MemberId, NodeId};
use crate::lens::Format;

const VERSION: u8 = 1;

/// The bytes before the key.
const HEAD: usize = 1 + 1 + 1 + 2 + 8 + 8;

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A message of the program.
    Message,
    /// A member joined or changed its name. The payload is the member, in JSON.
    Joined,
    /// A member left. The payload is its last known state, in JSON.
    Left,
    /// Members are removed by the program. The payload is a list of their ids, in JSON.
    Evicted,
}

/// The serialization of a message in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// One of the formats of its type.
    In(Format),
    /// Text of a type without formats.
    Text,
    /// Bytes of a type without formats.
    Bytes,
}

/// An entry that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) written: Written,
    /// The membership that does not receive the entry. `None` if all receive it.
    pub(super) except: Option<MemberId>,
    /// The key, by which the entry supersedes earlier ones for subscribers that lag. Empty for
    /// none.
    pub(super) key: Bytes,
    pub(super) payload: Bytes,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Message, Self::Joined, Self::Left, Self::Evicted];
}

impl Written {
    const ALL: [Self; 7] = [
        Self::Text,
        Self::Bytes,
        Self::In(Format::Json),
        Self::In(Format::MessagePack),
        Self::In(Format::Cbor),
        Self::In(Format::Text),
        Self::In(Format::Binary),
    ];

    /// Returns `true` if the payload is text.
    pub(super) fn is_text(self) -> bool {
        match self {
            Self::In(format) => format.is_text(),
            Self::Text => true,
            Self::Bytes => false,
        }
    }
}

/// Returns the place of `item` in `all`.
fn code<T: PartialEq>(all: &[T], item: &T) -> u8 {
    let place = all.iter().position(|known| known == item);
    place.map_or(u8::MAX, |place| place as u8)
}

impl Entry {
    /// Creates an entry about a member.
    pub(super) fn about(kind: Kind, member: &Member) -> Self {
        Self::of_json(kind, member)
    }

    /// Creates an entry that removes members.
    pub(super) fn evicting(members: &[MemberId]) -> Self {
        Self::of_json(Kind::Evicted, members)
    }

    fn of_json<T: Serialize + ?Sized>(kind: Kind, value: &T) -> Self {
        // Texts and numbers always have JSON.
        let payload = serde_json::to_vec(value).unwrap_or_default();
        Self {
            kind,
            written: Written::In(Format::Json),
            except: None,
            key: Bytes::new(),
            payload: payload.into(),
        }
    }

    /// Returns the member that the entry reports.
    pub(super) fn member(&self) -> Option<Member> {
        serde_json::from_slice(&self.payload).ok()
    }

    /// Returns the members that the entry removes.
    pub(super) fn evicted(&self) -> Vec<MemberId> {
        serde_json::from_slice(&self.payload).unwrap_or_default()
    }

    /// Writes the entry. A key of more than 65,535 bytes is left out.
    pub(super) fn to_bytes(&self) -> Bytes {
        let (key, length) = match u16::try_from(self.key.len()) {
            Ok(length) => (&self.key[..], length),
            Err(_) => (&[][..], 0),
        };
        let mut bytes = BytesMut::with_capacity(HEAD + key.len() + self.payload.len());
        bytes.put_u8(VERSION);
        bytes.put_u8(code(&Kind::ALL, &self.kind));
        bytes.put_u8(code(&Written::ALL, &self.written));
        bytes.put_u16(length);
        // Numbers start at 1.
        let except = self.except.map_or((0, 0), |id| (id.node.0, id.number));
        bytes.put_u64(except.0);
        bytes.put_u64(except.1);
        bytes.put_slice(key);
        bytes.put_slice(&self.payload);
        bytes.freeze()
    }

    /// Reads an entry, without copying it. `None` for an entry that is not one of this version.
    pub(super) fn from_bytes(bytes: &Bytes) -> Option<Self> {
        let head = bytes.get(..HEAD)?;
        let number = |from: usize| {
            let number = head.get(from..from + 8)?;
            number.try_into().ok().map(u64::from_be_bytes)
        };
        let key = HEAD..HEAD + usize::from(u16::from_be_bytes([head[3], head[4]]));
        if head[0] != VERSION || key.end > bytes.len() {
            return None;
        }
        Some(Self {
            kind: *Kind::ALL.get(usize::from(head[1]))?,
            written: *Written::ALL.get(usize::from(head[2]))?,
            except: Some(MemberId {
                node: NodeId(number(5)?),
                number: number(13)?,
            })
            .filter(|id| id.number != 0),
            payload: bytes.slice(key.end..),
            key: bytes.slice(key),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: Kind, written: Written) -> Entry {
        Entry {
            kind,
            written,
            except: Some(MemberId {
                node: NodeId(0xAB),
                number: 7,
            }),
            key: Bytes::from_static(b"key"),
            payload: Bytes::from_static(b"{}"),
        }
    }

    #[test]
    fn an_entry_survives_its_bytes() {
        for kind in Kind::ALL {
            for written in Written::ALL {
                let entry = entry(kind, written);
                assert_eq!(Entry::from_bytes(&entry.to_bytes()), Some(entry));
            }
        }
    }

    #[test]
    fn other_bytes_are_no_entry() {
        let bytes = entry(Kind::Left, Written::Text).to_bytes();
        for length in 0..HEAD + 3 {
            assert_eq!(Entry::from_bytes(&bytes.slice(..length)), None);
        }
        for (place, value) in [(0, 2), (1, 4), (2, 7), (3, 255)] {
            let mut bytes = bytes.to_vec();
            bytes[place] = value;
            assert_eq!(Entry::from_bytes(&bytes.into()), None, "{place}");
        }
    }
}
