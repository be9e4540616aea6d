//! The messages of both sides, as they are written and read.
//!
//! A message is read in two steps: its head without the value, and then the value as the type that
//! the head selects. Both steps work in every format with named fields.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use super::problem::CallProblem;
use crate::lens::{Format, LensFailure, read_named, write_named};
use crate::message::WsMessage;
use crate::session::{SendError, WsSender};

/// The number of a call, which its client chooses. JSON represents larger numbers, but few peers
/// read them exactly (RFC 7493 §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub(super) struct CallId(pub(super) u64);

impl CallId {
    pub(super) const MAX: u64 = (1 << 53) - 1;
}

impl TryFrom<u64> for CallId {
    type Error = &'static str;

    fn try_from(id: u64) -> Result<Self, &'static str> {
        match id <= Self::MAX {
            true => Ok(Self(id)),
            false => Err("the id of a call is an integer from 0 to 9007199254740991"),
        }
    }
}

/// The presence of a field, whose value is not read yet. It may be null.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Present(pub(super) bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

/// The head of a client's message.
#[derive(Debug, Deserialize)]
pub(super) struct RequestHead {
    pub(super) id: CallId,
    #[serde(default)]
    pub(super) call: Option<String>,
    /// Null counts as absent.
    #[serde(default)]
    pub(super) args: Option<IgnoredAny>,
    #[serde(default)]
    pub(super) cancel: Option<bool>,
    #[serde(default)]
    pub(super) window: Option<u32>,
    #[serde(default)]
    pub(super) more: Option<u32>,
}

/// The head of a server's message.
#[derive(Debug, Deserialize)]
pub(super) struct ReplyHead {
    #[serde(default)]
    pub(super) id: Option<CallId>,
    #[serde(default)]
    pub(super) ok: Present,
    #[serde(default)]
    pub(super) item: Present,
    #[serde(default)]
    pub(super) end: bool,
    #[serde(default)]
    pub(super) error: Option<CallProblem>,
    #[serde(default)]
    pub(super) notice: Present,
}

#[derive(Deserialize)]
struct OnlyId {
    id: CallId,
}

/// Reads the head of a client's message. If only its id can be read, the failure of the rest is the
/// inner error.
///
/// # Errors
///
/// The failure if the id cannot be read, so that no reply is possible.
pub(super) fn request_head(
    format: Format,
    message: &WsMessage,
    name: &'static str,
) -> Result<Result<RequestHead, (CallId, LensFailure)>, LensFailure> {
    read_named(format, message, name)
        .map(Ok)
        .or_else(|failure| {
            let OnlyId { id } = read_named(format, message, name)?;
            Ok(Err((id, failure)))
        })
}

macro_rules! with_id {
    ($($name:ident { $field:ident })*) => {$(
        #[derive(Serialize)]
        pub(super) struct $name<T> {
            pub(super) id: CallId,
            pub(super) $field: T,
        }
    )*};
}

with_id! {
    WithOk { ok }
    WithItem { item }
    WithEnd { end }
    WithError { error }
    WithCancel { cancel }
    WithMore { more }
}

/// A notice, as it is written and read.
#[derive(Serialize, Deserialize)]
pub(super) struct WithNotice<N> {
    pub(super) notice: N,
}

/// A call, as its client writes it.
#[derive(Serialize)]
pub(super) struct WithCall<'a, A> {
    pub(super) id: CallId,
    pub(super) call: &'a str,
    pub(super) args: &'a A,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) window: Option<u32>,
}

/// The way to the client of one call.
#[derive(Debug, Clone)]
pub(super) struct Outlet {
    pub(super) id: CallId,
    pub(super) format: Format,
    pub(super) sender: WsSender,
}

impl Outlet {
    pub(super) fn ok<T: Serialize>(&self, value: &T) -> Result<WsMessage, LensFailure> {
        let id = self.id;
        write_named(self.format, &WithOk { id, ok: value }, "reply")
    }

    pub(super) fn end(&self) -> Result<WsMessage, LensFailure> {
        let id = self.id;
        write_named(self.format, &WithEnd { id, end: true }, "end")
    }

    pub(super) fn error(&self, error: &CallProblem) -> Result<WsMessage, LensFailure> {
        let id = self.id;
        write_named(self.format, &WithError { id, error }, "problem")
    }

    pub(super) async fn send_item<T: Serialize>(&self, item: T) -> Result<(), SendError> {
        let id = self.id;
        let message = write_named(self.format, &WithItem { id, item }, "item")?;
        self.sender.send(message).await
    }
}
