//! The values that the page and the server send each other.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use http4k_ws::prelude::*;

/// The longest text of a post, in characters.
pub(crate) const MAX_TEXT: usize = 2000;

/// A user of the team, which is the value of a session.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) name: String,
}

/// A text in the history of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Post {
    /// The place in the history. A later post has a greater number.
    pub(crate) id: i64,
    pub(crate) author: String,
    pub(crate) text: String,
    /// Milliseconds since 1970.
    pub(crate) sent_at: i64,
}

/// A message from the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum FromPage {
    Say {
        text: String,
    },
    /// Requests the posts before the one with this number.
    Older {
        before: i64,
    },
}

/// A message to the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Message)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ToPage {
    /// The first message: the user, all users in the room, and the end of its history.
    Welcome {
        user: String,
        present: Vec<String>,
        history: Page,
    },
    Said(Post),
    Older(Page),
    Joined {
        user: String,
    },
    Left {
        user: String,
    },
    /// The last message of the page had no effect.
    Refused {
        reason: String,
    },
}

/// A part of a history, the oldest post first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    pub(crate) posts: Vec<Post>,
    /// `true` if there are posts before these.
    pub(crate) more: bool,
}

/// Returns the text without the blanks around it, or the reason that it is refused.
pub(crate) fn checked(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a message needs a text".to_owned()),
        text if text.chars().count() > MAX_TEXT => {
            Err(format!("a message has at most {MAX_TEXT} characters"))
        }
        text => Ok(text.to_owned()),
    }
}

/// The name of a room: 1 to 32 lowercase letters, digits and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RoomName(Arc<str>);

impl RoomName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoomName {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if (1..=32).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(name.into()))
        } else {
            Err("the name of a room is 1 to 32 of a-z, 0-9 and -")
        }
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
