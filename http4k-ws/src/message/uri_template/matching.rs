//! Matching of paths.

use super::error::PathEncodingError;
use super::{TemplateSegment, UriCaptures, UriTemplate};
use crate::message::path_params::percent_decoded;

impl UriTemplate {
    /// Returns `true` if the template matches `path`, whatever the values of its parameters are.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::UriTemplate;
    ///
    /// let template = UriTemplate::parse("/users/<id: u64>").unwrap();
    /// assert!(template.matches("/users/bob"));
    /// assert!(!template.matches("/users"));
    /// ```
    pub fn matches(&self, path: &str) -> bool {
        self.captured(path).is_some()
    }

    /// Returns the captures from `path`, which is the path of a request as it was sent; `None` if
    /// the template does not match.
    ///
    /// The path is split first, and each segment is then percent-decoded once. `%2F` thus does not
    /// split a segment, and `/%61` is `/a`. `/` has no segments. An empty segment matches neither a
    /// literal nor a parameter.
    ///
    /// # Errors
    ///
    /// [`PathEncodingError`] if the path matches and a value is not percent-encoded UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::UriTemplate;
    ///
    /// let template = UriTemplate::parse("/files/<name>")?;
    /// assert_eq!(template.extract("/files/a%2Fb")?.unwrap(), [("name", "a/b".into())]);
    /// assert_eq!(template.extract("/files/a/b")?, None);
    /// assert!(template.extract("/files/%ff").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn extract<'a>(
        &'a self,
        path: &'a str,
    ) -> Result<Option<UriCaptures<'a>>, PathEncodingError> {
        let Some(captured) = self.captured(path) else {
            return Ok(None);
        };
        captured
            .into_iter()
            .map(|(name, raw)| match percent_decoded(raw) {
                Some(value) => Ok((name, value)),
                None => Err(PathEncodingError {
                    segment: raw.into(),
                }),
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Returns the name of each parameter and its capture as it was sent.
    fn captured<'a>(&'a self, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        // The remaining path with the slash in front of it, which is empty for `/`.
        let mut left = if path == "/" { "" } else { path };
        if path.is_empty() {
            return None;
        }
        let mut captured = Vec::new();
        for segment in &self.segments {
            if let TemplateSegment::Rest { name } = segment {
                captured.push((name.as_str(), left.strip_prefix('/').unwrap_or_default()));
                return (left.is_empty() || left.starts_with('/')).then_some(captured);
            }
            let (piece, behind) = split_segment(left)?;
            match segment {
                TemplateSegment::Literal(literal) if is_literal(piece, literal) => {}
                TemplateSegment::Parameter { name, .. } if !piece.is_empty() => {
                    captured.push((name.as_str(), piece));
                }
                _ => return None,
            }
            left = behind;
        }
        left.is_empty().then_some(captured)
    }
}

/// Splits the first segment from the remaining path.
fn split_segment(left: &str) -> Option<(&str, &str)> {
    let left = left.strip_prefix('/')?;
    Some(left.split_at(left.find('/').unwrap_or(left.len())))
}

/// Compares a decoded segment with a literal, which is never percent-encoded.
fn is_literal(piece: &str, literal: &str) -> bool {
    percent_decoded(piece).is_some_and(|text| text == literal)
}
