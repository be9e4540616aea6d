//! The values in the head of a request, and in forms: their names and types.

use serde_json::Value;

use super::docs::comment;
use super::message::Writer;
use super::names::property;
use super::types::{braces, is_large};
use crate::document::parameters::{field_schema, parameters};
use crate::document::table::Entry;
use crate::lens::Location;

/// A value with a name.
struct Member {
    name: String,
    docs: String,
    is_required: bool,
    schema: Value,
}

impl Writer<'_> {
    /// Returns the type of the values that a route reads from a place; `None` if there are none.
    pub(super) fn head(&mut self, entry: &Entry, location: Location, depth: usize) -> String {
        let parameters = parameters(entry, self.schemas).into_iter();
        let members = parameters.filter(|parameter| parameter.location == location);
        let (exploded, members): (Vec<_>, Vec<_>) = members.partition(|one| one.is_exploded);
        let members = members.into_iter().map(|parameter| Member {
            name: parameter.name,
            docs: parameter.description,
            is_required: parameter.is_required,
            schema: parameter.schema,
        });
        self.members(members.collect(), !exploded.is_empty(), depth)
    }

    /// Returns the type of the form that fields of the body make; `None` if there are no such
    /// fields.
    pub(super) fn form(&mut self, entry: &Entry, depth: usize) -> Option<String> {
        let fields = entry.description.fields.iter();
        let mut members = Vec::new();
        for field in fields.filter(|field| field.meta.location() == Location::Form) {
            if members
                .iter()
                .all(|known: &Member| known.name != field.meta.name())
            {
                members.push(Member {
                    name: field.meta.name().to_owned(),
                    docs: field.meta.description().unwrap_or_default().to_owned(),
                    is_required: field.meta.is_required(),
                    schema: field_schema(field, self.schemas),
                });
            }
        }
        (!members.is_empty()).then(|| self.members(members, false, depth))
    }

    fn members(&self, members: Vec<Member>, is_open: bool, depth: usize) -> String {
        let mut all: Vec<(String, String)> = Vec::with_capacity(members.len());
        for member in members {
            let sign = if member.is_required { "" } else { "?" };
            let text = format!(
                "{}{sign}: {}",
                property(&member.name),
                self.as_text(&member.schema, depth + 1)
            );
            all.push((comment(&member.docs, depth + 1), text));
        }
        if is_open {
            all.push((String::new(), "[name: string]: unknown".into()));
        }
        match all.is_empty() {
            true => "None".into(),
            false => braces(&all, depth),
        }
    }

    /// Returns the type of a value that travels as a text, or of several. Their integers keep their
    /// digits.
    fn as_text(&self, schema: &Value, depth: usize) -> String {
        let text = self.types.of(schema, depth);
        let one = match schema["type"] == "array" {
            true => &schema["items"],
            false => schema,
        };
        let is_unbounded = one["type"] == "integer" && one.get("maximum").is_none();
        match text.as_str() {
            "number" if is_unbounded || is_large(one) => "number | bigint".into(),
            "number[]" if is_unbounded || is_large(one) => "(number | bigint)[]".into(),
            _ => text,
        }
    }
}
