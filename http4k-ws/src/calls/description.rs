//! Calls in documents: each with its arguments and its reply, and the messages that carry them.

use super::call::{CallInfo, Calls};
use crate::describe::{CallDescription, MessageDescription, SchemaOf};
use crate::lens::NAMED_FORMATS;

impl CallInfo {
    /// Describes the call in documents. Generated code calls it.
    #[doc(hidden)]
    pub fn described(&self, args: Option<SchemaOf>, reply: Option<SchemaOf>) -> CallDescription {
        let mut description = CallDescription::new(self.name()).with_docs(self.docs());
        description.args = args;
        description.reply = reply;
        description.is_stream = self.is_stream();
        description
    }
}

/// Describes the messages of clients.
pub(super) fn of_requests<C: Calls>() -> MessageDescription {
    let description = described(C::REQUEST_NAME, "A call, or the cancellation of one.");
    MessageDescription {
        calls: C::described(),
        ..description.with_schema(schemas::of_requests::<C>())
    }
}

/// Describes the messages of servers. The calls are described with those of clients.
pub(super) fn of_replies<C: Calls>() -> MessageDescription {
    let description = described(C::REPLY_NAME, "A part of the reply to a call, or a notice.");
    description.with_schema(schemas::of_replies::<C>())
}

fn described(name: &'static str, docs: &'static str) -> MessageDescription {
    MessageDescription {
        name: name.into(),
        docs,
        formats: NAMED_FORMATS,
        ..MessageDescription::default()
    }
}

// The type parameters are those of the module below.
#[cfg(not(feature = "schema"))]
#[allow(clippy::extra_unused_type_parameters)]
mod schemas {
    use super::{Calls, SchemaOf};

    pub(super) fn of_requests<C: Calls>() -> Option<SchemaOf> {
        None
    }

    pub(super) fn of_replies<C: Calls>() -> Option<SchemaOf> {
        None
    }
}

#[cfg(feature = "schema")]
mod schemas {
    use schemars::{Schema, SchemaGenerator, json_schema};
    use serde_json::Value;

    use super::{CallInfo, Calls, SchemaOf};
    use crate::calls::envelope::CallId;

    pub(super) fn of_requests<C: Calls>() -> Option<SchemaOf> {
        Some(SchemaOf::from_fn(requests::<C>))
    }

    pub(super) fn of_replies<C: Calls>() -> Option<SchemaOf> {
        Some(SchemaOf::from_fn(replies::<C>))
    }

    /// The schema of any value.
    fn any() -> Schema {
        Schema::from(true)
    }

    fn id() -> Value {
        let description = "The number of the call, which the client chooses.";
        serde_json::json!({
            "type": "integer", "minimum": 0, "maximum": CallId::MAX, "description": description,
        })
    }

    fn count() -> Value {
        serde_json::json!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
    }

    /// Returns the schema of an object that has `id` and `field`.
    fn with_id(field: &str, value: impl Into<Value>) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {"id": id(), field: value.into()},
            "required": ["id", field],
        })
    }

    fn requests<C: Calls>(generator: &mut SchemaGenerator) -> Schema {
        let calls = C::described().into_iter().map(|call| {
            let args = call.args.map(|of| of.schema(generator));
            let mut schema = json_schema!({
                "type": "object",
                "properties": {
                    "id": id(),
                    "call": {"const": call.name},
                    "args": args.clone().unwrap_or_else(any),
                },
                "required": match may_be_absent(args.as_ref(), generator) {
                    true => vec!["id", "call"],
                    false => vec!["id", "call", "args"],
                },
            });
            if !call.docs.is_empty() {
                schema.insert("description".to_owned(), call.docs.into());
            }
            if let (true, Some(properties)) = (
                call.is_stream,
                schema.get_mut("properties").and_then(Value::as_object_mut),
            ) {
                properties.insert("window".to_owned(), count());
            }
            schema
        });
        let mut all: Vec<Schema> = calls.collect();
        all.push(with_id("cancel", serde_json::json!({"const": true})));
        all.push(with_id("more", count()));
        json_schema!({"anyOf": all})
    }

    /// Returns `true` for arguments that a client may leave out: a unit, a type without required
    /// fields, or one that is unknown.
    fn may_be_absent(args: Option<&Schema>, generator: &SchemaGenerator) -> bool {
        let Some(args) = args.map(Schema::as_value) else {
            return true;
        };
        let name = args["$ref"]
            .as_str()
            .and_then(|path| path.rsplit('/').next());
        let named = name.and_then(|name| generator.definitions().get(name));
        let schema = named.unwrap_or(args);
        match schema["type"].as_str() {
            Some("null") => true,
            Some("object") => schema["required"].as_array().is_none_or(Vec::is_empty),
            _ => false,
        }
    }

    fn replies<C: Calls>(generator: &mut SchemaGenerator) -> Schema {
        let replies = C::described().into_iter().map(|call| {
            let value = call.reply.map_or_else(any, |of| of.schema(generator));
            let field = if call.is_stream { "item" } else { "ok" };
            with_id(field, value)
        });
        let mut all: Vec<Schema> = Vec::new();
        for reply in replies {
            if !all.contains(&reply) {
                all.push(reply);
            }
        }
        if C::CALLS.iter().any(CallInfo::is_stream) {
            all.push(with_id("end", serde_json::json!({"const": true})));
        }
        all.push(with_id("error", problem()));
        if let Some(notice) = C::notice_schema() {
            let notice = notice.schema(generator);
            all.push(json_schema!({
                "type": "object", "properties": {"notice": notice}, "required": ["notice"],
            }));
        }
        json_schema!({"anyOf": all})
    }

    /// The schema of a [`CallProblem`](crate::calls::CallProblem).
    fn problem() -> Value {
        serde_json::json!({
            "type": "object",
            "description": "The failure of a call, with the members of RFC 9457.",
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer", "minimum": 0, "maximum": u16::MAX},
                "detail": {"type": "string"},
                "failures": {"type": "array", "items": {
                    "type": "object",
                    "properties": {
                        "kind": {"enum": ["missing", "invalid", "unsupported"]},
                        "location": {"type": "string"},
                        "name": {"type": "string"},
                        "expected": {"type": "string"},
                        "path": {"type": "string"},
                        "cause": {"type": "string"},
                    },
                    "required": ["kind", "location", "name", "expected"],
                }},
            },
            "required": ["title", "status"],
        })
    }
}
