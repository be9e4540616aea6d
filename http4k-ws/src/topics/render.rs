//! Entries as subscribers receive them. Each is encoded once for each shape in use.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::codec::Codec;
use super::engine::Member;
use super::entry::{Entry, Kind};
use super::feed::Envelope;
use super::position::Position;
use crate::lens::{Format, LensFailure};
use crate::message::{WsMessage, WsStatus};
use crate::session::key_of;
use crate::sse::{SharedEvent, SseEvent};

/// The form in which a subscriber receives a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A feed on a socket.
    Feed(Format),
    /// The messages alone, on a socket.
    Plain(Option<Format>),
    /// A feed in the events of a stream.
    FeedEvent,
    /// The messages alone, in the events of a stream.
    PlainEvent,
}

/// An item for a subscriber. Clones share the bytes.
#[derive(Debug, Clone)]
pub(super) enum Encoded {
    Message(WsMessage),
    Event(SharedEvent),
    /// The subscriber does not receive this kind of item.
    Nothing,
    /// The socket is closed, because the loss of entries cannot be reported in its messages.
    Close(WsStatus),
}

/// The members of a topic, as a subscriber receives them once it has caught up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Present<'a> {
    pub(super) members: usize,
    /// `None` if there are too many.
    pub(super) list: Option<&'a [Member]>,
}

/// The status with which a socket is closed that cannot be notified of a loss.
pub(super) fn messages_lost() -> WsStatus {
    let status = WsStatus::new(4408, "messages lost");
    status.unwrap_or(WsStatus::TRY_AGAIN_LATER)
}

/// Returns the report of a loss.
pub(super) fn lost(shape: Shape, at: Position) -> Encoded {
    let feed = |format| Envelope::new(format).lost(at);
    match shape {
        Shape::Feed(format) => message(feed(format), at, shape),
        Shape::Plain(_) => Encoded::Close(messages_lost()),
        Shape::FeedEvent => event(feed(Format::Json), at, shape),
        Shape::PlainEvent => named("lost", at),
    }
}

/// Returns the report that a subscriber has caught up.
pub(super) fn caught_up(shape: Shape, at: Position, present: Present<'_>) -> Encoded {
    let feed = |format| Envelope::new(format).caught_up(at, present.members, present.list);
    match shape {
        Shape::Feed(format) => message(feed(format), at, shape),
        Shape::Plain(_) => Encoded::Nothing,
        Shape::FeedEvent => event(feed(Format::Json), at, shape),
        Shape::PlainEvent => named("caughtUp", at),
    }
}

/// Returns an event without data, by which a client learns its position.
fn named(name: &str, at: Position) -> Encoded {
    Encoded::Event(SharedEvent::new(SseEvent::new("").named(name).with_id(at)))
}

fn message(written: Result<WsMessage, LensFailure>, at: Position, shape: Shape) -> Encoded {
    match written {
        Ok(message) => Encoded::Message(message),
        Err(failure) => unreadable(failure, at, shape),
    }
}

fn event(written: Result<WsMessage, LensFailure>, at: Position, shape: Shape) -> Encoded {
    match written {
        Ok(message) => {
            let text = match message.as_text() {
                Some(text) => text.to_owned(),
                None => data_encoding::BASE64.encode(message.as_bytes()),
            };
            Encoded::Event(SharedEvent::new(SseEvent::new(text).with_id(at)))
        }
        Err(failure) => unreadable(failure, at, shape),
    }
}

/// Reports an entry that has no form for the subscriber as lost.
fn unreadable(failure: LensFailure, at: Position, shape: Shape) -> Encoded {
    log::warn!("an entry of a topic cannot be encoded, and is reported as lost: {failure}");
    match shape {
        // A report that cannot be written either would recur.
        Shape::Feed(format) => match Envelope::new(format).lost(at) {
            Ok(message) => Encoded::Message(message),
            Err(_) => Encoded::Close(messages_lost()),
        },
        Shape::Plain(_) => Encoded::Close(messages_lost()),
        Shape::FeedEvent | Shape::PlainEvent => named("lost", at),
    }
}

/// An entry of a log, which is encoded when the first subscriber of each shape receives it.
#[derive(Debug)]
pub(super) struct LogEntry {
    pub(super) at: Position,
    pub(super) entry: Entry,
    /// The hash of the key. `None` for an entry that supersedes no other.
    pub(super) key: Option<u64>,
    encoded: Mutex<Vec<(Shape, Encoded)>>,
}

impl LogEntry {
    pub(super) fn new(at: Position, entry: Entry) -> Arc<Self> {
        Arc::new(Self {
            at,
            key: hash_of(&entry.key),
            entry,
            encoded: Mutex::default(),
        })
    }

    /// Reads an entry. `None` if it is not one of this version.
    pub(super) fn read(at: Position, bytes: &Bytes) -> Option<Arc<Self>> {
        Some(Self::new(at, Entry::from_bytes(bytes)?))
    }

    /// Returns the memory of the entry, in bytes.
    pub(super) fn cost(&self) -> usize {
        self.entry.payload.len() + 256
    }

    /// Returns the entry for a subscriber of `shape`.
    pub(super) fn encoded(&self, shape: Shape, codec: &dyn Codec) -> Encoded {
        let mut known = self.encoded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, encoded)) = known.iter().find(|(known, _)| *known == shape) {
            return encoded.clone();
        }
        let encoded = self.encode(shape, codec);
        known.push((shape, encoded.clone()));
        encoded
    }

    fn encode(&self, shape: Shape, codec: &dyn Codec) -> Encoded {
        match shape {
            Shape::Feed(format) => match self.feed(format, codec) {
                Some(written) => message(written, self.at, shape),
                None => Encoded::Nothing,
            },
            Shape::FeedEvent => match self.feed(Format::Json, codec) {
                Some(written) => event(written, self.at, shape),
                None => Encoded::Nothing,
            },
            _ if self.entry.kind != Kind::Message => Encoded::Nothing,
            Shape::Plain(format) => message(self.plain(format, codec), self.at, shape),
            Shape::PlainEvent => event(self.plain(Some(Format::Json), codec), self.at, shape),
        }
    }

    fn plain(&self, format: Option<Format>, codec: &dyn Codec) -> Result<WsMessage, LensFailure> {
        codec.plain(self.entry.written, &self.entry.payload, format)
    }

    fn feed(&self, format: Format, codec: &dyn Codec) -> Option<Result<WsMessage, LensFailure>> {
        let (at, entry, envelope) = (self.at, &self.entry, Envelope::new(format));
        let kind = match entry.kind {
            Kind::Message => {
                let data = codec.data_in(entry.written, &entry.payload, format);
                return Some(data.map(|data| envelope.message(at, &data)));
            }
            Kind::Joined => "joined",
            Kind::Left => "left",
            Kind::Evicted => return None,
        };
        Some(match entry.member() {
            Some(member) => envelope.member(kind, at, &member),
            None => envelope.lost(at),
        })
    }
}

/// Returns the hash of a key. `None` for no key.
fn hash_of(key: &[u8]) -> Option<u64> {
    (!key.is_empty()).then(|| key_of(key))
}
