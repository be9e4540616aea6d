//! The parameters of a route: of the path, the query, header fields and cookies.

use serde_json::{Value, json};

use super::schemas::{Direction, Schemas};
use super::table::{COMPONENTS, Entry};
use super::tree::{Members, Tree};
use super::values::text_schema;
use crate::describe::FieldDescription;
use crate::lens::Location;

/// One parameter.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) location: Location,
    pub(super) description: String,
    pub(super) is_required: bool,
    pub(super) schema: Value,
    /// `true` for all parameters of a type without a schema, as one object.
    pub(super) is_exploded: bool,
}

impl Parameter {
    fn new(name: impl Into<String>, location: Location, schema: Value) -> Self {
        Self {
            name: name.into(),
            location,
            description: String::new(),
            is_required: true,
            schema,
            is_exploded: false,
        }
    }

    /// Returns `true` if both name the same value of a request.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.location == other.location
            && match self.location {
                Location::Header => self.name.eq_ignore_ascii_case(&other.name),
                _ => self.name == other.name,
            }
    }

    /// Returns the parameter of OpenAPI.
    pub(super) fn members(&self) -> Members {
        let style = self.is_exploded.then_some("form");
        Members::new()
            .with("name", self.name.as_str())
            .with("in", self.location.as_str())
            .with_text("description", &self.description)
            .with("required", self.is_required)
            .with_some("style", style)
            .with_some("explode", self.is_exploded.then_some(true))
            .with("schema", Tree::schema(self.schema.clone()))
    }
}

/// Returns the parameters that a route reads from the head of a request. Two arguments may read one
/// value: it is required if one of them requires it.
pub(super) fn parameters(entry: &Entry, schemas: &mut Schemas) -> Vec<Parameter> {
    let mut all = of_path(entry);
    for field in &entry.description.fields {
        for parameter in of_field(field, schemas) {
            match all.iter_mut().find(|known| known.is_like(&parameter)) {
                Some(known) => known.is_required |= parameter.is_required,
                None => all.push(parameter),
            }
        }
    }
    all
}

/// Returns the parameters of the path, under their legal names.
fn of_path(entry: &Entry) -> Vec<Parameter> {
    let last = entry.path.params.len().saturating_sub(1);
    let names = entry.path.params.iter().enumerate();
    let known = &entry.description.params;
    let params = names.map(|(index, name)| {
        let schema = match known.get(index) {
            Some(param) => text_schema(param.type_name, param.values),
            None => json!({ "type": "string" }),
        };
        let mut param = Parameter::new(name, Location::Path, schema);
        if entry.path.has_rest && index == last {
            param.description = "The rest of the path, with its slashes.".into();
        }
        param
    });
    params.collect()
}

/// Returns the parameters of a field. The body, forms and the path are described elsewhere.
fn of_field(field: &FieldDescription, schemas: &mut Schemas) -> Vec<Parameter> {
    let location = field.meta.location();
    if !matches!(
        location,
        Location::Query | Location::Header | Location::Cookie
    ) {
        return Vec::new();
    }
    if field.is_flattened {
        return of_type(field, schemas);
    }
    vec![Parameter {
        description: field.meta.description().unwrap_or_default().to_owned(),
        is_required: field.meta.is_required(),
        ..Parameter::new(field.meta.name(), location, field_schema(field, schemas))
    }]
}

/// Returns the schema of the values of a field.
pub(super) fn field_schema(field: &FieldDescription, schemas: &mut Schemas) -> Value {
    let mut schema = type_schema(field, schemas);
    if let (Some(default), Some(object)) = (&field.default, schema.as_object_mut()) {
        let is_text = object.get("type").is_some_and(|name| name == "string");
        let value = (!is_text)
            .then(|| serde_json::from_str(default).ok())
            .flatten();
        let value = value.unwrap_or_else(|| Value::from(default.as_str()));
        object.insert("default".into(), value);
    }
    schema
}

/// Returns the schema of the type of a field: an array, if the field has several values.
fn type_schema(field: &FieldDescription, schemas: &mut Schemas) -> Value {
    let schema = match field.schema {
        _ if field.is_file => json!({ "type": "string", "format": "binary" }),
        Some(of) => schemas.schema(Direction::Incoming, of),
        None => text_schema(field.type_name, &[]),
    };
    // No text is an array: such a schema is that of the list.
    match field.meta.is_multiple() && schema["type"] != "array" {
        true => json!({ "type": "array", "items": schema }),
        false => schema,
    }
}

/// Returns the properties of a type of serde, each as a parameter.
fn of_type(field: &FieldDescription, schemas: &mut Schemas) -> Vec<Parameter> {
    let location = field.meta.location();
    let schema = field
        .schema
        .map(|of| schemas.schema(Direction::Incoming, of));
    let object = schema.as_ref().map(|schema| resolved(schema, schemas));
    let properties = object.and_then(|object| {
        let is_plain = !["oneOf", "anyOf", "allOf", "$ref"]
            .iter()
            .any(|keyword| object.get(*keyword).is_some());
        is_plain
            .then(|| object.get("properties")?.as_object())
            .flatten()
    });
    let Some(properties) = properties else {
        let schema = schema.unwrap_or_else(|| json!({ "type": "object" }));
        return vec![Parameter {
            is_required: false,
            is_exploded: location == Location::Query,
            ..Parameter::new(name_of_all(field), location, schema)
        }];
    };
    let required = object.and_then(|object| object.get("required")?.as_array());
    let mut properties: Vec<_> = properties.iter().collect();
    properties.sort_by_key(|(name, _)| *name);
    let parameters = properties.into_iter().map(|(name, schema)| {
        let is_required = required.is_some_and(|names| names.iter().any(|n| n == name));
        let mut schema = schema.clone();
        let description = match schema.as_object_mut().and_then(|s| s.remove("description")) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        Parameter {
            description,
            is_required: is_required && field.meta.is_required(),
            ..Parameter::new(name, location, schema)
        }
    });
    parameters.collect()
}

/// Returns the component that `schema` refers to, or itself.
fn resolved<'s>(schema: &'s Value, schemas: &'s Schemas) -> &'s Value {
    let reference = schema.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(|reference| reference.strip_prefix(COMPONENTS));
    let component = name.and_then(|name| schemas.components().get(name));
    component.unwrap_or(schema)
}

/// Returns a name for all values of a type without known properties.
fn name_of_all(field: &FieldDescription) -> String {
    match field.meta.expected() {
        "" => "values".to_owned(),
        name => name.to_owned(),
    }
}

/// Returns the parameters in `location` as the properties of an object, for AsyncAPI.
pub(super) fn object_of(parameters: &[Parameter], location: Location) -> Option<Value> {
    let inside = || {
        let parameters = parameters.iter();
        parameters.filter(move |parameter| parameter.location == location)
    };
    let properties = inside().map(|parameter| {
        let mut schema = parameter.schema.clone();
        if let (false, Some(schema)) = (parameter.description.is_empty(), schema.as_object_mut()) {
            schema.insert("description".into(), parameter.description.clone().into());
        }
        (parameter.name.clone(), schema)
    });
    let properties: serde_json::Map<_, _> = properties.collect();
    let required = inside().filter(|parameter| parameter.is_required);
    let mut required: Vec<_> = required.map(|p| Value::from(p.name.as_str())).collect();
    required.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    if properties.is_empty() {
        return None;
    }
    let mut object = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = required.into();
    }
    Some(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::SchemaOf;
    use crate::lens::Query;

    #[test]
    fn a_field_of_several_values_is_an_array() {
        let numbers = Query::int("n").multi().defaulted(Vec::new());
        let number = Query::int("n").required();
        let (many, one) = (numbers.meta(), number.meta());
        let (item, list) = (SchemaOf::of::<u32>(), SchemaOf::of::<Vec<u32>>());
        let none = None;
        let mut schemas = Schemas::collected(COMPONENTS, [(Direction::Incoming, list)]);
        for (meta, schema, is_array) in [
            (many, Some(item), true),
            (many, Some(list), true),
            (many, none, true),
            (one, Some(item), false),
            (one, none, false),
        ] {
            let field = FieldDescription::of::<u32>(meta.clone()).with_schema(schema);
            let schema = field_schema(&field, &mut schemas);
            let of_one = match is_array {
                true => &schema["items"],
                false => &schema,
            };
            assert_eq!(of_one["type"], "integer", "{schema}");
            assert_eq!(schema["type"] == "array", is_array, "{schema}");
        }
    }
}
