//! What a route's template captured from the path.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Why a segment is not the value a handler wants; the path then names nothing (404).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The decoded segment does not parse.
    #[error("path segment `{segment}` is not {expected}")]
    Unparsable {
        /// The decoded segment.
        segment: String,
        /// What was wanted, such as `u64`.
        expected: &'static str,
    },
}

/// What a path segment can be parsed to: anything with [`FromStr`](std::str::FromStr).
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from a path segment",
    label = "a path parameter is parsed to the type of the handler's parameter",
    note = "take an owned type that implements `FromStr`, such as `String` for `&str`; a segment is \
            never absent, so take `T` for `Option<T>`",
    note = "a type of your own implements `FromStr` or derives `PathParam`; the socket is passed as \
            `ws`, the request as `req`, and what is read from the request as `_`",
    note = "the parameter of a closure may need its type, as in `|text: String|`"
)]
pub trait FromPath: Sized {
    /// Reads the value from a percent-decoded segment, or from the whole rest for `<name..>`.
    ///
    /// # Errors
    ///
    /// [`PathError`] when the segment is no such value; the route then answers 404.
    fn from_path(segment: Cow<'_, str>) -> Result<Self, PathError>;
}

#[diagnostic::do_not_recommend]
impl<T: std::str::FromStr> FromPath for T {
    fn from_path(segment: Cow<'_, str>) -> Result<Self, PathError> {
        segment.parse().map_err(|_| PathError::Unparsable {
            segment: segment.into_owned(),
            expected: std::any::type_name::<T>(),
        })
    }
}

/// What a path segment can be made of: anything with [`Display`](std::fmt::Display), as its [`FromPath`] reads it.
///
/// A link writes its parameters so, and percent-encodes them.
///
/// # Examples
///
/// ```
/// use http4k_ws::{FromPath, ToPath};
///
/// assert_eq!(7_u64.to_path(), "7");
/// assert_eq!(u64::from_path(7_u64.to_path()), Ok(7));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a path",
    label = "a link contains its parameters, so each must implement `ToPath`",
    note = "implement `std::fmt::Display` for `{Self}`, so that `FromStr` reads what it writes"
)]
pub trait ToPath {
    /// The value as text, not yet percent-encoded.
    fn to_path(&self) -> Cow<'_, str>;
}

#[diagnostic::do_not_recommend]
impl<T: fmt::Display + ?Sized> ToPath for T {
    fn to_path(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

/// A text that is none of those an enum has; `#[derive(PathParam)]` gives it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of `{}`", .known.join("`, `"))]
pub struct UnknownName {
    found: String,
    known: &'static [&'static str],
}

impl UnknownName {
    #[doc(hidden)]
    pub fn new(found: &str, known: &'static [&'static str]) -> Self {
        Self {
            found: found.into(),
            known,
        }
    }

    /// The texts there are.
    pub fn known(&self) -> &'static [&'static str] {
        self.known
    }
}

/// Why a text is no value of a newtype that derives `PathParam`: as the type inside says.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct TextError(Arc<dyn Error + Send + Sync>);

impl TextError {
    pub(crate) fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Arc::from(cause.into()))
    }

    /// The error of the type inside.
    pub fn cause(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }
}

/// Two are equal where they say the same.
impl PartialEq for TextError {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for TextError {}

/// The parameters of the route that matched, by name, percent-decoded; in the request's extensions.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PathParams(Vec<(Cow<'static, str>, String)>);

impl PathParams {
    /// The value of the parameter called `name`.
    ///
    /// Where a mounted application uses a name that the application around it uses too, its own counts.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rfind(|(key, _)| *key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every parameter, in the template's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_str()))
    }
}

impl<N: Into<Cow<'static, str>>> FromIterator<(N, String)> for PathParams {
    fn from_iter<I: IntoIterator<Item = (N, String)>>(pairs: I) -> Self {
        let named = pairs.into_iter().map(|(name, value)| (name.into(), value));
        Self(named.collect())
    }
}

impl fmt::Debug for PathParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// The text of a percent-encoded segment; `None` where `%` is not followed by two hex digits or the
/// bytes are not UTF-8 (RFC 3986 §2.1).
pub(crate) fn percent_decoded(raw: &str) -> Option<Cow<'_, str>> {
    let whole = raw
        .split('%')
        .skip(1)
        .all(|after| after.len() >= 2 && after.bytes().take(2).all(|b| b.is_ascii_hexdigit()));
    if !whole {
        return None;
    }
    percent_encoding::percent_decode_str(raw).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_decode_to_utf8_or_to_nothing() {
        for (raw, text) in [
            ("bob", Some("bob")),
            ("", Some("")),
            ("a%20b", Some("a b")),
            ("a%2Fb", Some("a/b")),
            ("caf%C3%A9", Some("café")),
            ("100%", None),
            ("%4", None),
            ("%zz", None),
            ("%+1", None),
            ("%FF", None),
        ] {
            assert_eq!(percent_decoded(raw).as_deref(), text, "{raw}");
        }
    }

    #[test]
    fn the_innermost_parameter_of_a_name_counts() {
        let params: PathParams = [("id", "1".into()), ("id", "2".into())]
            .into_iter()
            .collect();
        assert_eq!(params.get("id"), Some("2"));
        assert_eq!(params.get("name"), None);
    }
}
