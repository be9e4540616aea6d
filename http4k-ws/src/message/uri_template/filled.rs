//! The template of a request that a client builds.

use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::utf8_percent_encode;

use super::error::UriFillError;
use super::fill::IN_SEGMENT;
use super::{TemplateSegment, UriTemplate};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The template that a request was created from, and the values that were set so far. The
/// extensions of the request hold it.
#[derive(Debug, Clone)]
pub(crate) struct FilledTemplate {
    template: UriTemplate,
    values: Vec<(String, String)>,
}

impl FilledTemplate {
    pub(crate) fn new(template: UriTemplate) -> Self {
        Self {
            template,
            values: Vec::new(),
        }
    }

    /// Returns the value that was set for `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Replaces the value of `name`.
    pub(crate) fn set(&mut self, name: &str, values: Vec<String>) -> Result<(), Error> {
        if self.template.parameters().all(|known| known != name) {
            return Err(format!("template `{}` lacks `<{name}>`", self.template).into());
        }
        if values.len() > 1 {
            return Err("a parameter of the path has one value".into());
        }
        self.values.retain(|(known, _)| known != name);
        self.values
            .extend(values.into_iter().map(|value| (name.to_owned(), value)));
        Ok(())
    }

    /// Returns `uri` with `path` in place of its own.
    pub(crate) fn on(uri: &Uri, path: String) -> Result<Uri, http::Error> {
        let mut target = path;
        if let Some(query) = uri.query() {
            target.push('?');
            target.push_str(query);
        }
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(target)?);
        Ok(Uri::from_parts(parts)?)
    }

    /// Returns the path, with parameters without a value in braces.
    ///
    /// Every other brace is encoded.
    pub(crate) fn path(&self) -> Result<String, UriFillError> {
        let values: Vec<(&str, &str)> = self
            .values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let mut path = String::new();
        for segment in self.template.segments() {
            match segment.name() {
                Some(name) if self.get(name).is_none() => {
                    path.push_str("/{");
                    path.extend(utf8_percent_encode(name, IN_SEGMENT));
                    if matches!(segment, TemplateSegment::Rest { .. }) {
                        path.push_str("..");
                    }
                    path.push('}');
                }
                _ => self.template.fill_segment(segment, &values, &mut path)?,
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        Ok(path)
    }
}
