//! The place in a request that a field is read from.

use syn::spanned::Spanned;
use syn::{Attribute, Ident};

use crate::errors::Errors;

/// The attributes of the sources.
const SOURCES: [(&str, Source); 7] = [
    ("query", Source::Query),
    ("header", Source::Header),
    // `path` is an attribute of Rust itself, and not available to a derive.
    ("param", Source::Path),
    ("cookie", Source::Cookie),
    ("form", Source::Form),
    ("part", Source::Part),
    ("body", Source::Body),
];

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Source {
    Query,
    Header,
    Path,
    Cookie,
    Form,
    /// A part of a form with files.
    Part,
    Body,
}

impl Source {
    /// Returns the name of its lens.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Header => "Header",
            Self::Path => "Path",
            Self::Cookie => "Cookie",
            Self::Form | Self::Part => "Form",
            Self::Body => "Body",
        }
    }
}

/// Returns the source of a field, and its attribute.
pub(super) fn source<'a>(
    field: &'a syn::Field,
    ident: &Ident,
    errors: &mut Errors,
) -> Option<(Source, &'a Attribute)> {
    let mut found = field.attrs.iter().filter_map(|attribute| {
        let (_, source) = SOURCES
            .iter()
            .find(|(name, _)| attribute.path().is_ident(name))?;
        Some((*source, attribute))
    });
    let Some(first) = found.next() else {
        let languages_own = field.attrs.iter().find(|a| a.path().is_ident("path"));
        match languages_own {
            Some(attribute) => {
                let message = "`#[path]` is an attribute of Rust itself: write `#[param]`";
                errors.at(attribute.path().span(), message);
            }
            None => errors.at(
                ident.span(),
                format!(
                    "`{ident}` needs a source: write `#[query]`, `#[header]`, `#[param]`, \
                     `#[cookie]`, `#[form]`, `#[part]` or `#[body]` above it"
                ),
            ),
        }
        return None;
    };
    // The golden tests of this crate run without the features of the library.
    if first.0 == Source::Part && !cfg!(any(feature = "multipart", test)) {
        let message = "`#[part]` needs the feature `multipart` of http4k-ws: write `features = \
                       [\"multipart\"]` behind it in `Cargo.toml`";
        errors.at(first.1.path().span(), message);
        return None;
    }
    for (_, other) in found {
        let message = format!("`{ident}` can have one source: remove one of the attributes");
        errors.at(other.path().span(), message);
    }
    Some(first)
}
