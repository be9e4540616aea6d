//! The names of topics: a kind, and a name within it.

use std::fmt;
use std::sync::Arc;

use crate::message::printable;

/// The name of a topic: its kind and its own name, such as `room/42`.
///
/// The kind is chosen by the program. The own name often comes from the path of a request, so it
/// may be any text within its bound.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::TopicName;
///
/// let name = TopicName::new("room", "42").unwrap();
/// assert_eq!((name.kind(), name.own()), ("room", "42"));
/// assert_eq!(name.to_string(), "room/42");
/// assert!(TopicName::new("room", "").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicName {
    text: Arc<str>,
    kind: usize,
}

/// The maximum number of bytes in a kind.
const MAX_KIND: usize = 64;

/// The maximum number of bytes in an own name.
const MAX_OWN: usize = 512;

/// A name that a topic cannot have.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::{TopicNameError, Topics};
///
/// let error = Topics::<String>::new("news").topic("").name().unwrap_err();
/// assert_eq!(error, TopicNameError::Empty);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TopicNameError {
    /// The kind is empty, too long, or has other characters.
    #[error("the kind of topic {0:?} must have 1 to 64 letters, digits, `-`, `_` or `.`")]
    Kind(String),
    /// The own name is empty.
    #[error("the name of a topic must not be empty")]
    Empty,
    /// The own name is too long.
    #[error("the name of a topic must have at most 512 bytes, and has {0}")]
    TooLong(usize),
}

impl TopicName {
    /// Creates the name of a topic.
    ///
    /// # Errors
    ///
    /// [`TopicNameError`] unless `kind` has 1 to 64 ASCII letters, digits, `-`, `_` or `.`, and
    /// `own` has 1 to 512 bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    ///
    /// assert!(TopicName::new("room", "any text, even /").is_ok());
    /// assert!(TopicName::new("a room", "42").is_err());
    /// assert!(TopicName::new("room", &"x".repeat(513)).is_err());
    /// ```
    pub fn new(kind: &str, own: &str) -> Result<Self, TopicNameError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if kind.is_empty() || kind.len() > MAX_KIND || !kind.chars().all(allowed) {
            return Err(TopicNameError::Kind(kind.to_owned()));
        }
        match own.len() {
            0 => Err(TopicNameError::Empty),
            1..=MAX_OWN => Ok(Self {
                text: format!("{kind}/{own}").into(),
                kind: kind.len(),
            }),
            bytes => Err(TopicNameError::TooLong(bytes)),
        }
    }

    /// Returns the kind, such as `room`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    ///
    /// let name = TopicName::new("room", "tea/green").unwrap();
    /// assert_eq!(name.kind(), "room"); // The text before the first slash.
    /// ```
    pub fn kind(&self) -> &str {
        &self.text[..self.kind]
    }

    /// Returns the name within its kind, such as `42`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    ///
    /// let name = TopicName::new("room", "tea/green").unwrap();
    /// assert_eq!(name.own(), "tea/green");
    /// assert_eq!(name.as_str(), format!("{}/{}", name.kind(), name.own()));
    /// ```
    pub fn own(&self) -> &str {
        &self.text[self.kind + 1..]
    }

    /// Returns the whole name, such as `room/42`. Two names are equal if their texts are.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::TopicName;
    ///
    /// assert_eq!(TopicName::new("room", "tea/green").unwrap().as_str(), "room/tea/green");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Writes the whole name, with escapes for control characters and invisible marks.
impl fmt::Display for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&printable(self.as_str()), f)
    }
}

impl fmt::Debug for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_few_characters_and_an_own_name_any() {
        for kind in ["", "a/b", "a b", "ü", "a{", &"k".repeat(65)] {
            assert!(TopicName::new(kind, "x").is_err(), "{kind}");
        }
        for own in ["a/b", "{}", "ü", "\n", " ", &"x".repeat(512)] {
            let name = TopicName::new("k-1_a.b", own).unwrap();
            assert_eq!((name.kind(), name.own()), ("k-1_a.b", own));
        }
        assert_eq!(TopicName::new("k", ""), Err(TopicNameError::Empty));
        let long = TopicName::new("k", &"x".repeat(513));
        assert_eq!(long, Err(TopicNameError::TooLong(513)));
    }

    #[test]
    fn a_kind_cannot_be_confused_with_a_part_of_the_own_name() {
        let (one, other) = (TopicName::new("a", "b/c"), TopicName::new("a", "b"));
        assert_ne!(one, other);
        assert!(TopicName::new("a/b", "c").is_err());
    }

    #[test]
    fn a_name_is_escaped_in_a_log() {
        let name = TopicName::new("room", "a\nb").unwrap();
        assert_eq!(name.to_string(), "room/a\\nb");
    }
}
