//! Path templates such as `/users/<id>/files/<path..>`: read, matched and filled in.
//!
//! This is the one home of the grammar in the library; `tests/data/templates.txt` is the table of cases that
//! the macros are held to as well.

mod error;
mod fill;
mod filled;
mod matching;
mod parse;

use std::fmt;
use std::str::FromStr;

pub(crate) use fill::{push_literal, push_rest, push_value};

pub use error::{PathEncodingError, UriFillError, UriTemplateError};
pub(crate) use filled::FilledTemplate;

/// A template for paths: literals and parameters, segment by segment.
///
/// ```text
/// template := "/" | ("/" segment)+
/// segment  := literal | "<" name ">" | "<" name ":" type ">" | "<" name ".." ">"
/// ```
///
/// A literal is written decoded: `/café` matches `/caf%C3%A9` (RFC 3986 §3.3). A parameter is a whole segment, and matches one that is not empty; the `..` of the last one makes it match all
/// that is left, also nothing. A type is kept for who asks, and never chooses a route. A template holds at most
/// [`MAX_PARAMETERS`](Self::MAX_PARAMETERS) parameters, each of another name.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::UriTemplate;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let template = UriTemplate::parse("/users/<id: u64>/files/<path..>")?;
///
/// let captures = template.extract("/users/7/files/a%20b/c")?.expect("it matches");
/// assert_eq!(captures, [("id", "7".into()), ("path", "a b/c".into())]);
/// assert_eq!(template.extract("/users")?, None);
///
/// assert_eq!(template.fill(&[("id", "7"), ("path", "a b/c")])?, "/users/7/files/a%20b/c");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UriTemplate {
    source: String,
    segments: Vec<TemplateSegment>,
}

/// What a template captured: each parameter's name and its value, percent-decoded, in the template's order.
pub type UriCaptures<'a> = Vec<(&'a str, std::borrow::Cow<'a, str>)>;

/// One segment of a [`UriTemplate`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TemplateSegment {
    /// Text that a segment must equal, percent-decoded.
    Literal(String),
    /// `<name>` or `<name: Type>`: one segment that is not empty.
    Parameter {
        /// The name, without the brackets.
        name: String,
        /// The type, as written.
        of_type: Option<String>,
    },
    /// `<name..>`: all that is left, also nothing.
    Rest {
        /// The name, without the brackets and dots.
        name: String,
    },
}

impl TemplateSegment {
    /// The parameter's name; `None` for a literal.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter { name, .. } | Self::Rest { name } => Some(name),
        }
    }
}

impl UriTemplate {
    /// How many parameters a template may hold.
    pub const MAX_PARAMETERS: usize = 16;

    /// Reads a template.
    ///
    /// # Errors
    ///
    /// [`UriTemplateError`], which names the first rule that is broken, and says what to write instead.
    pub fn parse(template: &str) -> Result<Self, UriTemplateError> {
        Ok(Self {
            source: template.to_owned(),
            segments: parse::segments(template)?,
        })
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The segments, in order; none for `/`.
    pub fn segments(&self) -> &[TemplateSegment] {
        &self.segments
    }

    /// The names of the parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(TemplateSegment::name)
    }
}

impl FromStr for UriTemplate {
    type Err = UriTemplateError;

    fn from_str(template: &str) -> Result<Self, UriTemplateError> {
        Self::parse(template)
    }
}

impl fmt::Display for UriTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl fmt::Debug for UriTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UriTemplate({:?})", self.source)
    }
}

#[cfg(test)]
mod tests;
