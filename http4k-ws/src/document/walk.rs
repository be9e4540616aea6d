//! A walk over the schemas inside a schema.
//!
//! Only the values of keywords that hold schemas are visited: a `$ref` in a default or an example
//! is data. Keywords of draft 7 and of 2020-12 are known.

use serde_json::{Map, Value};

/// The keywords with a schema, or a list of schemas.
const OF_SCHEMAS: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// The keywords with a schema for each of some names.
const OF_NAMES: &[&str] = &[
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// Returns `true` if the members of the keyword's object are names with schemas.
pub(super) fn is_of_names(keyword: &str) -> bool {
    OF_NAMES.contains(&keyword)
}

/// Returns `true` if the keyword's value is a schema, or a list of schemas.
pub(super) fn is_of_schemas(keyword: &str) -> bool {
    OF_SCHEMAS.contains(&keyword)
}

/// Calls `visit` for the schema and for every schema inside it. The schemas `true` and `false` have
/// no keywords and are left out.
pub(super) fn walk(schema: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Value::Object(schema) = schema else {
        return;
    };
    visit(schema);
    for (keyword, value) in schema {
        match value {
            Value::Object(named) if is_of_names(keyword) => {
                named.values_mut().for_each(|schema| walk(schema, visit));
            }
            Value::Array(schemas) if is_of_schemas(keyword) => {
                schemas.iter_mut().for_each(|schema| walk(schema, visit));
            }
            schema if is_of_schemas(keyword) => walk(schema, visit),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_visited_and_data_is_not() {
        let mut schema = json!({
            "$ref": "a",
            "properties": { "default": { "$ref": "b" }, "c": true },
            "unevaluatedProperties": { "$ref": "c" },
            "prefixItems": [{ "$ref": "d" }],
            "default": { "$ref": "data" },
            "examples": [{ "$ref": "data" }],
            "x-own": { "$ref": "data" },
        });
        let mut found = Vec::new();
        walk(&mut schema, &mut |schema| {
            found.extend(
                schema
                    .get("$ref")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
        });
        found.sort();
        assert_eq!(found, ["a", "b", "c", "d"]);
    }
}
