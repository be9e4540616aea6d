//! The description of a route, of its path parameters and of the fields that it reads.

use std::any::type_name;
use std::borrow::Cow;

use super::body::BodyDescription;
use super::response::ResponseDescription;
use super::security::SecurityScheme;
use crate::lens::Meta;
use crate::lens::description::{CallDescription, MessageDescription, SchemaOf};

/// The description of a route, by the types of its function and by the filters in front of it.
///
/// [`Route::description`](crate::routing::Route::description) returns it. What is unknown is
/// missing: a handler that returns a [`Response`](crate::Response) may respond with anything.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::{RouteDescription, SecurityScheme};
///
/// let mut route = RouteDescription::default();
/// assert!(route.params.is_empty() && route.receives.is_none() && route.responses.is_empty());
/// route.security.push(SecurityScheme::Bearer);
/// assert_eq!(route.security, [SecurityScheme::Bearer]);
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RouteDescription {
    /// The parameters of the complete path in order, those of mounts first.
    pub params: Vec<ParamDescription>,
    /// The values that `_` arguments read from the head of the request, or from a form.
    pub fields: Vec<FieldDescription>,
    /// The body that an argument reads, if one does.
    pub body: Option<BodyDescription>,
    /// The messages that the application receives over a socket.
    pub receives: Option<MessageDescription>,
    /// The messages that the application sends over a socket, or as the data of events.
    pub sends: Option<MessageDescription>,
    /// The responses of the function and of the filters.
    pub responses: Vec<ResponseDescription>,
    /// The credentials that filters require. Each filter adds one; a client satisfies all.
    pub security: Vec<SecurityScheme>,
    /// The subprotocols that a filter accepts, the preferred one first.
    pub subprotocols: Vec<String>,
    /// The maximum size of a message in bytes, if a filter sets it.
    pub max_message: Option<usize>,
    /// The maximum size of the request body in bytes, if a filter sets it.
    pub max_body: Option<u64>,
    /// The calls over the socket.
    pub calls: Vec<CallDescription>,
}

impl RouteDescription {
    /// Describes the messages that the application receives, and the calls that they carry.
    pub fn receive(&mut self, mut message: MessageDescription) {
        self.calls.append(&mut message.calls);
        self.receives = Some(message);
    }

    /// Adds what a filter in front of the route adds. Limits of several filters hold together.
    pub(crate) fn add(&mut self, filter: &Self) {
        self.fields.extend(filter.fields.iter().cloned());
        self.responses.extend(filter.responses.iter().cloned());
        self.security.extend(filter.security.iter().cloned());
        if self.subprotocols.is_empty() {
            self.subprotocols.clone_from(&filter.subprotocols);
        }
        self.max_message = least(self.max_message, filter.max_message);
        self.max_body = least(self.max_body, filter.max_body);
    }

    /// Describes the messages that the application sends.
    pub fn send(&mut self, mut message: MessageDescription) {
        self.calls.append(&mut message.calls);
        self.sends = Some(message);
    }
}

/// Returns the smaller of two limits, if there is one.
fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}

/// The description of one parameter of the path.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::ParamDescription;
///
/// let id = ParamDescription::new("id").of::<u64>();
/// assert_eq!((id.name.as_ref(), id.type_name), ("id", "u64"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParamDescription {
    /// The name in the template.
    pub name: Cow<'static, str>,
    /// The name of the Rust type, with its path; `str` if no argument reads the parameter.
    pub type_name: &'static str,
    /// The texts that an enum accepts; empty for any other type.
    pub values: &'static [&'static str],
    /// `true` if the parameter is the rest of the path.
    pub is_rest: bool,
}

impl ParamDescription {
    /// Describes a parameter that accepts every text.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            type_name: "str",
            values: &[],
            is_rest: false,
        }
    }

    /// Sets the type.
    #[must_use]
    pub fn of<T: ?Sized>(self) -> Self {
        let type_name = type_name::<T>();
        Self { type_name, ..self }
    }
}

/// The description of one value that is read from the head of a request, or from a form.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::FieldDescription;
/// use http4k_ws::lens::Query;
///
/// let page = FieldDescription::of::<u32>(Query::int("page").required().meta().clone());
/// assert_eq!((page.meta.name(), page.type_name), ("page", "u32"));
/// assert!(page.meta.is_required() && !page.is_flattened);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FieldDescription {
    /// The place and the name of the value, and whether a request must have it.
    pub meta: Meta,
    /// The name of the Rust type, with its path.
    pub type_name: &'static str,
    /// The schema of the type, if it has one. For a field of several values it is that of one of
    /// them; the documents make an array of it.
    pub schema: Option<SchemaOf>,
    /// The text of the value that a request without one has, if there is one.
    pub default: Option<String>,
    /// `true` if the value is a file of a form.
    pub is_file: bool,
    /// `true` for a type of serde, such as the `T` of a `Query<T>`. The properties of its schema
    /// are the values, and `meta` has their place only.
    pub is_flattened: bool,
}

impl FieldDescription {
    /// Describes a value of type `T` that a lens with `meta` reads.
    pub fn of<T: ?Sized>(meta: Meta) -> Self {
        Self {
            meta,
            type_name: type_name::<T>(),
            schema: None,
            default: None,
            is_file: false,
            is_flattened: false,
        }
    }

    /// Sets the documentation, which is that of the lens.
    #[must_use]
    pub fn with_docs(self, docs: impl Into<Cow<'static, str>>) -> Self {
        let meta = self.meta.with_description(docs);
        Self { meta, ..self }
    }

    /// Sets the text of the value that a request without one has.
    #[must_use]
    pub fn with_default(self, default: impl Into<String>) -> Self {
        let default = Some(default.into());
        Self { default, ..self }
    }

    /// Sets the schema. `None` leaves the one that is known.
    #[must_use]
    pub fn with_schema(self, schema: impl Into<Option<SchemaOf>>) -> Self {
        let schema = schema.into().or(self.schema);
        Self { schema, ..self }
    }
}
