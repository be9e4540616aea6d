//! The body of an operation.

use serde_json::{Map, Value, json};

use super::super::parameters::field_schema;
use super::super::schemas::{Direction, Schemas};
use super::super::tree::{Members, Tree};
use super::replies::plain_schema;
use crate::describe::RouteDescription;
use crate::lens::Location;

/// The body that one route reads, or several on one path.
#[derive(Debug, Clone)]
pub(super) struct RequestBody {
    description: String,
    content: Vec<(String, Option<Value>)>,
    is_required: bool,
}

impl RequestBody {
    /// Adds the contents of `other`, which another route on the path reads.
    pub(super) fn merge(&mut self, other: Self) {
        for (content_type, schema) in other.content {
            let mut known = self.content.iter_mut();
            match known.find(|(known, _)| *known == content_type) {
                Some((_, known)) if *known != schema => *known = None,
                Some(_) => {}
                None => self.content.push((content_type, schema)),
            }
        }
        self.is_required &= other.is_required;
    }

    /// Lets a request have no body.
    pub(super) fn optional(&mut self) {
        self.is_required = false;
    }

    /// Returns the request body object of OpenAPI.
    pub(super) fn members(self) -> Members {
        let content = self.content.into_iter().map(|(content_type, schema)| {
            let media = Members::new().with_some("schema", schema.map(Tree::schema));
            (content_type, Tree::from(media))
        });
        Members::new()
            .with_text("description", &self.description)
            .with("content", content.collect::<Members>())
            .with("required", self.is_required)
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// Returns the body that a route reads.
pub(super) fn request_body(route: &RouteDescription, schemas: &mut Schemas) -> Option<RequestBody> {
    let form = form(route, schemas);
    let Some(body) = &route.body else {
        return form.map(|form| RequestBody {
            description: String::new(),
            is_required: form.get("required").is_some(),
            content: vec![(FORM.to_owned(), Some(form))],
        });
    };
    let schema = body
        .schema
        .map(|of| schemas.schema(Direction::Incoming, of));
    let content = body.content_types.iter().map(|content_type| {
        let is_form = [FORM, MULTIPART].contains(&content_type.as_ref());
        let fields = form.clone().filter(|_| is_form);
        let schema = schema.clone().or(fields);
        let schema = schema.or_else(|| plain_schema(content_type, schemas));
        (content_type.to_string(), schema)
    });
    Some(RequestBody {
        content: content.collect(),
        description: body.docs.to_owned(),
        is_required: body.is_required,
    })
}

/// Returns the fields of a form as one object.
fn form(route: &RouteDescription, schemas: &mut Schemas) -> Option<Value> {
    let fields = route.fields.iter();
    let fields = fields.filter(|field| field.meta.location() == Location::Form);
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in fields {
        let name = field.meta.name().to_owned();
        if field.meta.is_required() && !required.contains(&name) {
            required.push(name.clone());
        }
        let mut schema = field_schema(field, schemas);
        if let (Some(text), Some(schema)) = (field.meta.description(), schema.as_object_mut()) {
            schema.insert("description".into(), text.into());
        }
        properties.insert(name, schema);
    }
    if properties.is_empty() {
        return None;
    }
    let mut form = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        form["required"] = required.into();
    }
    Some(form)
}
