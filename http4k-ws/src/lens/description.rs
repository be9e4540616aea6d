//! Descriptions of messages and of the schemas of types, for documents.

use std::borrow::Cow;
use std::fmt;

use super::format::Format;
use super::message::Message;

/// The JSON schema of a type, which is generated when a document is written.
///
/// A document calls `schema` with a generator for the direction: of what comes in
/// (`SchemaSettings::for_deserialize`), or of what goes out (`for_serialize`). Without the feature
/// `schema` there is no value of this type.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "schema")] {
/// use http4k_ws::describe::SchemaOf;
/// use schemars::generate::SchemaSettings;
///
/// let numbers = SchemaOf::of::<Vec<u32>>();
/// let mut generator = SchemaSettings::draft2020_12().into_generator();
/// let schema = numbers.schema(&mut generator);
/// assert_eq!(schema.get("type").unwrap(), "array");
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct SchemaOf {
    #[cfg(feature = "schema")]
    generate: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
    #[cfg(not(feature = "schema"))]
    _none: std::convert::Infallible,
}

#[cfg(feature = "schema")]
impl SchemaOf {
    /// Returns the schema of `T`, as a reference to a definition if `T` has a name of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "schema")] {
    /// use http4k_ws::describe::SchemaOf;
    /// use schemars::generate::SchemaSettings;
    /// use schemars::JsonSchema;
    ///
    /// #[derive(JsonSchema)]
    /// struct Room {
    ///     name: String,
    /// }
    ///
    /// let mut generator = SchemaSettings::draft2020_12().into_generator();
    /// let schema = SchemaOf::of::<Room>().schema(&mut generator);
    /// assert_eq!(schema.get("$ref").unwrap(), "#/$defs/Room");
    /// # }
    /// ```
    pub fn of<T: schemars::JsonSchema>() -> Self {
        Self::from_fn(|generator| generator.subschema_for::<T>())
    }

    /// Returns the schema that `generate` returns.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "schema")] {
    /// use http4k_ws::describe::SchemaOf;
    /// use schemars::{SchemaGenerator, json_schema};
    ///
    /// let time = SchemaOf::from_fn(|_| json_schema!({ "type": "string", "format": "date-time" }));
    /// let schema = time.schema(&mut SchemaGenerator::default());
    /// assert_eq!(schema.get("format").unwrap(), "date-time");
    /// # }
    /// ```
    pub fn from_fn(generate: fn(&mut schemars::SchemaGenerator) -> schemars::Schema) -> Self {
        Self { generate }
    }

    /// Generates the schema. Definitions that it refers to are added to `generator`.
    pub fn schema(&self, generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        (self.generate)(generator)
    }
}

impl fmt::Debug for SchemaOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SchemaOf")
    }
}

/// The description of a message: its name, formats and schema.
///
/// [`Message::description`](crate::Message::description) returns it.
///
/// # Examples
///
/// ```
/// use http4k_ws::Message;
/// use http4k_ws::lens::Format;
///
/// let text = String::description();
/// assert_eq!((text.name.as_ref(), text.formats), ("String", &[Format::Text][..]));
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct MessageDescription {
    /// The name of the type.
    pub name: Cow<'static, str>,
    /// The names that the variants of an enum have on the wire; empty for any other type.
    pub variants: &'static [&'static str],
    /// The formats that values are written and read in, the usual one first. Empty for a format
    /// that is not one of [`Format`].
    pub formats: &'static [Format],
    /// The doc comment of the type, or an empty text.
    pub docs: &'static str,
    /// The schema, if the type has one.
    pub schema: Option<SchemaOf>,
    /// The calls that the message carries, if it is one of a protocol of calls.
    pub calls: Vec<CallDescription>,
}

impl MessageDescription {
    /// Describes `M` by its constants, without a schema.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::describe::MessageDescription;
    /// use http4k_ws::prelude::*;
    ///
    /// /// A line of a chat.
    /// #[derive(Serialize, Deserialize, Message)]
    /// struct Line(String);
    ///
    /// assert_eq!(MessageDescription::of::<Line>().name, "Line");
    /// assert_eq!(Line::description().docs, "A line of a chat."); // The derive adds more.
    /// ```
    pub fn of<M: Message>() -> Self {
        Self {
            name: M::NAME.into(),
            variants: M::VARIANTS,
            formats: M::FORMATS,
            ..Self::default()
        }
    }

    /// Sets the documentation.
    #[must_use]
    pub fn with_docs(self, docs: &'static str) -> Self {
        Self { docs, ..self }
    }

    /// Sets the schema. `None` leaves the one that is known.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "schema")] {
    /// use http4k_ws::describe::{MessageDescription, SchemaOf};
    ///
    /// let text = MessageDescription::of::<String>().with_schema(SchemaOf::of::<String>());
    /// assert!(text.with_schema(None).schema.is_some());
    /// # }
    /// ```
    #[must_use]
    pub fn with_schema(self, schema: impl Into<Option<SchemaOf>>) -> Self {
        let schema = schema.into().or(self.schema);
        Self { schema, ..self }
    }
}

/// The description of one call over a socket.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::CallDescription;
///
/// let call = CallDescription::new("rename").with_docs("Renames the room.");
/// assert_eq!((call.name, call.is_stream), ("rename", false));
/// assert_eq!(call.docs, "Renames the room.");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallDescription {
    /// The name on the wire.
    pub name: &'static str,
    /// The doc comment, or an empty text.
    pub docs: &'static str,
    /// The schema of the arguments, if it is known.
    pub args: Option<SchemaOf>,
    /// The schema of the reply, or of each item of a stream, if it is known.
    pub reply: Option<SchemaOf>,
    /// `true` if the call is replied to with a stream of items.
    pub is_stream: bool,
}

impl CallDescription {
    /// Describes a call with one reply.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            docs: "",
            args: None,
            reply: None,
            is_stream: false,
        }
    }

    /// Sets the documentation.
    #[must_use]
    pub fn with_docs(self, docs: &'static str) -> Self {
        Self { docs, ..self }
    }
}
