//! The messages of a document. Equal descriptions are one component, also of both directions.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::docs;
use super::super::names::{Names, identifier};
use super::super::schemas::{Direction, Schemas};
use super::super::table::COMPONENTS;
use super::super::tree::{Members, Tree};
use super::draft7::draft7;
use crate::describe::MessageDescription;
use crate::lens::Format;

/// The components of messages, in the order of the routes.
#[derive(Debug, Default)]
pub(super) struct Messages {
    components: Members,
    names: Names,
    /// The name of each component, by its text.
    known: HashMap<String, String>,
}

impl Messages {
    /// Adds a message, and returns the name of its component.
    pub(super) fn add(
        &mut self,
        message: &MessageDescription,
        direction: Direction,
        schemas: &mut Schemas,
    ) -> String {
        let payload = payload(message, direction, schemas);
        // `UserInput`, if the type differs by direction.
        let component = payload.as_ref().and_then(|payload| {
            let reference = payload.get("$ref")?.as_str()?;
            Some(reference.strip_prefix(COMPONENTS)?.to_owned())
        });
        let name = component.unwrap_or_else(|| identifier(&message.name));
        let members = members(message, payload);
        let text = Tree::from(members.clone()).to_string();
        if let Some(known) = self.known.get(&text) {
            return known.clone();
        }
        let name = self.names.unique(&name);
        self.components.push(name.clone(), members);
        self.known.insert(text, name.clone());
        name
    }

    pub(super) fn into_components(self) -> Members {
        self.components
    }
}

fn payload(
    message: &MessageDescription,
    direction: Direction,
    schemas: &mut Schemas,
) -> Option<Value> {
    match (message.schema, message.formats.first()) {
        (Some(of), _) => Some(draft7(schemas.schema(direction, of))),
        (None, Some(Format::Text)) => Some(json!({ "type": "string" })),
        (None, Some(Format::Binary)) => Some(json!({ "type": "string", "format": "binary" })),
        (None, _) => None,
    }
}

fn members(message: &MessageDescription, payload: Option<Value>) -> Members {
    let (summary, description) = docs::split(message.docs);
    let formats = message.formats.iter().map(|format| format.content_type());
    let formats: Vec<Tree> = formats.map(Tree::from).collect();
    let content_type = formats.first().cloned();
    let formats = if formats.len() > 1 {
        formats
    } else {
        Vec::new()
    };
    let variants = message.variants.iter().copied().map(Tree::from).collect();
    Members::new()
        .with_text("name", &message.name)
        .with_text("summary", summary)
        .with_text("description", description)
        .with_some("contentType", content_type)
        .with_some("payload", payload.map(Tree::schema))
        .with_list("x-content-types", formats)
        .with_list("x-variants", variants)
}
