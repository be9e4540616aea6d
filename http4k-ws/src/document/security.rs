//! The credentials that routes require, as components of both kinds of document.

use super::names::identifier;
use super::tree::{Members, Tree};
use crate::describe::SecurityScheme;
use crate::lens::Location;

/// Returns the name of the component, or `None` for credentials that neither specification has.
pub(super) fn name(scheme: &SecurityScheme) -> Option<String> {
    match scheme {
        SecurityScheme::Basic => Some("basic".into()),
        SecurityScheme::Bearer => Some("bearer".into()),
        SecurityScheme::ApiKey { location, name } => {
            place(*location).map(|place| format!("key_{place}_{}", identifier(name)))
        }
        SecurityScheme::Cookie { name } => Some(format!("cookie_{}", identifier(name))),
        _ => None,
    }
}

/// Returns the names of the filters whose credentials have no component.
pub(super) fn others(schemes: &[SecurityScheme]) -> Vec<Tree> {
    let names = schemes.iter().filter(|scheme| name(scheme).is_none());
    let names = names.map(|scheme| match scheme {
        SecurityScheme::Other { name } | SecurityScheme::ApiKey { name, .. } => name.to_string(),
        other => format!("{other:?}"),
    });
    names.map(Tree::from).collect()
}

/// Returns the component of a scheme. The kind of a key is `apiKey` in OpenAPI and `httpApiKey` in
/// AsyncAPI, in which `apiKey` is something else.
pub(super) fn component(scheme: &SecurityScheme, kind_of_key: &str) -> Members {
    let key = |place: &str, name: &str| {
        Members::new()
            .with("type", kind_of_key)
            .with("name", name)
            .with("in", place)
    };
    let http = |scheme| Members::new().with("type", "http").with("scheme", scheme);
    match scheme {
        SecurityScheme::Basic => http("basic"),
        SecurityScheme::ApiKey { location, name } => {
            key(place(*location).unwrap_or("header"), name)
        }
        SecurityScheme::Cookie { name } => key("cookie", name),
        _ => http("bearer"),
    }
}

/// Returns the place of a key, if both specifications have it.
fn place(location: Location) -> Option<&'static str> {
    match location {
        Location::Query | Location::Header | Location::Cookie => Some(location.as_str()),
        _ => None,
    }
}
