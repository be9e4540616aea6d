//! The reason why an application was not built.

use crate::message::UriTemplateError;

/// The reason why a route was rejected.
///
/// `routes!` reports the same mistakes as compile errors, as far as the compiler can see them.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::{RouteError, Routes};
///
/// let routes = Routes::new()
///     .http(Method::GET, "/users/<id>", |_request: Request| "by id")
///     .http(Method::GET, "/users/<name>", |_request: Request| "by name");
/// let error = routes.build().unwrap_err();
/// assert!(matches!(error, RouteError::Conflict { .. }), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// The template breaks a rule, which [`source`](std::error::Error::source) describes.
    #[error("the template of `{route}` is not valid")]
    Template {
        /// The route, or the prefix.
        route: String,
        /// The rule, and the correct form.
        source: UriTemplateError,
    },
    /// A prefix with a rest leaves no path for the routes below it. End the prefix before the rest.
    #[error("the prefix `{prefix}` takes all that is left of a path")]
    RestInPrefix {
        /// The prefix.
        prefix: String,
    },
    /// Both match the same requests. The names of parameters make no difference. Drop or narrow one
    /// of them.
    #[error("`{new}` matches the same requests as `{existing}`")]
    Conflict {
        /// The route added later.
        new: String,
        /// The route already present.
        existing: String,
    },
    /// Another route, which is found first, matches every request for this one. Drop this route, or
    /// narrow the other.
    #[error("`{route}` is never reached: `{by}` takes its requests first")]
    Unreachable {
        /// The route that is never matched.
        route: String,
        /// The route that is matched instead.
        by: String,
    },
    /// The path has too many parameters, including those of every prefix and mount.
    #[error("`{route}` has {count} parameters, more than 16")]
    TooManyParameters {
        /// The route, with all its prefixes.
        route: String,
        /// The number of parameters.
        count: usize,
    },
    /// Two routes have one name. Rename one.
    #[error("`{new}` has the name `{name}`, which `{existing}` has")]
    DuplicateName {
        /// The name.
        name: String,
        /// The route named later.
        new: String,
        /// The route named first.
        existing: String,
    },
    /// A name or a documentation precedes the first route. Add it after its route.
    #[error("`{text}` must follow the route that it is for")]
    NoRoute {
        /// The name or the documentation.
        text: String,
    },
    /// A prefix has two fallbacks for one protocol. Drop one.
    #[error("the prefix `{prefix}` has two {protocol} fallbacks")]
    DuplicateFallback {
        /// The prefix.
        prefix: String,
        /// `http` or `ws`.
        protocol: super::Protocol,
    },
}
