//! The schemas of a feed and of its members, for documents.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Feed, Member};
use crate::describe::SchemaOf;
use crate::lens::Message;

impl<M: JsonSchema> JsonSchema for Feed<M> {
    fn schema_name() -> Cow<'static, str> {
        format!("Feed_of_{}", M::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("http4k_ws::topics::Feed<{}>", M::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let data = generator.subschema_for::<M>();
        let member = generator.subschema_for::<Member>();
        of_data(&data, &member)
    }
}

/// Returns the schema of a feed of `M`, if the description of `M` has a schema.
pub(super) fn described<M: Message>() -> Option<SchemaOf> {
    M::description().schema.map(|_| {
        SchemaOf::from_fn(|generator| {
            let data = M::description().schema;
            let data = data.map(|schema| schema.schema(generator));
            let member = generator.subschema_for::<Member>();
            of_data(&data.unwrap_or_default(), &member)
        })
    })
}

fn of_data(data: &Schema, member: &Schema) -> Schema {
    let at = json_schema!({
        "description": "The position, to resume from.",
        "type": "string",
    });
    json_schema!({
        "description": "An entry of a topic, or a report about it.",
        "oneOf": [
            {
                "description": "A message that was published.",
                "type": "object",
                "properties": { "type": { "const": "message" }, "at": at, "data": data },
                "required": ["type", "at", "data"],
            },
            {
                "description": "A member joined, or changed its name.",
                "type": "object",
                "properties": { "type": { "const": "joined" }, "at": at, "member": member },
                "required": ["type", "at", "member"],
            },
            {
                "description": "A member left.",
                "type": "object",
                "properties": { "type": { "const": "left" }, "at": at, "member": member },
                "required": ["type", "at", "member"],
            },
            {
                "description": "Everything up to the position has been received, except for \
                                what was reported as lost.",
                "type": "object",
                "properties": {
                    "type": { "const": "caughtUp" },
                    "at": at,
                    "members": {
                        "description": "The number of members.",
                        "type": "integer",
                        "minimum": 0,
                    },
                    "present": {
                        "description": "The members, unless there are more than 10,000.",
                        "type": "array",
                        "items": member,
                    },
                },
                "required": ["type", "at", "members"],
            },
            {
                "description": "Entries are lost. The topic continues behind the position.",
                "type": "object",
                "properties": { "type": { "const": "lost" }, "at": at },
                "required": ["type", "at"],
            },
        ],
    })
}

impl JsonSchema for Member {
    fn schema_name() -> Cow<'static, str> {
        "Member".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "http4k_ws::topics::Member".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A socket or stream that is present in a topic under a name.",
            "type": "object",
            "properties": {
                "id": { "description": "The identity.", "type": "string" },
                "name": { "description": "The name.", "type": "string" },
            },
            "required": ["id", "name"],
        })
    }
}
