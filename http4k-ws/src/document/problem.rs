//! The schema of `application/problem+json`, which the library responds with.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::describe::SchemaOf;

/// The Content-Type of problems.
pub(super) const PROBLEM: &str = "application/problem+json";

/// The members of RFC 9457 §3.1 that the library sends, and the parts of a failure.
struct ProblemSchema;

impl JsonSchema for ProblemSchema {
    fn schema_name() -> Cow<'static, str> {
        "Problem".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "http4k_ws::Problem".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = |description| json_schema!({ "type": "string", "description": description });
        json_schema!({
            "description": "A problem (RFC 9457).",
            "type": "object",
            "properties": {
                "title": text("The reason phrase of the status."),
                "status": { "type": "integer", "minimum": 100, "maximum": 599 },
                "detail": text("A sentence on the problem."),
                "failures": {
                    "description": "The values that are missing or invalid.",
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "kind": text("Such as `missing` or `invalid`."),
                            "location": text("Such as `query` or `body`."),
                            "name": text("The name of the value in its location."),
                            "expected": text("The kind of value, such as `integer`."),
                            "path": text("The place inside the value, such as `items[1].price`."),
                            "cause": text("The reason for which the value is invalid."),
                        },
                        "required": ["kind", "location", "name", "expected"],
                    },
                },
            },
            "required": ["title", "status"],
        })
    }
}

/// Returns the schema of a problem.
pub(super) fn problem() -> SchemaOf {
    SchemaOf::of::<ProblemSchema>()
}
