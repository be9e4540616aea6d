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

/// Returns `true` for the attribute of a source.
pub(crate) fn is_source(attribute: &Attribute) -> bool {
    SOURCES
        .iter()
        .any(|(name, _)| attribute.path().is_ident(name))
}

/// Returns the message for an attribute that other libraries have in the place of a source.
fn in_place_of_a_source(attribute: &Attribute) -> Option<&'static str> {
    let name = attribute.path().get_ident()?.to_string();
    Some(match name.as_str() {
        "path" => "`#[path]` is an attribute of Rust itself: write `#[param]`",
        "json" => "JSON is one format of a body: write `#[body]` above a field of type `Json<T>`",
        "file" | "multipart" => "a file is a part of a form: write `#[part]`",
        "state" | "extension" => {
            "a request does not have values of the program: remove this field, and pass the value \
             to the function of the route by its name"
        }
        "request" => {
            "a request cannot be a part of itself: remove this field, and pass `req` to the \
             function of the route"
        }
        _ => return None,
    })
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
        let mut other = field.attrs.iter();
        match other.find_map(|attribute| Some((attribute, in_place_of_a_source(attribute)?))) {
            Some((attribute, message)) => errors.at(attribute.path().span(), message),
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
