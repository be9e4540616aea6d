//! Why values could not be read from a message, or written to one.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::message_part::Cause;
use super::meta::Location;
use crate::message::{BodyError, WsStatus};

/// Why values could not be read from a message, or written to one: at least one [`Failure`].
///
/// A handler returns it with `?`: as a response it is the [`status`](Self::status), and every failure as
/// `application/problem+json` (RFC 9457). A consumer does so too: its socket closes with 1007.
///
/// Its text holds the causes, because there may be several: [`source`](Error::source) gives none, and
/// [`Failure::cause`] each.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoResponse;
/// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location};
/// use http4k_ws::message::ResponseExt;
///
/// let key = Failure::new(LensFailureKind::Missing, Location::Header, "x-key", "string");
/// let page = Failure::new(LensFailureKind::Invalid, Location::Query, "page", "integer");
/// let failure = LensFailure::from(key).and(page);
///
/// assert_eq!(failure.to_string(), "header `x-key` is required; query `page` must be integer");
/// assert_eq!(failure.kind(), LensFailureKind::Invalid);
/// assert_eq!(failure.into_response().status(), 400);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LensFailure {
    // Never empty.
    failures: Vec<Failure>,
    blame: Blame,
}

/// Whose message it is that failed; of several, the last one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Blame {
    /// Whoever asked us.
    Peer,
    /// Whoever we asked.
    Response,
    /// Ourselves: the value was to be written.
    Ours,
    /// This program: no message can have what it reads.
    Program,
}

impl LensFailure {
    /// Both failures, of one message.
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        let other = other.into();
        self.failures.extend(other.failures);
        self.blame = self.blame.max(other.blame);
        self
    }

    /// The same failure, of somebody else's answer: whoever asked us is not to blame, so that it becomes 502 and
    /// the parts are logged instead of told.
    #[must_use]
    pub fn in_response(self) -> Self {
        self.blamed_on(Blame::Response)
    }

    /// The same failure, of a value that was to be written: it is our own, so that it becomes 500 and the parts are
    /// logged instead of told.
    #[must_use]
    pub fn in_writing(self) -> Self {
        self.blamed_on(Blame::Ours)
    }

    /// The same failure, caused by this program and not by any message, such as a handler that
    /// reads a path parameter that its route lacks. It becomes 500, and the parts are logged
    /// instead of sent.
    ///
    /// A [`Failure`] that is Missing in the path is one from the start.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::IntoRequest;
    /// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location, Path};
    ///
    /// let unrouted = "/".into_request().unwrap();
    /// let failure = Path::int("id").required().get(&unrouted).unwrap_err();
    /// assert_eq!(failure.status(), 500);
    ///
    /// let invalid = Failure::new(LensFailureKind::Invalid, Location::Query, "q", "a flat type");
    /// assert_eq!(LensFailure::from(invalid).in_program().status(), 500);
    /// ```
    #[must_use]
    pub fn in_program(self) -> Self {
        self.blamed_on(Blame::Program)
    }

    fn blamed_on(mut self, blame: Blame) -> Self {
        self.blame = self.blame.max(blame);
        self
    }

    /// The same failure, whose parts stand at `location`.
    pub(super) fn moved_to(mut self, location: Location) -> Self {
        let failures = self.failures.into_iter();
        self.failures = failures.map(|part| part.moved_to(location)).collect();
        self
    }

    /// Each failure, in the order met.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// What is wrong in all: Unsupported where one failure is, else Invalid where one is, else Missing.
    pub fn kind(&self) -> LensFailureKind {
        let some = |kind| self.failures.iter().any(|failure| failure.kind() == kind);
        [LensFailureKind::Unsupported, LensFailureKind::Invalid]
            .into_iter()
            .find(|kind| some(*kind))
            .unwrap_or(LensFailureKind::Missing)
    }

    /// The status of the answer: 415 for Unsupported, 413 for a body past its limit, else 400; 502 for a failure
    /// [`in_response`](Self::in_response), 500 for one [`in_writing`](Self::in_writing) or
    /// [`in_program`](Self::in_program).
    pub fn status(&self) -> StatusCode {
        match self.blame {
            Blame::Peer => {}
            Blame::Response => return StatusCode::BAD_GATEWAY,
            Blame::Ours | Blame::Program => return StatusCode::INTERNAL_SERVER_ERROR,
        }
        let of_body = self.failures.iter().find_map(|failure| {
            let cause = failure.cause()?.downcast_ref::<BodyError>()?;
            Some(cause.status())
        });
        match (self.kind(), of_body) {
            (LensFailureKind::Unsupported, _) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            (_, Some(status)) => status,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The status that a socket is closed with: 1007 and as much of the text as a close frame holds, which is 123
    /// bytes; 1011, which tells nothing, where the peer is not to blame.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{Message, WsMessage};
    ///
    /// let failure = <String as Message>::from_message(WsMessage::from(b"\xff")).unwrap_err();
    /// assert_eq!(failure.ws_status().code(), 1007);
    /// assert!(failure.ws_status().reason().starts_with("message `String` must be text"));
    /// assert_eq!(failure.in_response().ws_status().code(), 1011);
    /// ```
    pub fn ws_status(&self) -> WsStatus {
        const ROOM: usize = 123;
        if self.blame != Blame::Peer {
            return WsStatus::INTERNAL_ERROR;
        }
        let mut reason = self.to_string();
        if reason.len() > ROOM {
            let end = (0..=ROOM).rev().find(|end| reason.is_char_boundary(*end));
            reason.truncate(end.unwrap_or_default());
        }
        WsStatus::new(1007, reason).unwrap_or(WsStatus::INVALID_PAYLOAD)
    }

    /// Whose message it is that failed.
    pub(super) fn blame(&self) -> Blame {
        self.blame
    }
}

impl From<Failure> for LensFailure {
    /// A parameter that the path lacks is the fault of this program: a request reaches a handler
    /// through a route, and the template of the route has the parameter or does not.
    fn from(failure: Failure) -> Self {
        let is_missing = failure.kind() == LensFailureKind::Missing;
        let blame = if is_missing && failure.location() == Location::Path {
            Blame::Program
        } else {
            Blame::Peer
        };
        Self {
            failures: vec![failure],
            blame,
        }
    }
}

impl fmt::Display for LensFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, failure) in self.failures.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{failure}")?;
        }
        Ok(())
    }
}

impl Error for LensFailure {}

/// What is wrong with one part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LensFailureKind {
    /// It is required, and not there.
    Missing,
    /// It is there, and not what it should be.
    Invalid,
    /// It comes in a format that is not read here.
    Unsupported,
}

impl LensFailureKind {
    /// The name, as it stands in `application/problem+json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Invalid => "invalid",
            Self::Unsupported => "unsupported",
        }
    }
}

/// One part of a message that could not be read or written.
///
/// Two are equal where all they say is, the text of the cause among it.
#[derive(Debug, Clone)]
pub struct Failure {
    kind: LensFailureKind,
    location: Location,
    name: Cow<'static, str>,
    expected: Cow<'static, str>,
    path: Option<Box<str>>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Failure {
    /// The part called `name` at `location` should be what `expected` says, such as `integer` or `JSON`.
    pub fn new(
        kind: LensFailureKind,
        location: Location,
        name: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind,
            location,
            name: name.into(),
            expected: expected.into(),
            path: None,
            cause: None,
        }
    }

    /// The same failure, with the error behind it.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The same failure, of the value that stands at `path` inside the part, such as `items[1].price`.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<Box<str>>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same failure, of a part that stands elsewhere: a message's bytes in a body.
    pub(super) fn moved_to(mut self, location: Location) -> Self {
        self.location = location;
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> LensFailureKind {
        self.kind
    }

    /// Where the part stands.
    pub fn location(&self) -> Location {
        self.location
    }

    /// What the part is called: a header's name, the name of a message's type.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the part should be, such as `integer` or `JSON`.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// Where inside the part the value stands that failed, as serde has it: `items[1].price`. `None` where it is the
    /// part itself.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The error behind it, such as serde_json's with its line and column.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

/// The part, what it should be, where inside, and the cause:
/// ``body `Order` must be JSON: items[1].price: invalid type: …``.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            location,
            name,
            expected,
            ..
        } = self;
        match self.kind {
            LensFailureKind::Missing => write!(f, "{location} `{name}` is required")?,
            LensFailureKind::Invalid => write!(f, "{location} `{name}` must be {expected}")?,
            LensFailureKind::Unsupported => {
                write!(f, "{location} `{name}` has a format that is not {expected}")?;
            }
        }
        if let Some(path) = &self.path {
            write!(f, ": {path}")?;
        }
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        let text = |failure: &Self| failure.cause().map(ToString::to_string);
        self.kind == other.kind
            && self.location == other.location
            && self.name == other.name
            && self.expected == other.expected
            && self.path == other.path
            && text(self) == text(other)
    }
}

impl Eq for Failure {}

#[cfg(test)]
mod tests;
