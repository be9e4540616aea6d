//! What a lens says of itself, for documentation.

use std::borrow::Cow;
use std::fmt;

use super::Location;

/// What a lens reads, for documentation and for the texts of failures.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{Location, Query};
///
/// let page = Query::int("page").with_description("counted from 1").defaulted(1);
/// let meta = page.meta();
/// assert_eq!((meta.location(), meta.name(), meta.expected()), (Location::Query, "page", "integer"));
/// assert_eq!(meta.description(), Some("counted from 1"));
/// assert!(!meta.is_required() && !meta.is_multiple());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    pub(super) location: Location,
    pub(super) name: Cow<'static, str>,
    pub(super) expected: Cow<'static, str>,
    pub(super) description: Option<Cow<'static, str>>,
    pub(super) required: bool,
    pub(super) multiple: bool,
}

impl Meta {
    pub(super) fn new(
        location: Location,
        name: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            location,
            name: name.into(),
            expected: expected.into(),
            description: None,
            required: false,
            multiple: false,
        }
    }

    /// Where in the message the value stands.
    pub fn location(&self) -> Location {
        self.location
    }

    /// What the value is called there.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the value is to be, such as `integer` or `JSON`.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What whoever wrote the lens said of it.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Whether a message without the value is refused.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Whether all values of the name are read, and not only the first.
    pub fn is_multiple(&self) -> bool {
        self.multiple
    }
}

/// ``query `page`: integer``.
impl fmt::Display for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            location,
            name,
            expected,
            ..
        } = self;
        write!(f, "{location} `{name}`: {expected}")
    }
}
