//! One part of a message that could not be read or written.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::{Cause, Location};

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
