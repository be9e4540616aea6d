//! Why a value could not be read from a message, or written to one.

use std::fmt;

/// What is wrong with one part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LensFailureKind {
    /// It is required, and not there.
    Missing,
    /// It is there, and not what it should be.
    Invalid,
    /// It comes in a format that is not read here.
    Unsupported,
}

/// Why a value could not be read from a message, or written to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LensFailure {
    kind: LensFailureKind,
    location: &'static str,
    name: String,
    cause: String,
}

impl LensFailure {
    /// A failure of the part called `name` at `location`, such as `age` in a `message`.
    pub fn new(
        kind: LensFailureKind,
        location: &'static str,
        name: impl Into<String>,
        cause: impl fmt::Display,
    ) -> Self {
        Self {
            kind,
            location,
            name: name.into(),
            cause: cause.to_string(),
        }
    }

    /// What is wrong.
    pub fn kind(&self) -> LensFailureKind {
        self.kind
    }
}

impl fmt::Display for LensFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            LensFailureKind::Missing => "is missing",
            LensFailureKind::Invalid => "is invalid",
            LensFailureKind::Unsupported => "has an unsupported format",
        };
        write!(
            f,
            "{} `{}` {kind}: {}",
            self.location, self.name, self.cause
        )
    }
}

impl std::error::Error for LensFailure {}
