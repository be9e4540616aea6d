//! Why a template, a path or a value was refused.

/// Why a template was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriTemplateError {
    /// It is relative; a template starts where the path of a request does.
    #[error("template `{template}` does not start with `/`")]
    NoLeadingSlash {
        /// The template.
        template: String,
    },
    /// It ends with `/`, and would match nothing: an empty segment matches neither literal nor parameter.
    #[error("template `{template}` ends with `/`; leave it out")]
    TrailingSlash {
        /// The template.
        template: String,
    },
    /// It holds `//`, and would match nothing.
    #[error("template `{template}` has an empty segment; write one `/`")]
    EmptySegment {
        /// The template.
        template: String,
    },
    /// A `<` without its `>`.
    #[error("`{segment}` in template `{template}` is never closed; write `{segment}>`")]
    Unclosed {
        /// The template.
        template: String,
        /// The segment.
        segment: String,
    },
    /// A parameter as another library writes it, such as `{id}`, `:id` or `*rest`.
    #[error("`{segment}` in template `{template}` is no parameter here; write `{instead}`")]
    OtherStyle {
        /// The template.
        template: String,
        /// The segment.
        segment: String,
        /// What to write.
        instead: String,
    },
    /// A parameter with text beside it; split the value in the handler.
    #[error(
        "`{segment}` in template `{template}` is not one parameter: a parameter is a whole segment"
    )]
    NotWhole {
        /// The template.
        template: String,
        /// The segment.
        segment: String,
    },
    /// A parameter's name is none that a variable can have; `_` alone is none either, and `_id` is.
    #[error("`{name}` in template `{template}` is no name; name a parameter like a variable")]
    BadName {
        /// The template.
        template: String,
        /// What stands in the place of the name.
        name: String,
    },
    /// A `:` with no type behind it.
    #[error(
        "parameter `{name}` in template `{template}` lacks its type; write it, or leave the `:` out"
    )]
    NoType {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
    },
    /// Segments behind a rest, which matches all that is left.
    #[error("`<{name}..>` in template `{template}` is not the last segment")]
    RestNotLast {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
    },
    /// A segment that clients resolve before they ask (RFC 3986 §5.2.4), so that it never arrives.
    #[error("template `{template}` has the segment `.` or `..`, which never arrives")]
    DotSegment {
        /// The template.
        template: String,
    },
    /// A character that no path holds (RFC 3986 §3.3), or a `%`: literals are written decoded.
    #[error("{character:?} in template `{template}` can't stand in a path")]
    BadCharacter {
        /// The template.
        template: String,
        /// The character.
        character: char,
    },
    /// Two parameters of one name.
    #[error("template `{template}` has two parameters called `{name}`")]
    DuplicateName {
        /// The template.
        template: String,
        /// The name.
        name: String,
    },
    /// More than [`UriTemplate::MAX_PARAMETERS`](crate::message::UriTemplate::MAX_PARAMETERS) parameters.
    #[error("template `{template}` has {count} parameters, more than 16")]
    TooManyParameters {
        /// The template.
        template: String,
        /// How many there are.
        count: usize,
    },
}

/// A captured part of a path is not the percent-encoding of UTF-8 text; answered with 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{segment}` in the path is no percent-encoded UTF-8")]
pub struct PathEncodingError {
    pub(super) segment: String,
}

impl PathEncodingError {
    /// The part of the path, as it was sent.
    pub fn segment(&self) -> &str {
        &self.segment
    }
}

/// Why a template was not filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriFillError {
    /// No value was given for this parameter.
    #[error("template `{template}` needs a value for `{name}`")]
    Missing {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
    },
    /// A value was given that the template has no parameter for.
    #[error("template `{template}` has no parameter `{name}`")]
    Unknown {
        /// The template.
        template: String,
        /// The name of the value.
        name: String,
    },
    /// The value is empty, and no path with an empty segment matches; only a rest may be empty.
    #[error("the value for `{name}` in template `{template}` is empty")]
    Empty {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
    },
    /// The value is `.` or `..`, or is for a rest and has such a segment. Clients resolve these before
    /// they send the path (RFC 3986 §5.2.4), which then matches another route or none; no encoding
    /// prevents it.
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
    /// The value of a rest starts with `/` at the start of a path, which then starts with `//`. Clients
    /// take the next segment for a host (RFC 3986 §4.2).
    #[error(
        "the value `{value}` for `{name}` in template `{template}` makes a path that starts with \
         `//`, which clients take for a host"
    )]
    Host {
        /// The template.
        template: String,
        /// The parameter.
        name: String,
        /// The value.
        value: String,
    },
}
