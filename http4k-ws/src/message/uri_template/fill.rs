//! Filling of templates.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::UriFillError;
use super::{TemplateSegment, UriTemplate};

/// All but the unreserved characters (RFC 3986 §2.3).
pub(super) const IN_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A slash in a rest is not encoded.
const IN_REST: &AsciiSet = &IN_SEGMENT.remove(b'/');

/// A literal has only characters of a path (RFC 3986 §3.3), and letters that are encoded here.
const IN_LITERAL: &AsciiSet = &percent_encoding::CONTROLS.add(b'%');

impl UriTemplate {
    /// Returns the path in which each parameter has its value, percent-encoded. The template
    /// extracts the same values from it.
    ///
    /// A slash is encoded in the value of a parameter, and kept in that of a rest.
    ///
    /// # Errors
    ///
    /// Returns a [`UriFillError`]
    ///
    /// - for a parameter without a value, and for a value without a parameter
    /// - for an empty value, unless the parameter is a rest
    /// - for the value `.` or `..`, also as a segment of a rest: clients resolve these before they
    ///   send the path (RFC 3986 §5.2.4)
    /// - for a rest that makes the path start with `//`, which clients read as a host (RFC 3986
    ///   §4.2)
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::UriTemplate;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let template = UriTemplate::parse("/rooms/<room>")?;
    /// assert_eq!(template.fill(&[("room", "blue/2 é")])?, "/rooms/blue%2F2%20%C3%A9");
    /// assert!(template.fill(&[("name", "blue")]).is_err());
    /// assert!(template.fill(&[("room", "..")]).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn fill(&self, values: &[(&str, &str)]) -> Result<String, UriFillError> {
        if let Some((name, _)) = values
            .iter()
            .find(|(name, _)| self.parameters().all(|known| known != *name))
        {
            return Err(UriFillError::Unknown {
                template: self.source.clone(),
                name: (*name).into(),
            });
        }
        let mut path = String::with_capacity(self.source.len());
        for segment in &self.segments {
            self.fill_segment(segment, values, &mut path)?;
        }
        if path.is_empty() {
            path.push('/');
        }
        Ok(path)
    }

    pub(super) fn fill_segment(
        &self,
        segment: &TemplateSegment,
        values: &[(&str, &str)],
        path: &mut String,
    ) -> Result<(), UriFillError> {
        match segment {
            TemplateSegment::Literal(literal) => push_literal(path, literal),
            TemplateSegment::Parameter { name, .. } => {
                push_value(path, &self.source, name, self.value_of(name, values)?)?;
            }
            TemplateSegment::Rest { name } => {
                push_rest(path, &self.source, name, self.value_of(name, values)?)?;
            }
        }
        Ok(())
    }

    fn value_of<'a>(
        &self,
        name: &str,
        values: &[(&str, &'a str)],
    ) -> Result<&'a str, UriFillError> {
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => Ok(value),
            None => Err(UriFillError::Missing {
                template: self.source.clone(),
                name: name.into(),
            }),
        }
    }
}

/// Adds a literal segment.
pub(crate) fn push_literal(path: &mut String, literal: &str) {
    path.push('/');
    path.extend(utf8_percent_encode(literal, IN_LITERAL));
}

/// Adds `value` of the parameter `name` in `template`.
pub(crate) fn push_value(
    path: &mut String,
    template: &str,
    name: &str,
    value: &str,
) -> Result<(), UriFillError> {
    match value {
        "" => Err(UriFillError::Empty {
            template: template.to_owned(),
            name: name.to_owned(),
        }),
        "." | ".." => Err(UriFillError::DotSegment {
            template: template.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        }),
        _ => {
            path.push('/');
            path.extend(utf8_percent_encode(value, IN_SEGMENT));
            Ok(())
        }
    }
}

/// Adds `value` of the rest `name` in `template`, unless it is empty.
pub(crate) fn push_rest(
    path: &mut String,
    template: &str,
    name: &str,
    value: &str,
) -> Result<(), UriFillError> {
    let wrong = || (template.to_owned(), name.to_owned(), value.to_owned());
    if value
        .split('/')
        .any(|segment| matches!(segment, "." | ".."))
    {
        let (template, name, value) = wrong();
        return Err(UriFillError::DotSegment {
            template,
            name,
            value,
        });
    }
    if path.is_empty() && value.starts_with('/') {
        let (template, name, value) = wrong();
        return Err(UriFillError::Host {
            template,
            name,
            value,
        });
    }
    if !value.is_empty() {
        path.push('/');
        path.extend(utf8_percent_encode(value, IN_REST));
    }
    Ok(())
}
