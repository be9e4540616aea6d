//! The messages of sockets, streams and bodies: their types, and how they travel.

use serde_json::Value;

use super::types::Types;
use crate::describe::{MessageDescription, RouteDescription, SchemaOf};
use crate::document::schemas::{Direction, Schemas};
use crate::lens::Format;

/// The form of a message on the wire, as the client calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Text,
    Binary,
    Any,
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Any => "any",
        }
    }

    /// Returns the type of a message that is not JSON.
    fn raw(self) -> &'static str {
        match self {
            Self::Json => "unknown",
            Self::Text => "string",
            Self::Binary => "Uint8Array",
            Self::Any => "string | Uint8Array",
        }
    }
}

/// A writer of the types of routes.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) schemas: &'a mut Schemas,
    pub(super) types: Types<'a>,
}

impl Writer<'_> {
    /// Returns the type of a value in a direction; `unknown` without a schema.
    pub(super) fn value(
        &mut self,
        direction: Direction,
        schema: Option<SchemaOf>,
        depth: usize,
    ) -> String {
        let Some(schema) = schema else {
            return "unknown".into();
        };
        let schema: Value = self.schemas.schema(direction, schema);
        self.types.of(&schema, depth)
    }

    /// Returns the form and the type of a message.
    pub(super) fn message(
        &mut self,
        direction: Direction,
        message: Option<&MessageDescription>,
        subprotocols: &[String],
        depth: usize,
    ) -> (Kind, String) {
        let Some(message) = message else {
            return (Kind::Any, Kind::Any.raw().into());
        };
        let kind = kind(message.formats, subprotocols);
        let text = match kind {
            Kind::Json => self.value(direction, message.schema, depth),
            raw => raw.raw().into(),
        };
        (kind, text)
    }
}

/// Returns the form that a client of the formats uses. JSON that is not the first format needs a
/// subprotocol which names it.
fn kind(formats: &[Format], subprotocols: &[String]) -> Kind {
    let is_json = formats.first() == Some(&Format::Json)
        || (formats.contains(&Format::Json) && json_of(subprotocols).is_some());
    match formats.first() {
        _ if is_json => Kind::Json,
        Some(Format::Text) => Kind::Text,
        Some(_) => Kind::Binary,
        None => Kind::Any,
    }
}

/// Returns the subprotocol that names JSON, if there is one.
fn json_of(subprotocols: &[String]) -> Option<&String> {
    let mut names = subprotocols.iter();
    names.find(|name| Format::of_subprotocol(name) == Some(Format::Json))
}

/// Returns the subprotocol that the client must offer: one with JSON, if another format is first.
pub(super) fn offered(route: &RouteDescription) -> Option<&String> {
    let messages = [&route.receives, &route.sends];
    let needs = messages.into_iter().flatten().any(|message| {
        let formats = message.formats;
        formats.contains(&Format::Json) && formats.first() != Some(&Format::Json)
    });
    json_of(&route.subprotocols).filter(|_| needs)
}

/// Returns the form of the events of a stream, which are texts.
pub(super) fn event_kind(message: Option<&MessageDescription>) -> Kind {
    let formats = message.map_or(&[] as &[Format], |message| message.formats);
    let is_text = |format: &&Format| matches!(format, Format::Json | Format::Text);
    match formats.iter().find(is_text) {
        Some(Format::Json) => Kind::Json,
        _ => Kind::Text,
    }
}

/// Returns `true` if a message is the `Feed` of a topic, which has positions.
pub(super) fn is_feed(message: &MessageDescription) -> bool {
    message.variants == ["message", "joined", "left", "caughtUp", "lost"]
}
