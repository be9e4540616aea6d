//! The description of a response, and the trait of the types that have one.

use std::borrow::Cow;

use http::StatusCode;

use crate::lens::Format;
use crate::lens::description::{MessageDescription, SchemaOf};

/// The description of one response of a route.
///
/// # Examples
///
/// ```
/// use http4k_ws::StatusCode;
/// use http4k_ws::describe::ResponseDescription;
///
/// let missing = ResponseDescription::new(StatusCode::NOT_FOUND).with_docs("No such user.");
/// assert_eq!(missing.status, Some(StatusCode::NOT_FOUND));
/// assert!(missing.content_types.is_empty());
/// assert_eq!(missing.docs, "No such user.");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ResponseDescription {
    /// The status; `None` if it is known only when the response is made.
    pub status: Option<StatusCode>,
    /// The Content-Types, the usual one first; empty without a body.
    pub content_types: Vec<Cow<'static, str>>,
    /// The name of the type of the body, without its path; empty if it has none that matters.
    pub name: Cow<'static, str>,
    /// The doc comment of that type, or a sentence on the response; or an empty text.
    pub docs: Cow<'static, str>,
    /// The schema of the body, if it has one.
    pub schema: Option<SchemaOf>,
    /// The header fields that the response has.
    pub headers: Vec<HeaderDescription>,
}

impl ResponseDescription {
    /// Describes a response without a body. `None` is a status that is known only when the response
    /// is made.
    pub fn new(status: impl Into<Option<StatusCode>>) -> Self {
        Self {
            status: status.into(),
            content_types: Vec::new(),
            name: Cow::Borrowed(""),
            docs: Cow::Borrowed(""),
            schema: None,
            headers: Vec::new(),
        }
    }

    /// Describes a response with the status 200 and a body that is a message, in its first format.
    pub fn of_message(message: MessageDescription) -> Self {
        let format = message.formats.first();
        Self {
            content_types: format
                .map(|f| f.content_type().into())
                .into_iter()
                .collect(),
            name: message.name,
            docs: Cow::Borrowed(message.docs),
            schema: message.schema,
            ..Self::new(StatusCode::OK)
        }
    }

    /// Describes a response with the status 200 and a body of JSON.
    pub fn json(name: impl Into<Cow<'static, str>>) -> Self {
        let response = Self::new(StatusCode::OK).with_content_type(Format::Json.content_type());
        Self {
            name: name.into(),
            ..response
        }
    }

    /// Describes a response of `application/problem+json` (RFC 9457).
    pub fn problem(status: impl Into<Option<StatusCode>>) -> Self {
        Self::new(status).with_content_type("application/problem+json")
    }

    /// Adds a Content-Type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<Cow<'static, str>>) -> Self {
        self.content_types.push(content_type.into());
        self
    }

    /// Sets the documentation.
    #[must_use]
    pub fn with_docs(self, docs: impl Into<Cow<'static, str>>) -> Self {
        Self {
            docs: docs.into(),
            ..self
        }
    }

    /// Sets the schema. `None` leaves the one that is known.
    #[must_use]
    pub fn with_schema(self, schema: impl Into<Option<SchemaOf>>) -> Self {
        let schema = schema.into().or(self.schema);
        Self { schema, ..self }
    }

    /// Adds a header field.
    #[must_use]
    pub fn with_header(mut self, header: HeaderDescription) -> Self {
        self.headers.push(header);
        self
    }
}

/// The description of one header field of a response.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::HeaderDescription;
///
/// let retry = HeaderDescription::new("retry-after").with_docs("Seconds to wait.");
/// assert_eq!((retry.name.as_ref(), retry.docs.as_ref()), ("retry-after", "Seconds to wait."));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeaderDescription {
    /// The name, in lower case.
    pub name: Cow<'static, str>,
    /// A sentence on the value, or an empty text.
    pub docs: Cow<'static, str>,
}

impl HeaderDescription {
    /// Describes the field `name`.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            docs: Cow::Borrowed(""),
        }
    }

    /// Sets the documentation.
    #[must_use]
    pub fn with_docs(self, docs: impl Into<Cow<'static, str>>) -> Self {
        Self {
            docs: docs.into(),
            ..self
        }
    }
}

/// A type that a function returns, whose responses are known.
///
/// `#[derive(Message)]` implements it. A type without it is not described, and needs nothing.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::{DescribeResponse, ResponseDescription, SchemaOf};
/// use http4k_ws::{IntoResponse, Response, StatusCode};
///
/// struct Accepted;
///
/// impl IntoResponse for Accepted {
///     fn into_response(self) -> Response {
///         StatusCode::ACCEPTED.into_response()
///     }
/// }
///
/// impl DescribeResponse for Accepted {
///     type Body = ();
///     type Failure = ();
///
///     fn responses(_: Option<SchemaOf>, _: Option<SchemaOf>) -> Vec<ResponseDescription> {
///         vec![ResponseDescription::new(StatusCode::ACCEPTED)]
///     }
/// }
///
/// let all = Option::<Accepted>::responses(None, None);
/// assert_eq!(all[0].status, Some(StatusCode::ACCEPTED));
/// assert_eq!(all[1].status, Some(StatusCode::NOT_FOUND));
/// ```
pub trait DescribeResponse {
    /// The type whose schema the body of a success has; `()` if there is none.
    type Body;
    /// The type whose schema the body of a failure has; `()` if there is none.
    type Failure;

    /// Returns the responses. The arguments are the schemas of [`Body`](Self::Body) and
    /// [`Failure`](Self::Failure), if these have one.
    fn responses(body: Option<SchemaOf>, failure: Option<SchemaOf>) -> Vec<ResponseDescription>;
}
