//! Failures to parse, match and fill templates.

/// The reason that a template was refused.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::UriTemplate;
///
/// let error = UriTemplate::parse("/users/{id}").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`{id}` in template `/users/{id}` is not a parameter here; write `<id>`"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriTemplateError {
    /// The template is relative. It must start with `/`, as the path of a request.
    #[error("template `{template}` does not start with `/`")]
    NoLeadingSlash {
        /// The template.
        template: String,
    },
    /// The template ends with `/`. It would match no path, since an empty segment matches neither a
    /// literal nor a parameter.
    #[error("template `{template}` ends with `/`; leave it out")]
    TrailingSlash {
        /// The template.
        template: String,
    },
    /// The template contains `//`, and would match no path.
    #[error("template `{template}` has an empty segment; write one `/`")]
    EmptySegment {
        /// The template.
        template: String,
    },
    /// A `<` has no `>`.
    #[error("`{segment}` in template `{template}` is never closed; write `{segment}>`")]
    Unclosed {
        /// The template.
        template: String,
        /// The segment.
        segment: String,
    },
    /// A parameter is in the style of another library, such as `{id}`, `:id` or `*rest`.
    #[error("`{segment}` in template `{template}` is not a parameter here; write `{instead}`")]
    OtherStyle {
        /// The template.
        template: String,
        /// The segment.
        segment: String,
        /// The parameter to write.
        instead: String,
    },
    /// A segment has text beside a parameter. Split the value in the handler.
    #[error(
        "`{segment}` in template `{template}` is not one parameter: a parameter is a whole segment"
    )]
    NotWhole {
        /// The template.
        template: String,
        /// The segment.
        segment: String,
    },
    /// The name of a parameter is not one that a variable can have. `_id` is valid, and `_` is not.
    #[error(
        "`{name}` in template `{template}` is not a valid name; name a parameter like a variable"
    )]
    BadName {
        /// The template.
        template: String,
        /// The text in place of the name.
        name: String,
    },
    /// A `:` has no type behind it.
    #[error(
        "parameter `{name}` in template `{template}` lacks its type; write it, or leave the `:` out"
    )]
    NoType {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
    },
    /// Segments follow a rest, which matches all remaining segments.
    #[error("`<{name}..>` in template `{template}` is not the last segment")]
    RestNotLast {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
    },
    /// A segment is `.` or `..`, which clients resolve before they send the path (RFC 3986 §5.2.4).
    #[error("template `{template}` has the segment `.` or `..`, which clients never send")]
    DotSegment {
        /// The template.
        template: String,
    },
    /// A character is not allowed in a path (RFC 3986 §3.3), or is `%`. Write literals decoded.
    #[error("{character:?} in template `{template}` is not allowed in a path")]
    BadCharacter {
        /// The template.
        template: String,
        /// The character.
        character: char,
    },
    /// Two parameters have the same name.
    #[error("template `{template}` has two parameters called `{name}`")]
    DuplicateName {
        /// The template.
        template: String,
        /// The name.
        name: String,
    },
    /// The template has more than
    /// [`UriTemplate::MAX_PARAMETERS`](crate::message::UriTemplate::MAX_PARAMETERS) parameters.
    #[error("template `{template}` has {count} parameters, more than 16")]
    TooManyParameters {
        /// The template.
        template: String,
        /// The number of parameters.
        count: usize,
    },
}

/// A captured part of a path is not UTF-8 text in percent-encoding. The response is 400.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::UriTemplate;
///
/// let template = UriTemplate::parse("/users/<name>").unwrap();
/// let error = template.extract("/users/%ff").unwrap_err();
/// assert_eq!(error.segment(), "%ff");
/// assert_eq!(error.to_string(), "`%ff` in the path is not percent-encoded UTF-8");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{segment}` in the path is not percent-encoded UTF-8")]
pub struct PathEncodingError {
    pub(super) segment: String,
}

impl PathEncodingError {
    /// Returns the part of the path as it was sent.
    pub fn segment(&self) -> &str {
        &self.segment
    }
}

/// The reason that a template could not be filled.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::UriFillError;
/// use http4k_ws::prelude::*;
///
/// routes! {
///     fn app() -> PolyHandler {
///         "/rooms/<room>" as room => http(|room: String| room),
///     }
/// }
///
/// let error = app::room { room: "" }.try_uri().unwrap_err();
/// assert!(matches!(error, UriFillError::Empty { .. }), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriFillError {
    /// A parameter has no value.
    #[error("template `{template}` needs a value for `{name}`")]
    Missing {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
    },
    /// A value has no parameter in the template.
    #[error("template `{template}` lacks a parameter `{name}`")]
    Unknown {
        /// The template.
        template: String,
        /// The name of the value.
        name: String,
    },
    /// The value is empty. Only a rest may be empty, since no path with an empty segment matches.
    #[error("the value for `{name}` in template `{template}` is empty")]
    Empty {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
    },
    /// The value is `.` or `..`, or that of a rest with such a segment. Clients resolve these
    /// before they send the path (RFC 3986 §5.2.4), also in percent-encoding. The path would then
    /// match another route or none.
    #[error(
        "the value `{value}` for `{name}` in template `{template}` has the segment `.` or `..`, \
         which clients resolve before they send the path"
    )]
    DotSegment {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
        /// The value.
        value: String,
    },
    /// The value of a rest starts with `/`, so that the path starts with `//`. Clients read the
    /// next segment as a host (RFC 3986 §4.2).
    #[error(
        "the value `{value}` for `{name}` in template `{template}` makes a path that starts with \
         `//`, which clients read as a host"
    )]
    Host {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
        /// The value.
        value: String,
    },
    /// The value of a link is not of the type that the route's function takes. The route would
    /// respond with 404. If the type is declared in the path, as in `<id: u64>`, a wrong value does
    /// not compile.
    #[error(
        "the value `{value}` for `{name}` in template `{template}` is not {expected}, which the \
         function of the route takes"
    )]
    Unreadable {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
        /// The value.
        value: String,
        /// The name of the type, such as `u64`.
        expected: &'static str,
    },
}
