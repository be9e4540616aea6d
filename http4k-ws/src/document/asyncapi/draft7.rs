//! Schemas in JSON Schema draft 7, on which those of AsyncAPI 3.0 are based.

use schemars::Schema;
use schemars::transform::{
    RemoveRefSiblings, ReplacePrefixItems, ReplaceUnevaluatedProperties, Transform,
};
use serde_json::Value;

/// Returns a schema of JSON Schema 2020-12 without the keywords that draft 7 does not have. In
/// draft 7, keywords beside `$ref` are ignored, so the reference moves into `allOf`.
pub(super) fn draft7(mut schema: Value) -> Value {
    if let Ok(schema) = <&mut Schema>::try_from(&mut schema) {
        ReplaceUnevaluatedProperties::default().transform(schema);
        RemoveRefSiblings::default().transform(schema);
        ReplacePrefixItems::default().transform(schema);
    }
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn later_keywords_are_replaced() {
        let schema = draft7(json!({
            "$ref": "#/a",
            "description": "Beside a reference.",
            "properties": {
                "pair": { "prefixItems": [{}, {}], "items": false },
                "map": {
                    "properties": { "a": {} },
                    "unevaluatedProperties": { "$ref": "#/b", "title": "B" },
                },
            },
        }));
        let expected = json!({
            "allOf": [{ "$ref": "#/a" }],
            "description": "Beside a reference.",
            "properties": {
                "pair": { "items": [{}, {}], "additionalItems": false },
                "map": {
                    "properties": { "a": {} },
                    "additionalProperties": { "allOf": [{ "$ref": "#/b" }], "title": "B" },
                },
            },
        });
        assert_eq!(schema, expected);
    }
}
