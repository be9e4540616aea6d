//! Failures to read values from a message, or to write them to one.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::message_part::Cause;
use super::meta::Location;
use crate::message::{BodyError, WsStatus};

/// A failure to read values from a message, or to write them to one. It has at least one
/// [`Failure`].
///
/// A handler returns it with `?`. The response then has the [`status`](Self::status), and every
/// failure as `application/problem+json` (RFC 9457). A consumer returns it likewise, and its socket
/// closes with 1007.
///
/// There may be several causes, so that they are in its text: [`source`](Error::source) returns
/// `None`, and [`Failure::cause`] returns each.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoResponse;
/// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location};
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

/// The party that is to blame for a failure. Of several, the last one in this list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Blame {
    /// The client whose request, or the peer whose message, could not be read.
    Peer,
    /// The server whose response could not be read.
    Response,
    /// This program, which could not write a value.
    Writing,
    /// This program, which reads a value that no message has.
    Program,
}

impl LensFailure {
    /// Returns both failures, of one message.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location};
    ///
    /// let kind = LensFailureKind::Missing;
    /// let missing = |name| Failure::new(kind, Location::Query, name, "integer");
    /// let both = LensFailure::from(missing("page")).and(missing("size"));
    /// assert_eq!(both.to_string(), "query `page` is required; query `size` is required");
    /// ```
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        let other = other.into();
        self.failures.extend(other.failures);
        self.blame = self.blame.max(other.blame);
        self
    }

    /// Returns the failure as that of another server's response. The client is not to blame, so
    /// that the status is 502, and the parts are logged instead of sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location};
    /// use http4k_ws::prelude::*;
    ///
    /// let key = Failure::new(LensFailureKind::Missing, Location::Header, "x-key", "string");
    /// let response = LensFailure::from(key).in_response().into_response();
    /// assert_eq!(response.status(), 502);
    /// assert!(!response.body().as_text().unwrap().contains("x-key"));
    /// ```
    #[must_use]
    pub fn in_response(self) -> Self {
        self.blamed_on(Blame::Response)
    }

    /// Returns the failure as one to write a value. The program is to blame, so that the status is
    /// 500, and the parts are logged instead of sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Header;
    /// use http4k_ws::prelude::*;
    ///
    /// let name = Header::string("x-name").required();
    /// let failure = name.set("hello".into_response(), "a\nb".into()).unwrap_err();
    /// assert_eq!(failure.status(), 500);
    /// assert_eq!(failure.clone().in_writing().status(), failure.status());
    /// ```
    #[must_use]
    pub fn in_writing(self) -> Self {
        self.blamed_on(Blame::Writing)
    }

    /// Returns the failure as one of this program and not of any message, such as a handler that
    /// reads a path parameter that its route lacks. The status is 500, and the parts are logged
    /// instead of sent.
    ///
    /// A [`Failure`] that is Missing in the path is one already.
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

    /// Returns the failure with its parts at `location`.
    pub(super) fn moved_to(mut self, location: Location) -> Self {
        let failures = self.failures.into_iter();
        self.failures = failures.map(|part| part.moved_to(location)).collect();
        self
    }

    /// Returns each failure, in the order in which they were found.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Header, Query};
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/?page=two".into_request().unwrap();
    /// let page = Query::int("page").required().get(&request).unwrap_err();
    /// let key = Header::string("x-key").required().get(&request).unwrap_err();
    /// let both = page.and(key);
    /// let names: Vec<_> = both.failures().iter().map(|failure| failure.name()).collect();
    /// assert_eq!(names, ["page", "x-key"]);
    /// ```
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Returns Unsupported if any failure is, or else Invalid if any failure is, or else Missing.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location};
    ///
    /// let part = |kind| Failure::new(kind, Location::Query, "page", "integer");
    /// let failure = LensFailure::from(part(LensFailureKind::Missing));
    /// assert_eq!(failure.kind(), LensFailureKind::Missing);
    /// assert_eq!(failure.and(part(LensFailureKind::Invalid)).kind(), LensFailureKind::Invalid);
    /// ```
    pub fn kind(&self) -> LensFailureKind {
        let some = |kind| self.failures.iter().any(|failure| failure.kind() == kind);
        [LensFailureKind::Unsupported, LensFailureKind::Invalid]
            .into_iter()
            .find(|kind| some(*kind))
            .unwrap_or(LensFailureKind::Missing)
    }

    /// Returns the status of the response.
    ///
    /// | failure | status |
    /// |---|---|
    /// | Unsupported | 415 |
    /// | of a body over its limit | 413 |
    /// | any other of a request | 400 |
    /// | [`in_response`](Self::in_response) | 502 |
    /// | [`in_writing`](Self::in_writing), [`in_program`](Self::in_program) | 500 |
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location};
    ///
    /// let of = |kind| LensFailure::from(Failure::new(kind, Location::Body, "Order", "JSON"));
    /// assert_eq!(of(LensFailureKind::Missing).status(), 400);
    /// assert_eq!(of(LensFailureKind::Unsupported).status(), 415);
    /// assert_eq!(of(LensFailureKind::Missing).in_response().status(), 502);
    /// ```
    pub fn status(&self) -> StatusCode {
        match self.blame {
            Blame::Peer => {}
            Blame::Response => return StatusCode::BAD_GATEWAY,
            Blame::Writing | Blame::Program => return StatusCode::INTERNAL_SERVER_ERROR,
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

    /// Returns the status that a socket is closed with.
    ///
    /// It is 1007 with the text, of which a close frame holds 123 bytes. If the peer is not to
    /// blame, it is 1011 without details.
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
        const MAX: usize = 123;
        if self.blame != Blame::Peer {
            return WsStatus::INTERNAL_ERROR;
        }
        let mut reason = self.to_string();
        if reason.len() > MAX {
            let end = (0..=MAX).rev().find(|end| reason.is_char_boundary(*end));
            reason.truncate(end.unwrap_or_default());
        }
        WsStatus::new(1007, reason).unwrap_or(WsStatus::INVALID_PAYLOAD)
    }

    pub(super) fn blame(&self) -> Blame {
        self.blame
    }
}

impl From<Failure> for LensFailure {
    /// A parameter that the path lacks is the fault of this program: a request reaches a handler
    /// through a route, whose template either has the parameter or lacks it.
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

/// The kind of a failure.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{LensFailureKind, Query};
///
/// let request = "/?page=two".into_request()?;
/// let failure = Query::int("page").required().get(&request).unwrap_err();
/// assert_eq!(failure.failures()[0].kind(), LensFailureKind::Invalid);
/// assert_eq!(LensFailureKind::Invalid.as_str(), "invalid");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LensFailureKind {
    /// The part is required and missing.
    Missing,
    /// The part is present and not valid.
    Invalid,
    /// The part has a format that is not read here.
    Unsupported,
}

impl LensFailureKind {
    /// Returns the name in `application/problem+json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Invalid => "invalid",
            Self::Unsupported => "unsupported",
        }
    }
}

/// A part of a message that could not be read or written.
///
/// Two are equal if all their fields are. Causes are compared by their texts.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{Failure, LensFailureKind, Location};
///
/// let failure = Failure::new(LensFailureKind::Invalid, Location::Query, "zoom", "percentage")
///     .with_cause("900 is not in 0..=100");
/// assert_eq!(failure.to_string(), "query `zoom` must be percentage: 900 is not in 0..=100");
/// ```
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
    /// Creates the failure of the part `name` at `location`. `expected` is the kind of value that
    /// was expected, such as `integer` or `JSON`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Failure, LensFailureKind, Location};
    ///
    /// let failure = Failure::new(LensFailureKind::Missing, Location::Header, "x-key", "string");
    /// assert_eq!((failure.location(), failure.name()), (Location::Header, "x-key"));
    /// assert_eq!((failure.kind(), failure.expected()), (LensFailureKind::Missing, "string"));
    /// assert_eq!(failure.to_string(), "header `x-key` is required");
    /// ```
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

    /// Sets the error behind the failure.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Failure, LensFailureKind, Location};
    ///
    /// let failure = Failure::new(LensFailureKind::Invalid, Location::Query, "age", "integer");
    /// assert!(failure.cause().is_none());
    /// let failure = failure.with_cause("old".parse::<u8>().unwrap_err());
    /// assert_eq!(failure.cause().unwrap().to_string(), "invalid digit found in string");
    /// ```
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// Sets the path of the value inside the part that failed, such as `items[1].price`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Failure, LensFailureKind, Location};
    ///
    /// let failure = Failure::new(LensFailureKind::Invalid, Location::Body, "Order", "JSON");
    /// assert_eq!(failure.path(), None);
    /// let failure = failure.with_path("items[1].price");
    /// assert_eq!(failure.path(), Some("items[1].price"));
    /// assert!(failure.to_string().contains("items[1].price"));
    /// ```
    #[must_use]
    pub fn with_path(mut self, path: impl Into<Box<str>>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the location, for the bytes of a message that are those of a body.
    pub(super) fn moved_to(mut self, location: Location) -> Self {
        self.location = location;
        self
    }

    /// Returns the kind of the failure.
    pub fn kind(&self) -> LensFailureKind {
        self.kind
    }

    /// Returns the location of the part.
    pub fn location(&self) -> Location {
        self.location
    }

    /// Returns the name of the part, such as that of a header, or of the type of a message.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the kind of value that was expected, such as `integer` or `JSON`.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// Returns the path of the value inside the part that failed, such as `items[1].price`; `None`
    /// if the part itself failed.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Returns the error behind the failure, such as that of serde_json with its line and column.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/?page=two".into_request().unwrap();
    /// let failure = Query::int("page").required().get(&request).unwrap_err();
    /// let cause = failure.failures()[0].cause().unwrap();
    /// assert!(cause.is::<std::num::ParseIntError>());
    /// ```
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

/// Writes the part, the expected kind, the path inside and the cause:
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
