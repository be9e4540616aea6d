//! Path templates such as `/users/<id>/files/<path..>`.
//!
//! The grammar is that of [`http4k_ws_grammar`], which the macros follow as well. Both are tested
//! with the cases of `tests/data/templates.txt`.

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

/// A template for paths: a list of literals and parameters.
///
/// ```text
/// template := "/" | ("/" segment)+
/// segment  := literal | "<" name ">" | "<" name ":" type ">" | "<" name ".." ">"
/// ```
///
/// A literal is written decoded: `/café` matches `/caf%C3%A9` (RFC 3986 §3.3). A parameter is a
/// whole segment, and matches one that is not empty. The last parameter may be a rest, written with
/// `..`, which matches all remaining segments, also none. A type is kept and never selects a route.
/// A template has at most [`MAX_PARAMETERS`](Self::MAX_PARAMETERS) parameters with distinct names.
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

/// The captures of a template: the name and the percent-decoded value of each parameter, in order.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{UriCaptures, UriTemplate};
///
/// let template = UriTemplate::parse("/<city>/<street>")?;
/// let captures: UriCaptures = template.extract("/Z%C3%BCrich/lake")?.expect("it matches");
/// let (name, value) = &captures[0];
/// assert_eq!((*name, &**value), ("city", "Zürich"));
/// assert_eq!(captures.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type UriCaptures<'a> = Vec<(&'a str, std::borrow::Cow<'a, str>)>;

/// One segment of a [`UriTemplate`].
///
/// # Examples
///
/// ```
/// use http4k_ws::message::{TemplateSegment, UriTemplate};
///
/// let template = UriTemplate::parse("/users/<id: u64>/<path..>")?;
/// let segments = template.segments();
/// assert_eq!(segments[0], TemplateSegment::Literal("users".to_owned()));
/// assert!(matches!(segments[2], TemplateSegment::Rest { .. }));
/// let names: Vec<_> = segments.iter().map(TemplateSegment::name).collect();
/// assert_eq!(names, [None, Some("id"), Some("path")]);
/// # Ok::<(), http4k_ws::message::UriTemplateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TemplateSegment {
    /// Text that a segment must equal, percent-decoded.
    Literal(String),
    /// `<name>` or `<name: Type>`: one segment that is not empty.
    Parameter {
        /// The name, without the brackets.
        name: String,
        /// The type, as it was written.
        of_type: Option<String>,
    },
    /// `<name..>`: all remaining segments, also none.
    Rest {
        /// The name, without the brackets and dots.
        name: String,
    },
}

impl TemplateSegment {
    /// Returns the name of the parameter; `None` for a literal.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter { name, .. } | Self::Rest { name } => Some(name),
        }
    }
}

impl UriTemplate {
    /// The maximum number of parameters.
    pub const MAX_PARAMETERS: usize = 16;

    /// Parses a template.
    ///
    /// # Errors
    ///
    /// [`UriTemplateError`], which names the first rule that the template breaks and the remedy.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::UriTemplate;
    ///
    /// assert!(UriTemplate::parse("/users/<id: u64>/<path..>").is_ok());
    /// let error = UriTemplate::parse("/users/{id}").unwrap_err();
    /// assert!(error.to_string().contains("<id>"), "{error}");
    /// ```
    pub fn parse(template: &str) -> Result<Self, UriTemplateError> {
        Ok(Self {
            source: template.to_owned(),
            segments: parse::segments(template)?,
        })
    }

    /// Returns the text that the template was parsed from.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::UriTemplate;
    ///
    /// let template = UriTemplate::parse("/users/<id: u64>").unwrap();
    /// assert_eq!(template.as_str(), "/users/<id: u64>");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Returns the segments in order; none for `/`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::UriTemplate;
    ///
    /// assert_eq!(UriTemplate::parse("/users/<id>").unwrap().segments().len(), 2);
    /// assert!(UriTemplate::parse("/").unwrap().segments().is_empty());
    /// ```
    pub fn segments(&self) -> &[TemplateSegment] {
        &self.segments
    }

    /// Returns the names of the parameters in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::UriTemplate;
    ///
    /// let template = UriTemplate::parse("/users/<id: u64>/<path..>").unwrap();
    /// assert_eq!(template.parameters().collect::<Vec<_>>(), ["id", "path"]);
    /// ```
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
