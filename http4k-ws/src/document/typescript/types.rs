//! TypeScript types from JSON Schema.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::docs::comment;
use super::names::property;

/// The width of a line within which an object or a union is not broken.
const WIDTH: usize = 88;

/// The longest array of a fixed length that is written as a tuple.
const LONGEST_TUPLE: u64 = 16;

/// A writer of types. It knows the identifiers of the types that schemas refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Types<'a> {
    names: &'a BTreeMap<String, String>,
}

/// The operator that holds a type together, the loosest first.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Level {
    Union,
    Intersection,
    Atom,
}

/// The text of a type.
#[derive(Debug, Clone, PartialEq)]
struct Type {
    text: String,
    level: Level,
}

impl Type {
    fn atom(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            level: Level::Atom,
        }
    }

    /// Returns the text, with parentheses if `operator` holds together more than the type does.
    fn inside(self, operator: Level) -> String {
        match self.level < operator {
            true => format!("({})", self.text),
            false => self.text,
        }
    }

    /// Joins types with an operator. Equal types are written once.
    fn joined(types: Vec<Self>, operator: Level) -> Self {
        let mut distinct: Vec<Self> = Vec::with_capacity(types.len());
        for one in types {
            if !distinct.contains(&one) {
                distinct.push(one);
            }
        }
        if distinct.len() < 2 {
            return distinct.pop().unwrap_or_else(|| Self::atom("unknown"));
        }
        let sign = match operator {
            Level::Union => " | ",
            _ => " & ",
        };
        let texts: Vec<String> = distinct
            .into_iter()
            .map(|one| one.inside(operator))
            .collect();
        Self {
            text: texts.join(sign),
            level: operator,
        }
    }
}

impl<'a> Types<'a> {
    /// Creates a writer. `names` maps the names of the schemas to identifiers.
    pub(super) fn new(names: &'a BTreeMap<String, String>) -> Self {
        Self { names }
    }

    /// Returns the declaration of a type with its documentation.
    pub(super) fn declared(self, name: &str, schema: &Value) -> String {
        let docs = comment(&documented(schema), 0);
        let members = match alternatives(schema) {
            Some(all) if all.len() > 1 => all.as_slice(),
            _ => &[],
        };
        let text = self.of(schema, 0);
        let is_long = text.contains('\n') || text.len() > WIDTH;
        if !is_long || members.is_empty() || has_more_than_alternatives(schema) {
            return format!("{docs}export type {name} = {text};\n");
        }
        let mut lines = String::new();
        for member in members {
            lines += "\n";
            lines += &comment(&documented(member), 1);
            lines += &format!("  | {}", self.typed(member, 1).inside(Level::Union));
        }
        format!("{docs}export type {name} ={lines};\n")
    }

    /// Returns the type of a schema. Its further lines are indented by `depth`.
    pub(super) fn of(self, schema: &Value, depth: usize) -> String {
        self.typed(schema, depth).text
    }

    fn typed(self, schema: &Value, depth: usize) -> Type {
        let object = match schema {
            Value::Bool(false) => return Type::atom("never"),
            Value::Object(object) => object,
            _ => return Type::atom("unknown"),
        };
        let mut parts = Vec::new();
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            parts.push(Type::atom(self.name(reference)));
        }
        if let Some(value) = object.get("const") {
            parts.push(literal(value));
        } else if let Some(values) = object.get("enum").and_then(Value::as_array) {
            let values = values.iter().map(literal).collect();
            parts.push(Type::joined(values, Level::Union));
        } else if let Some(own) = self.own(object, depth, parts.is_empty()) {
            parts.push(own);
        }
        if let Some(all) = alternatives(schema) {
            let all = all.iter().map(|one| self.typed(one, depth)).collect();
            parts.push(Type::joined(all, Level::Union));
        }
        if let Some(all) = object.get("allOf").and_then(Value::as_array) {
            parts.extend(all.iter().map(|one| self.typed(one, depth)));
        }
        Type::joined(parts, Level::Intersection)
    }

    /// Returns the identifier of the type that a reference names.
    fn name(self, reference: &str) -> &'a str {
        let name = reference.rsplit('/').next().unwrap_or_default();
        // A JSON pointer (RFC 6901 §3), in a URI.
        let name = name.replace("~1", "/").replace("~0", "~");
        self.names.get(&name).map_or("unknown", String::as_str)
    }

    /// Returns the type that `type` and its keywords state, if they state one.
    fn own(self, object: &Map<String, Value>, depth: usize, is_alone: bool) -> Option<Type> {
        let is_alone = is_alone
            && !["oneOf", "anyOf", "allOf"]
                .iter()
                .any(|key| object.contains_key(*key));
        let one = |kind: &str| match kind {
            "string" => Some(Type::atom("string")),
            "integer" | "number" => Some(Type::atom("number")),
            "boolean" => Some(Type::atom("boolean")),
            "null" => Some(Type::atom("null")),
            "array" => Some(self.array(object, depth)),
            "object" => self.object(object, depth, is_alone),
            _ => None,
        };
        match object.get("type") {
            Some(Value::String(kind)) => one(kind),
            Some(Value::Array(kinds)) => {
                let kinds = kinds.iter().filter_map(Value::as_str).filter_map(one);
                Some(Type::joined(kinds.collect(), Level::Union))
            }
            _ if object.contains_key("properties") => self.object(object, depth, is_alone),
            _ => None,
        }
    }

    fn array(self, object: &Map<String, Value>, depth: usize) -> Type {
        let bound = |key: &str| object.get(key).and_then(Value::as_u64);
        let (least, most) = (bound("minItems"), bound("maxItems"));
        let items = object.get("items");
        let item = || items.map_or_else(|| Type::atom("unknown"), |one| self.typed(one, depth));
        if let Some(first) = object.get("prefixItems").and_then(Value::as_array) {
            let mut all: Vec<String> = Vec::with_capacity(first.len() + 1);
            for (index, one) in (0_u64..).zip(first) {
                let one = self.typed(one, depth);
                all.push(match least.is_some_and(|least| index < least) {
                    true => one.text,
                    false => one.inside(Level::Atom) + "?",
                });
            }
            let is_open = most.is_none() && items != Some(&Value::Bool(false));
            if is_open {
                all.push(format!("...{}[]", item().inside(Level::Atom)));
            }
            return Type::atom(format!("[{}]", all.join(", ")));
        }
        match (least, most) {
            (Some(least), Some(most)) if least == most && most <= LONGEST_TUPLE => {
                let all = (0..most).map(|_| item().text).collect::<Vec<_>>();
                Type::atom(format!("[{}]", all.join(", ")))
            }
            _ => Type::atom(format!("{}[]", item().inside(Level::Atom))),
        }
    }

    /// Returns the type of an object; `None` if it states nothing beside other parts of a schema.
    fn object(self, object: &Map<String, Value>, depth: usize, is_alone: bool) -> Option<Type> {
        let required: Vec<&str> = match object.get("required").and_then(Value::as_array) {
            Some(names) => names.iter().filter_map(Value::as_str).collect(),
            None => Vec::new(),
        };
        let empty = Map::new();
        let named = |key: &str| object.get(key).and_then(Value::as_object);
        let properties = named("properties").unwrap_or(&empty);
        let mut members: Vec<(String, String)> = Vec::new();
        let mut values: Vec<Type> = Vec::new();
        for (name, schema) in properties {
            let sign = if required.contains(&name.as_str()) {
                ""
            } else {
                "?"
            };
            let one = self.typed(schema, depth + 1);
            let text = format!("{}{sign}: {}", property(name), one.text);
            members.push((comment(&documented(schema), depth + 1), text));
            values.push(one);
            if !sign.is_empty() {
                values.push(Type::atom("undefined"));
            }
        }
        let mut further: Vec<Type> = Vec::new();
        for schema in named("patternProperties").unwrap_or(&empty).values() {
            further.push(self.typed(schema, depth + 1));
        }
        match object.get("additionalProperties") {
            Some(Value::Bool(_)) | None => {}
            Some(schema) => further.push(self.typed(schema, depth + 1)),
        }
        let is_free = object.get("additionalProperties") == Some(&Value::Bool(true));
        if is_free || (members.is_empty() && further.is_empty() && is_alone) {
            further = vec![Type::atom("unknown")];
            values.clear();
        }
        if !further.is_empty() {
            // The type of every property must be part of the type of an index.
            further.append(&mut values);
            let text = Type::joined(further, Level::Union).text;
            members.push((String::new(), format!("[name: string]: {text}")));
        }
        (!members.is_empty()).then(|| Type::atom(braces(&members, depth)))
    }
}

/// Returns members with their documentation as an object type, in one line if they are short.
pub(super) fn braces(members: &[(String, String)], depth: usize) -> String {
    let line: Vec<&str> = members.iter().map(|(_, text)| text.as_str()).collect();
    let line = format!("{{ {} }}", line.join("; "));
    let is_plain = members.iter().all(|(docs, _)| docs.is_empty());
    if is_plain && line.len() + 2 * depth <= WIDTH && !line.contains('\n') {
        return line;
    }
    let indent = "  ".repeat(depth + 1);
    let mut text = String::from("{\n");
    for (docs, member) in members {
        text += &format!("{docs}{indent}{member};\n");
    }
    text + &"  ".repeat(depth) + "}"
}

/// Returns the alternatives of a schema.
fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    let all = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    all.and_then(Value::as_array)
}

/// Returns `true` if a schema states a type beside its alternatives.
fn has_more_than_alternatives(schema: &Value) -> bool {
    ["$ref", "allOf", "const", "enum", "properties", "type"]
        .iter()
        .any(|key| schema.get(key).is_some())
}

/// Returns the type with one value.
fn literal(value: &Value) -> Type {
    match value {
        Value::Object(_) | Value::Array(_) => Type::atom("unknown"),
        value => Type::atom(value.to_string()),
    }
}

/// Returns the documentation of a schema, with notes on what its type does not state.
pub(super) fn documented(schema: &Value) -> String {
    let mut docs = match schema.get("description").and_then(Value::as_str) {
        Some(text) => text.trim().to_owned(),
        None => String::new(),
    };
    let mut note = |text: String| {
        docs += if docs.is_empty() { "" } else { "\n\n" };
        docs += &text;
    };
    if is_large(schema) {
        note("An integer here may exceed 2^53, and then loses digits as a `number`.".into());
    }
    match schema.get("default") {
        None | Some(Value::Null | Value::Object(_)) => {}
        Some(default) => note(format!("@default {default}")),
    }
    if schema.get("deprecated") == Some(&Value::Bool(true)) {
        note("@deprecated".into());
    }
    docs
}

/// Returns `true` if values of a schema are integers, or lists or maps of them, of more than 53
/// bits.
pub(super) fn is_large(schema: &Value) -> bool {
    const FORMATS: [&str; 6] = ["int", "int64", "int128", "uint", "uint64", "uint128"];
    const WITHIN: u64 = 1 << 53;
    let format = schema.get("format").and_then(Value::as_str);
    if format.is_some_and(|format| FORMATS.contains(&format)) {
        let most = schema.get("maximum").and_then(Value::as_u64);
        return most.is_none_or(|most| most > WITHIN);
    }
    let single = ["items", "additionalProperties"].map(|key| schema.get(key));
    let lists = ["anyOf", "oneOf", "prefixItems"].map(|key| schema.get(key));
    let lists = lists.into_iter().flatten().filter_map(Value::as_array);
    single.into_iter().flatten().any(is_large) || lists.flatten().any(is_large)
}
