//! The messages that a client sends.

use std::fmt;
use std::marker::PhantomData;

use http::StatusCode;

use super::call::{CallInfo, Calls};
use super::description;
use super::envelope::{CallId, RequestHead, request_head};
use super::problem::CallProblem;
use crate::describe::MessageDescription;
use crate::lens::{
    Failure, Format, LensFailure, LensFailureKind, Location, Message, NAMED_FORMATS,
};
use crate::message::WsMessage;

/// A message of a client: a call of `C`, its cancellation, or a request for more items of its
/// stream.
///
/// The consumer of a [`CallSocket`](super::CallSocket) receives them, and
/// [`serve_calls`](crate::WebSocket::serve_calls) responds to them.
///
/// A message whose `id` can be read is a request, even if the rest is wrong: its client receives
/// the problem. Without an id, no reply is possible, and reading fails.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallRequest, Calls, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Now;
///
/// #[derive(Calls)]
/// enum Clock {
///     Now(Now, Reply<u64>),
/// }
///
/// let read = |text: &str| CallRequest::<Clock>::from_message(text.into());
/// let now = read(r#"{"id":7,"call":"now"}"#)?;
/// assert_eq!((now.id(), now.name()), (7, Some("now")));
/// let unknown = read(r#"{"id":8,"call":"then"}"#)?;
/// assert_eq!((unknown.id(), unknown.name()), (8, None));
/// assert!(read(r#"{"call":"now"}"#).is_err());
/// # Ok::<(), http4k_ws::lens::LensFailure>(())
/// ```
pub struct CallRequest<C> {
    pub(super) id: CallId,
    pub(super) kind: RequestKind,
    pub(super) message: WsMessage,
    pub(super) format: Format,
    calls: PhantomData<fn() -> C>,
}

/// The kinds of requests.
pub(super) enum RequestKind {
    Call {
        info: &'static CallInfo,
        has_args: bool,
        window: Option<u32>,
    },
    Cancel,
    /// The client accepts more items of a stream.
    More(u32),
    Invalid(CallProblem),
}

impl<C: Calls> CallRequest<C> {
    /// Returns the id of the call.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallRequest, Calls, Replies};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Ticks;
    /// # #[derive(Calls)]
    /// # enum Clock {
    /// #     Ticks(Ticks, Replies<u64>),
    /// # }
    ///
    /// let request = |text: &str| CallRequest::<Clock>::from_message(text.into()).unwrap();
    /// let ticks = request(r#"{"id":7,"call":"ticks"}"#);
    /// // A cancellation has the id of its call.
    /// let cancel = request(r#"{"id":7,"cancel":true}"#);
    /// assert_eq!((ticks.id(), cancel.id()), (7, 7));
    /// ```
    pub fn id(&self) -> u64 {
        self.id.0
    }

    /// Returns the name of the call. `None` for a cancellation, for a request for more items, and
    /// for a call that is not one of `C`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallRequest, Calls, Replies};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Ticks;
    /// # #[derive(Calls)]
    /// # enum Clock {
    /// #     Ticks(Ticks, Replies<u64>),
    /// # }
    ///
    /// let name = |text: &str| CallRequest::<Clock>::from_message(text.into()).unwrap().name();
    /// assert_eq!(name(r#"{"id":7,"call":"ticks"}"#), Some("ticks"));
    /// assert_eq!(name(r#"{"id":7,"more":32}"#), None);
    /// assert_eq!(name(r#"{"id":8,"call":"tocks"}"#), None);
    /// ```
    pub fn name(&self) -> Option<&'static str> {
        match &self.kind {
            RequestKind::Call { info, .. } => Some(info.name()),
            _ => None,
        }
    }

    /// Reads a message of a socket with `format`.
    pub(super) fn read(format: Format, message: WsMessage) -> Result<Self, LensFailure> {
        let (id, kind) = match request_head(format, &message, C::NAME)? {
            Ok(head) => (head.id, kind::<C>(head)),
            Err((id, failure)) => (id, RequestKind::Invalid(CallProblem::of(&failure))),
        };
        Ok(Self {
            id,
            kind,
            message,
            format,
            calls: PhantomData,
        })
    }
}

fn kind<C: Calls>(head: RequestHead) -> RequestKind {
    let invalid = |detail: &str| {
        let problem = CallProblem::new(StatusCode::BAD_REQUEST);
        RequestKind::Invalid(problem.with_detail(detail))
    };
    match (head.call, head.cancel, head.more) {
        (Some(name), None, None) => match C::CALLS.iter().find(|info| info.name() == name) {
            Some(info) => RequestKind::Call {
                info,
                has_args: head.args.is_some(),
                window: head.window,
            },
            None => RequestKind::Invalid(unknown(&name, C::CALLS)),
        },
        (None, Some(true), None) => RequestKind::Cancel,
        (None, Some(false), None) => invalid("the field `cancel` must be true"),
        (None, None, Some(more)) => RequestKind::More(more),
        (None, None, None) => invalid("one of the fields `call`, `cancel` and `more` is required"),
        _ => invalid("only one of the fields `call`, `cancel` and `more` is allowed"),
    }
}

/// The number of calls that a problem lists, and of characters that it quotes.
const SHOWN: usize = 32;

fn unknown(name: &str, calls: &[CallInfo]) -> CallProblem {
    let mut quoted: String = name.chars().take(SHOWN).collect();
    if quoted.len() < name.len() {
        quoted.push('…');
    }
    let mut detail = format!("the call {quoted:?} is unknown; the calls are");
    for (index, info) in calls.iter().take(SHOWN).enumerate() {
        let separator = if index == 0 { "" } else { "," };
        detail.push_str(&format!("{separator} `{}`", info.name()));
    }
    if calls.len() > SHOWN {
        detail.push_str(", …");
    }
    CallProblem::new(StatusCode::NOT_FOUND).with_detail(detail)
}

impl<C: Calls> Message for CallRequest<C> {
    const NAME: &'static str = C::NAME;
    const FORMATS: &'static [Format] = NAMED_FORMATS;

    fn into_message(self) -> Result<WsMessage, LensFailure> {
        self.into_message_in(Format::Json)
    }

    fn from_message(message: WsMessage) -> Result<Self, LensFailure> {
        Self::read(Format::Json, message)
    }

    fn into_message_in(self, format: Format) -> Result<WsMessage, LensFailure> {
        same_format(Self::NAME, self.format, format)?;
        Ok(self.message)
    }

    fn from_message_in(format: Format, message: WsMessage) -> Result<Self, LensFailure> {
        Self::read(format, message)
    }

    fn description() -> MessageDescription {
        description::of_requests::<C>()
    }
}

/// Refuses to write a message that was read in another format.
pub(super) fn same_format(
    name: &'static str,
    read: Format,
    written: Format,
) -> Result<(), LensFailure> {
    if read == written {
        return Ok(());
    }
    let kind = LensFailureKind::Unsupported;
    let failure = Failure::new(kind, Location::Message, name, written.as_str());
    Err(LensFailure::from(failure).in_writing())
}

impl<C: Calls> fmt::Debug for CallRequest<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("CallRequest");
        shown.field("id", &self.id.0);
        match &self.kind {
            RequestKind::Call { info, .. } => shown.field("call", &info.name()),
            RequestKind::Cancel => shown.field("cancel", &true),
            RequestKind::More(more) => shown.field("more", more),
            RequestKind::Invalid(problem) => shown.field("problem", problem),
        };
        shown.finish_non_exhaustive()
    }
}
