//! Why values could not be read from a message, or written to one.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::Location;
use crate::message::BodyError;

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
            cause: None,
        }
    }

    /// The same failure, with the error behind it.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
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

    /// The error behind it, such as serde_json's with its line and column.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

/// The part, what it should be, and the cause: ``message `Person` must be JSON: missing field `age` …``.
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
            && text(self) == text(other)
    }
}

impl Eq for Failure {}

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
/// use http4k_ws::{Failure, IntoResponse, LensFailure, LensFailureKind, Location, ResponseExt};
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
    in_answer: bool,
}

impl LensFailure {
    /// Both failures, of one message.
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        let other = other.into();
        self.failures.extend(other.failures);
        self.in_answer |= other.in_answer;
        self
    }

    /// The same failure, of somebody else's answer: whoever asked us is not to blame, so that it becomes 502 and
    /// the parts are logged instead of told.
    #[must_use]
    pub fn in_answer(mut self) -> Self {
        self.in_answer = true;
        self
    }

    /// Each failure, in the order met.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// What is wrong in all: Unsupported where one failure is, else Invalid where one is, else Missing.
    pub fn kind(&self) -> LensFailureKind {
        let some = |kind| self.failures.iter().any(|failure| failure.kind == kind);
        [LensFailureKind::Unsupported, LensFailureKind::Invalid]
            .into_iter()
            .find(|kind| some(*kind))
            .unwrap_or(LensFailureKind::Missing)
    }

    /// The status of the answer: 415 for Unsupported, 413 for a body past its limit, else 400; 502 for a failure
    /// [`in_answer`](Self::in_answer).
    pub fn status(&self) -> StatusCode {
        if self.in_answer {
            return StatusCode::BAD_GATEWAY;
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

    /// Whether it was somebody else's answer that failed.
    pub(super) fn is_in_answer(&self) -> bool {
        self.in_answer
    }
}

impl From<Failure> for LensFailure {
    fn from(failure: Failure) -> Self {
        Self {
            failures: vec![failure],
            in_answer: false,
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

#[cfg(test)]
mod tests {
    use super::LensFailureKind::{Invalid, Missing, Unsupported};
    use super::*;

    fn failure(kind: LensFailureKind) -> Failure {
        Failure::new(kind, Location::Query, "page", "integer")
    }

    #[test]
    fn each_kind_has_its_text() {
        let cases = [
            (Missing, "query `page` is required"),
            (Invalid, "query `page` must be integer"),
            (Unsupported, "query `page` has a format that is not integer"),
        ];
        for (kind, text) in cases {
            assert_eq!(failure(kind).to_string(), text);
            let caused = failure(kind).with_cause("because");
            assert_eq!(caused.to_string(), format!("{text}: because"));
        }
    }

    #[test]
    fn the_kind_and_status_of_all_follow_the_worst() {
        let cases: [(&[LensFailureKind], LensFailureKind, u16); 5] = [
            (&[Missing], Missing, 400),
            (&[Invalid], Invalid, 400),
            (&[Missing, Invalid, Missing], Invalid, 400),
            (&[Missing, Unsupported, Invalid], Unsupported, 415),
            (&[Unsupported], Unsupported, 415),
        ];
        for (kinds, kind, status) in cases {
            let all = kinds
                .iter()
                .map(|kind| LensFailure::from(failure(*kind)))
                .reduce(LensFailure::and)
                .unwrap();
            assert_eq!(all.kind(), kind, "{kinds:?}");
            assert_eq!(all.status(), status, "{kinds:?}");
            assert_eq!(all.failures().len(), kinds.len());
            assert_eq!(all.in_answer().status(), 502);
        }
    }

    #[test]
    fn a_body_past_its_limit_is_413() {
        let cause = BodyError::TooLarge { limit: 5 };
        let too_large = LensFailure::from(failure(Invalid).with_cause(cause));
        assert_eq!(too_large.status(), 413);
        assert_eq!(
            LensFailure::from(failure(Missing)).and(too_large).status(),
            413
        );
    }

    #[test]
    fn equality_goes_by_what_is_said() {
        let caused = |cause: &str| failure(Invalid).with_cause(cause);
        assert_eq!(caused("a"), caused("a"));
        assert_ne!(caused("a"), caused("b"));
        assert_ne!(caused("a"), failure(Invalid));
        assert_ne!(failure(Missing), failure(Invalid));
        let cause = caused("a").cause().map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("a"));
    }
}
