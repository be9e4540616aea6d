//! The description of the body of a request.

use std::borrow::Cow;

use crate::lens::Format;
use crate::lens::description::{MessageDescription, SchemaOf};

/// The description of the body of a request.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::BodyDescription;
///
/// let image = BodyDescription::new("image/png").with_docs("The avatar.").optional();
/// assert_eq!(image.content_types, ["image/png"]);
/// assert_eq!((image.docs, image.is_required), ("The avatar.", false));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BodyDescription {
    /// The name of the type, without its path; empty if it has none that matters.
    pub name: Cow<'static, str>,
    /// The Content-Types that are read, the usual one first.
    pub content_types: Vec<Cow<'static, str>>,
    /// The doc comment, or an empty text.
    pub docs: &'static str,
    /// The schema of the value, if it has one.
    pub schema: Option<SchemaOf>,
    /// `true` if a request without a body is refused.
    pub is_required: bool,
}

impl BodyDescription {
    /// Describes a required body of one Content-Type.
    pub fn new(content_type: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: Cow::Borrowed(""),
            content_types: vec![content_type.into()],
            docs: "",
            schema: None,
            is_required: true,
        }
    }

    /// Describes a required body that is a message, in each of its formats.
    pub fn of_message(message: MessageDescription) -> Self {
        let formats = message.formats.iter().copied();
        Self {
            name: message.name,
            content_types: formats.map(|f| f.content_type().into()).collect(),
            docs: message.docs,
            schema: message.schema,
            is_required: true,
        }
    }

    /// Describes a required body of JSON.
    pub fn json(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            ..Self::new(Format::Json.content_type())
        }
    }

    /// Sets the documentation.
    #[must_use]
    pub fn with_docs(self, docs: &'static str) -> Self {
        Self { docs, ..self }
    }

    /// Sets the schema. `None` leaves the one that is known.
    #[must_use]
    pub fn with_schema(self, schema: impl Into<Option<SchemaOf>>) -> Self {
        let schema = schema.into().or(self.schema);
        Self { schema, ..self }
    }

    /// Lets a request have no body.
    #[must_use]
    pub fn optional(self) -> Self {
        Self {
            is_required: false,
            ..self
        }
    }
}
