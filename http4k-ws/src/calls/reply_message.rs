//! The messages that a server sends.

use std::fmt;

use super::call::Calls;
use super::description;
use super::envelope::{CallId, ReplyHead, WithNotice};
use super::problem::CallProblem;
use super::request::same_format;
use crate::describe::MessageDescription;
use crate::lens::{
    Failure, Format, LensFailure, LensFailureKind, Location, Message, NAMED_FORMATS, read_named,
    write_named,
};
use crate::message::WsMessage;

/// A message of a server: a part of the reply to a call of `C`, or a notice.
///
/// Replies are sent by [`serve_calls`](crate::WebSocket::serve_calls). A notice is sent at any
/// time, by a sender of the socket.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallReply, CallSocket, Calls, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Now;
///
/// #[derive(Calls)]
/// #[calls(notice = String)]
/// enum Clock {
///     Now(Now, Reply<u64>),
/// }
///
/// async fn clock(ws: CallSocket<Clock>) -> WsResult {
///     ws.send(CallReply::notice("welcome".to_owned())).await?;
///     ws.serve_calls(|call| async move {
///         match call {
///             Clock::Now(_, reply) => reply.send(12),
///         }
///     })
///     .await
/// }
///
/// let mut client = clock.test_ws("/");
/// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"notice":"welcome"}"#);
/// client.send(r#"{"id":1,"call":"now"}"#).unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"ok":12}"#);
/// ```
pub struct CallReply<C: Calls>(pub(super) ReplyKind<C::Notice>);

/// The kinds of a server's messages.
pub(super) enum ReplyKind<N> {
    Notice(N),
    Part {
        id: CallId,
        part: ReplyPart,
        message: WsMessage,
        format: Format,
    },
}

/// A part of the reply to a call.
#[derive(Debug)]
pub(super) enum ReplyPart {
    Ok,
    Item,
    End,
    Error(CallProblem),
}

impl<C: Calls> CallReply<C> {
    /// Returns the message with a notice.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallReply, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Now;
    /// #[derive(Calls)]
    /// #[calls(notice = String)]
    /// enum Clock {
    ///     Now(Now, Reply<u64>),
    /// }
    ///
    /// let noon = CallReply::<Clock>::notice("noon".to_owned());
    /// assert_eq!(noon.id(), None);
    /// assert_eq!(noon.into_message().unwrap(), r#"{"notice":"noon"}"#);
    /// ```
    pub fn notice(notice: C::Notice) -> Self {
        Self(ReplyKind::Notice(notice))
    }

    /// Returns the id of the call. `None` for a notice.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallReply, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Now;
    /// # #[derive(Calls)]
    /// # enum Clock {
    /// #     Now(Now, Reply<u64>),
    /// # }
    ///
    /// let reply = CallReply::<Clock>::from_message(r#"{"id":7,"ok":12}"#.into()).unwrap();
    /// assert_eq!(reply.id(), Some(7));
    /// ```
    pub fn id(&self) -> Option<u64> {
        match &self.0 {
            ReplyKind::Notice(_) => None,
            ReplyKind::Part { id, .. } => Some(id.0),
        }
    }

    fn read(format: Format, message: WsMessage) -> Result<Self, LensFailure> {
        let head: ReplyHead = read_named(format, &message, C::NAME)?;
        if head.notice.0 {
            let with: WithNotice<C::Notice> = read_named(format, &message, C::NAME)?;
            return Ok(Self::notice(with.notice));
        }
        let (id, part) = part(head).ok_or_else(|| {
            let kind = LensFailureKind::Invalid;
            let expected = "a reply to a call or a notice";
            LensFailure::from(Failure::new(kind, Location::Message, C::NAME, expected))
        })?;
        Ok(Self(ReplyKind::Part {
            id,
            part,
            message,
            format,
        }))
    }
}

/// Returns the call and the part of its reply that a message has. `None` if it has several or none.
pub(super) fn part(head: ReplyHead) -> Option<(CallId, ReplyPart)> {
    let part = match (head.ok.0, head.item.0, head.end, head.error) {
        (true, false, false, None) => ReplyPart::Ok,
        (false, true, false, None) => ReplyPart::Item,
        (false, false, true, None) => ReplyPart::End,
        (false, false, false, Some(problem)) => ReplyPart::Error(problem),
        _ => return None,
    };
    Some((head.id?, part))
}

impl<C: Calls> Message for CallReply<C> {
    const NAME: &'static str = C::NAME;
    const FORMATS: &'static [Format] = NAMED_FORMATS;

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        self.into_message_in(Format::Json)
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        Self::read(Format::Json, message)
    }

    fn into_message_in(self, format: Format) -> Result<WsMessage, LensFailure> {
        match self.0 {
            ReplyKind::Notice(notice) => write_named(format, &WithNotice { notice }, C::NAME),
            ReplyKind::Part {
                message,
                format: read,
                ..
            } => {
                same_format(C::NAME, read, format)?;
                Ok(message)
            }
        }
    }

    fn from_message_in(format: Format, message: WsMessage) -> Result<Self, LensFailure> {
        Self::read(format, message)
    }

    fn description() -> MessageDescription {
        description::of_replies::<C>()
    }
}

impl<C: Calls> fmt::Debug for CallReply<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("CallReply");
        match &self.0 {
            ReplyKind::Notice(_) => {}
            ReplyKind::Part { id, part, .. } => {
                shown.field("id", &id.0).field("part", part);
            }
        }
        shown.finish_non_exhaustive()
    }
}
