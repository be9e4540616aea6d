//! A path against a template.

use super::error::PathEncodingError;
use super::{TemplateSegment, UriCaptures, UriTemplate};
use crate::message::path_params::percent_decoded;

impl UriTemplate {
    /// Whether `path` has this shape, whatever its values.
    pub fn matches(&self, path: &str) -> bool {
        self.captured(path).is_some()
    }

    /// What this template captures from `path`, the path of a request as it was sent; `None` where it does not
    /// match.
    ///
    /// The path is split first, then each segment percent-decoded once, so that `%2F` never splits one and `/%61` is
    /// `/a`. `/` has no segments; an empty segment matches neither literal nor parameter.
    ///
    /// # Errors
    ///
    /// [`PathEncodingError`] where the path matches and a value is no percent-encoded UTF-8.
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

    /// Each parameter's name and what it captured, as it was sent.
    fn captured<'a>(&'a self, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        // What is left, from the slash in front of it; nothing is left of `/`.
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

/// The first segment of what is left, and what stands behind it.
fn split_segment(left: &str) -> Option<(&str, &str)> {
    let left = left.strip_prefix('/')?;
    Some(left.split_at(left.find('/').unwrap_or(left.len())))
}

/// Decoded, where it can be: no literal is percent-encoded.
fn is_literal(piece: &str, literal: &str) -> bool {
    percent_decoded(piece).is_some_and(|text| text == literal)
}
