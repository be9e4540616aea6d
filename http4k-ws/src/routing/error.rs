//! Why an application was not built.

use crate::message::UriTemplateError;

/// Why a route was refused.
///
/// `routes!` makes the same mistakes compile errors, as far as they can be seen there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// The template breaks a rule, which [`source`](std::error::Error::source) names.
    #[error("`{route}` has no valid template")]
    Template {
        /// The route, or the prefix.
        route: String,
        /// The rule, and what to write instead.
        source: UriTemplateError,
    },
    /// A prefix that takes all that is left leaves nothing for the routes under it; end it before the rest.
    #[error("the prefix `{prefix}` takes all that is left of a path")]
    RestInPrefix {
        /// The prefix.
        prefix: String,
    },
    /// Both match the same requests, whatever their parameters are called; drop or narrow one of them.
    #[error("`{new}` matches the same requests as `{existing}`")]
    Conflict {
        /// The route added later.
        new: String,
        /// The route already there.
        existing: String,
    },
    /// Every request for it goes to another route, which is found first; drop it, or narrow the other.
    #[error("`{route}` is never reached: `{by}` takes its requests first")]
    Unreachable {
        /// The route that is never matched.
        route: String,
        /// The route that is asked instead.
        by: String,
    },
    /// More parameters than a path may have, those of every prefix and mount on the way included.
    #[error("`{route}` has {count} parameters, more than 16")]
    TooManyParameters {
        /// The route, with all its prefixes.
        route: String,
        /// How many there are.
        count: usize,
    },
    /// Two routes of one name; rename one.
    #[error("`{new}` has the name `{name}`, which `{existing}` has")]
    DuplicateName {
        /// The name.
        name: String,
        /// The route named later.
        new: String,
        /// The route named first.
        existing: String,
    },
    /// A name or a documentation before the first route; give it after the route that it is for.
    #[error("`{text}` is for the route before it, and there is none")]
    NoRoute {
        /// The name or the documentation.
        text: String,
    },
    /// A second answer for what no route of one prefix takes; drop one.
    #[error("the prefix `{prefix}` has two {protocol} fallbacks")]
    DuplicateFallback {
        /// The prefix.
        prefix: String,
        /// `http` or `ws`.
        protocol: super::Protocol,
    },
}
