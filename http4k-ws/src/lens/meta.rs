//! Descriptions of lenses, for documentation and for the texts of failures.

use std::borrow::Cow;
use std::fmt;
#[cfg(feature = "json")]
use std::marker::PhantomData;

use super::failure::{Failure, LensFailure, LensFailureKind};
use super::message_part::Cause;

/// The place of a value in a message.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{Header, Location};
///
/// assert_eq!(Header::string("x-key").required().meta().location(), Location::Header);
/// assert_eq!(Location::Header.to_string(), "header");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Location {
    /// A parameter of the path.
    Path,
    /// A parameter of the query.
    Query,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
    /// A field of a form.
    Form,
    /// The body of a request or a response.
    Body,
    /// A message of a socket.
    Message,
}

impl Location {
    /// Returns the name in texts and in `application/problem+json`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Location;
    ///
    /// assert_eq!(Location::Query.as_str(), "query");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::Form => "form",
            Self::Body => "body",
            Self::Message => "message",
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The description of a lens, for documentation and for the texts of failures.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{Location, Query};
///
/// let page = Query::int("page").with_description("counted from 1").defaulted(1);
/// let meta = page.meta();
/// assert_eq!((meta.location(), meta.name()), (Location::Query, "page"));
/// assert_eq!(meta.expected(), "integer");
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

    /// Describes all values of one place, which a type of serde reads.
    pub(crate) fn of_all(location: Location, type_name: String) -> Self {
        Self {
            required: true,
            ..Self::new(location, "", type_name)
        }
    }

    /// Sets the description.
    pub(crate) fn with_description(self, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            description: Some(description.into()),
            ..self
        }
    }

    /// Describes a file of a form.
    #[cfg(feature = "multipart")]
    pub(crate) fn of_file(name: &'static str, required: bool, multiple: bool) -> Self {
        Self {
            required,
            multiple,
            ..Self::new(Location::Form, name, "file")
        }
    }

    /// Requires that a message has the value.
    #[cfg(feature = "json")]
    pub(super) fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// Lets a message lack the value.
    pub(crate) fn optional(self) -> Self {
        Self {
            required: false,
            ..self
        }
    }

    /// Returns the place of the value in the message.
    pub fn location(&self) -> Location {
        self.location
    }

    /// Returns the name of the value in that place.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the kind of value that is expected, such as `integer` or `JSON`.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// Returns the description that the lens was declared with.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Returns `true` if a message without the value is refused.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    ///
    /// assert!(Query::int("page").required().meta().is_required());
    /// assert!(!Query::int("page").optional().meta().is_required());
    /// ```
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Returns `true` if all values of the name are read, and not only the first.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    ///
    /// assert!(Query::string("tag").multi().required().meta().is_multiple());
    /// ```
    pub fn is_multiple(&self) -> bool {
        self.multiple
    }

    pub(super) fn failure(&self, kind: LensFailureKind) -> Failure {
        Failure::new(
            kind,
            self.location,
            self.name.clone(),
            self.expected.clone(),
        )
    }

    /// Returns the failure of an invalid value. A cause that is a failure is returned itself: the
    /// value was read by another lens.
    pub(super) fn invalid(&self, cause: Cause) -> LensFailure {
        match cause.downcast::<LensFailure>() {
            Ok(inner) => *inner,
            Err(cause) => {
                let failure = self.failure(LensFailureKind::Invalid);
                failure.with_cause(cause).into()
            }
        }
    }
}

/// Writes ``query `page`: integer``.
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

/// The [name](name_of) of a type, which is computed only for a text: a value that is read needs
/// none.
#[cfg(feature = "json")]
pub(super) struct TypeName<T: ?Sized>(PhantomData<fn(&T)>);

#[cfg(feature = "json")]
impl<T: ?Sized> TypeName<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

#[cfg(feature = "json")]
impl<T: ?Sized> From<TypeName<T>> for Cow<'static, str> {
    fn from(_: TypeName<T>) -> Self {
        name_of::<T>().into()
    }
}

/// Returns the name of a type without its modules, such as `Vec<Person>`.
pub(crate) fn name_of<T: ?Sized>() -> String {
    let full = std::any::type_name::<T>();
    let mut name = String::new();
    // The start of the identifier that is being added; `::` removes it.
    let mut start = 0;
    let mut characters = full.chars().peekable();
    while let Some(character) = characters.next() {
        if character == ':' && characters.next_if_eq(&':').is_some() {
            name.truncate(start);
        } else {
            name.push(character);
            if !character.is_alphanumeric() && character != '_' {
                start = name.len();
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Person;

    #[test]
    fn names_lose_their_modules() {
        assert_eq!(name_of::<Person>(), "Person");
        assert_eq!(name_of::<Vec<Option<Person>>>(), "Vec<Option<Person>>");
        assert_eq!(name_of::<(Person, u8)>(), "(Person, u8)");
        assert_eq!(name_of::<[Person; 2]>(), "[Person; 2]");
        assert_eq!(name_of::<&str>(), "&str");
    }
}
