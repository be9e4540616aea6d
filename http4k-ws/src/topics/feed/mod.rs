//! The messages that a subscriber of a topic receives.

mod binary;
mod json;
#[cfg(feature = "schema")]
mod schema;
mod write;

use std::marker::PhantomData;

use super::engine::Member;
use super::position::Position;
use crate::describe::MessageDescription;
use crate::lens::{Failure, Format, LensFailure, LensFailureKind, Location, Message};
use crate::message::WsMessage;

pub(super) use json::{bytes_value, read_value};
pub(super) use write::Envelope;

/// A message of a topic to a subscriber: an entry of its log, or a report about it.
///
/// On the wire it is a map with a `type`. A message of the program is its `data`:
///
/// ```json
/// {"type": "message", "at": "00000000000000af-42", "data": {"text": "hi"}}
/// {"type": "joined", "at": "00000000000000af-43", "member": {"id": "…/7", "name": "ann"}}
/// {"type": "left", "at": "00000000000000af-44", "member": {"id": "…/7", "name": "ann"}}
/// {"type": "caughtUp", "at": "00000000000000af-44", "members": 1,
///     "present": [{"id": "…/2", "name": "bob"}]}
/// {"type": "lost", "at": "00000000000000af-44"}
/// ```
///
/// It is sent in JSON, and also in MessagePack and CBOR if `M` has them and the subprotocol of the
/// socket names them. The `data` of a type that has no such format is a text, or
/// `{"base64": "…"}` for bytes. A type that has only MessagePack or CBOR is sent in that format.
///
/// # Examples
///
/// ```
/// use http4k_ws::Message;
/// use http4k_ws::topics::{Feed, Position};
///
/// let at = Position::new(1, 2);
/// let text = r#"{"type":"message","at":"0000000000000001-2","data":"hi"}"#;
/// let message = Feed::Message { at, data: "hi".to_owned() };
/// assert_eq!(message.clone().into_message().unwrap(), text);
/// assert_eq!(Feed::from_message(text.into()), Ok(message));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Feed<M> {
    /// A message that was published.
    Message {
        /// The position of the message.
        at: Position,
        /// The message.
        data: M,
    },
    /// A member joined, or changed its name.
    Joined {
        /// The position of the entry.
        at: Position,
        /// The member.
        member: Member,
    },
    /// A member left.
    Left {
        /// The position of the entry.
        at: Position,
        /// The member, with its last name.
        member: Member,
    },
    /// The subscriber has received every entry up to `at`, as far as they were not reported as
    /// lost. Sent once after joining, and again after each [`Lost`](Self::Lost).
    CaughtUp {
        /// The position at which `present` is true.
        at: Position,
        /// The number of members.
        members: usize,
        /// The members. `None` if there are more than 10,000.
        present: Option<Vec<Member>>,
    },
    /// Entries are lost for this subscriber. The log continues behind `at`. A page should read its
    /// state again from its source.
    Lost {
        /// The position behind which the log continues.
        at: Position,
    },
}

impl<M> Feed<M> {
    /// Returns the position, which a client sends back to resume.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::{Feed, Position};
    ///
    /// let at = Position::new(0xAF, 42);
    /// assert_eq!(Feed::<String>::Lost { at }.at(), at);
    /// ```
    pub fn at(&self) -> Position {
        match self {
            Self::Message { at, .. }
            | Self::Joined { at, .. }
            | Self::Left { at, .. }
            | Self::CaughtUp { at, .. }
            | Self::Lost { at } => *at,
        }
    }
}

/// The formats of a feed of `M`.
struct Formats<M>(PhantomData<M>);

impl<M: Message> Formats<M> {
    /// The formats of maps among those of `M`, in its order, and their number.
    const MAPS: (&'static [Format; 3], usize) = {
        const fn maps(formats: &[Format]) -> ([Format; 3], usize) {
            let mut maps = ([Format::Json; 3], 0);
            let mut next = 0;
            while next < formats.len() {
                let format = formats[next];
                if matches!(format, Format::Json | Format::MessagePack | Format::Cbor) && maps.1 < 3
                {
                    maps.0[maps.1] = format;
                    maps.1 += 1;
                }
                next += 1;
            }
            if maps.1 == 0 {
                maps.1 = 1;
            }
            maps
        }
        (&maps(M::FORMATS).0, maps(M::FORMATS).1)
    };
    const LIST: &'static [Format] = Self::MAPS.0.split_at(Self::MAPS.1).0;
}

impl<M: Message> Message for Feed<M> {
    const NAME: &'static str = "Feed";
    const VARIANTS: &'static [&'static str] = &["message", "joined", "left", "caughtUp", "lost"];
    const FORMATS: &'static [Format] = Formats::<M>::LIST;

    fn description() -> MessageDescription {
        let description = MessageDescription::of::<Self>();
        #[cfg(feature = "schema")]
        let description = description.with_schema(schema::described::<M>());
        description
    }

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        self.into_message_in(Self::FORMATS[0])
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        Self::from_message_in(Self::FORMATS[0], message)
    }

    fn into_message_in(self, format: Format) -> Result<WsMessage, LensFailure> {
        let envelope = Envelope::new(format);
        match self {
            Self::Message { at, data } => {
                let (written, payload) = super::codec::written::<M>(data)?;
                let data = super::codec::data_in::<M>(written, &payload, format)?;
                Ok(envelope.message(at, &data))
            }
            Self::Joined { at, member } => envelope.member("joined", at, &member),
            Self::Left { at, member } => envelope.member("left", at, &member),
            Self::CaughtUp {
                at,
                members,
                present,
            } => envelope.caught_up(at, members, present.as_deref()),
            Self::Lost { at } => envelope.lost(at),
        }
    }

    fn from_message_in(format: Format, message: WsMessage) -> Result<Self, LensFailure> {
        let fields = match format {
            Format::MessagePack | Format::Cbor => {
                binary::read(format, &message).map_err(|cause| invalid(format, cause))?
            }
            _ => json::read(&message).map_err(|cause| invalid(format, cause))?,
        };
        fields.into_feed(format)
    }
}

/// The fields of a feed, of which each type has some.
#[derive(Debug, Default)]
struct Fields {
    kind: String,
    at: String,
    /// The data of a message, in the format of the feed.
    data: Option<bytes::Bytes>,
    member: Option<Member>,
    members: Option<usize>,
    present: Option<Vec<Member>>,
}

impl Fields {
    fn into_feed<M: Message>(self, format: Format) -> Result<Feed<M>, LensFailure> {
        let at = self.at.parse().map_err(|cause| invalid(format, cause))?;
        let lacks = |field: &str| invalid(format, format!("the field `{field}` is missing"));
        let member = |member: Option<Member>| member.ok_or_else(|| lacks("member"));
        Ok(match self.kind.as_str() {
            "message" => Feed::Message {
                at,
                data: super::codec::from_data(format, self.data.ok_or_else(|| lacks("data"))?)?,
            },
            "joined" => Feed::Joined {
                at,
                member: member(self.member)?,
            },
            "left" => Feed::Left {
                at,
                member: member(self.member)?,
            },
            "caughtUp" => Feed::CaughtUp {
                at,
                members: self.members.ok_or_else(|| lacks("members"))?,
                present: self.present,
            },
            "lost" => Feed::Lost { at },
            other => return Err(invalid(format, format!("the type {other:?} is unknown"))),
        })
    }
}

fn invalid(
    format: Format,
    cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> LensFailure {
    let failure = Failure::new(
        LensFailureKind::Invalid,
        Location::Message,
        "Feed",
        format.as_str(),
    );
    failure.with_cause(cause).into()
}

#[cfg(test)]
mod tests;
