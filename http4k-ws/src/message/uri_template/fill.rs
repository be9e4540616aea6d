//! A path from a template and its values.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{TemplateSegment, UriFillError, UriTemplate};

/// All but the unreserved characters (RFC 3986 §2.3).
pub(super) const IN_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The slash of a rest stays a slash.
const IN_REST: &AsciiSet = &IN_SEGMENT.remove(b'/');

/// A literal holds what a path may hold (RFC 3986 §3.3), and letters that are encoded here.
const IN_LITERAL: &AsciiSet = &percent_encoding::CONTROLS.add(b'%');

impl UriTemplate {
    /// The path in which each parameter has its value, percent-encoded; matched again, it gives the same values.
    ///
    /// A slash inside a value is encoded, and stays a slash in that of a rest. The values `.` and `..` are left as
    /// they are, because they have no other encoding: browsers and some clients take them for steps in the path
    /// (RFC 3986 §5.2.4).
    ///
    /// # Errors
    ///
    /// [`UriFillError`] for a parameter without a value, a value without a parameter, and an empty value where the
    /// parameter is no rest.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::UriTemplate;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let template = UriTemplate::parse("/rooms/<room>")?;
    /// assert_eq!(template.fill(&[("room", "blue/2 é")])?, "/rooms/blue%2F2%20%C3%A9");
    /// assert!(template.fill(&[("name", "blue")]).is_err());
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
                let value = self.value_of(name, values)?;
                if value.is_empty() {
                    return Err(UriFillError::Empty {
                        template: self.source.clone(),
                        name: name.clone(),
                    });
                }
                push_value(path, value);
            }
            TemplateSegment::Rest { name } => {
                push_rest(path, self.value_of(name, values)?);
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

/// Adds the value of a parameter.
pub(crate) fn push_value(path: &mut String, value: &str) {
    path.push('/');
    path.extend(utf8_percent_encode(value, IN_SEGMENT));
}

/// Adds the value of a rest, if there is any.
pub(crate) fn push_rest(path: &mut String, value: &str) {
    if !value.is_empty() {
        path.push('/');
        path.extend(utf8_percent_encode(value, IN_REST));
    }
}
