use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::client;
use super::names::{declared, identifiers};
use super::types::Types;

fn of(schema: Value) -> String {
    let names = identifiers(["Point", "a.b"], "");
    Types::new(&names).of(&schema, 0)
}

#[test]
fn a_schema_has_its_type() {
    for (schema, expected) in [
        (json!(true), "unknown"),
        (json!(false), "never"),
        (json!({}), "unknown"),
        (json!({ "type": "string" }), "string"),
        (json!({ "type": "integer", "format": "int32" }), "number"),
        (json!({ "type": ["string", "null"] }), "string | null"),
        (json!({ "const": "a\"b" }), r#""a\"b""#),
        (
            json!({ "type": "string", "enum": ["a", "b"] }),
            r#""a" | "b""#,
        ),
        (json!({ "enum": [1, null] }), "1 | null"),
        (json!({ "$ref": "#/components/schemas/Point" }), "Point"),
        (json!({ "$ref": "#/$defs/a.b" }), "a_b"),
        (json!({ "$ref": "#/$defs/missing" }), "unknown"),
        (
            json!({ "anyOf": [{ "$ref": "#/$defs/Point" }, { "type": "null" }] }),
            "Point | null",
        ),
        (
            json!({ "oneOf": [{ "const": "a" }, { "const": "a" }] }),
            "\"a\"",
        ),
        (
            json!({ "type": "array", "items": { "type": ["string", "null"] } }),
            "(string | null)[]",
        ),
        (json!({ "type": "array" }), "unknown[]"),
        (
            json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 }),
            "[number, number]",
        ),
        (
            json!({ "type": "array", "items": true, "minItems": 99, "maxItems": 99 }),
            "unknown[]",
        ),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }, true],
                "minItems": 2, "maxItems": 2 }),
            "[string, unknown]",
        ),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }],
                "items": { "type": "null" } }),
            "[string?, ...null[]]",
        ),
    ] {
        assert_eq!(of(schema.clone()), expected, "{schema}");
    }
}

#[test]
fn an_object_has_its_members() {
    for (schema, expected) in [
        (json!({ "type": "object" }), "{ [name: string]: unknown }"),
        (json!({ "properties": { "a": {} } }), "{ a?: unknown }"),
        (
            json!({ "properties": { "a-b": { "type": "null" } }, "required": ["a-b"] }),
            "{ \"a-b\": null }",
        ),
        (
            json!({ "type": "object", "additionalProperties": { "type": "number" } }),
            "{ [name: string]: number }",
        ),
        (
            json!({ "type": "object", "patternProperties": { "^\\d+$": { "type": "number" } },
                "additionalProperties": false }),
            "{ [name: string]: number }",
        ),
        // A flattened map: every member has a type of the index.
        (
            json!({ "type": "object", "properties": { "a": { "type": "string" } },
                "additionalProperties": { "type": "number" } }),
            "{ a?: string; [name: string]: number | string | undefined }",
        ),
        // A tagged newtype variant, and a flattened enum.
        (
            json!({ "type": "object", "properties": { "kind": { "const": "moved" } },
                "required": ["kind"], "$ref": "#/$defs/Point" }),
            "Point & { kind: \"moved\" }",
        ),
        (
            json!({ "properties": { "id": { "type": "number" } }, "required": ["id"],
                "oneOf": [{ "$ref": "#/$defs/Point" }, { "type": "object" }] }),
            "{ id: number } & (Point | { [name: string]: unknown })",
        ),
        (
            json!({ "allOf": [{ "$ref": "#/$defs/Point" },
                { "anyOf": [{ "const": 1 }, { "const": 2 }] }] }),
            "Point & (1 | 2)",
        ),
    ] {
        assert_eq!(of(schema.clone()), expected, "{schema}");
    }
}

#[test]
fn documentation_states_what_types_do_not() {
    let schema = json!({
        "description": "A user.",
        "type": "object",
        "properties": {
            "id": { "type": "integer", "format": "uint64", "description": "Its number." },
            "small": { "type": "integer", "format": "uint64", "maximum": 100 },
            "all": { "type": "array", "items": { "type": "integer", "format": "int64" } },
            "role": { "type": "string", "default": "guest", "deprecated": true },
        },
        "required": ["id"],
    });
    let names = BTreeMap::new();
    let text = Types::new(&names).declared("User", &schema);
    assert_eq!(
        text,
        "\
/** A user. */
export type User = {
  /** An integer here may exceed 2^53, and then loses digits as a `number`. */
  all?: number[];
  /**
   * Its number.
   *
   * An integer here may exceed 2^53, and then loses digits as a `number`.
   */
  id: number;
  /**
   * @default \"guest\"
   *
   * @deprecated
   */
  role?: string;
  small?: number;
};
"
    );
}

/// The types that serde's attributes make.
#[derive(JsonSchema)]
#[serde(tag = "event", rename_all = "camelCase")]
#[allow(dead_code)]
enum Event {
    /// A member came.
    Joined {
        who: String,
    },
    Moved(Point),
    Closed,
    #[serde(rename = "said-it")]
    Said {
        #[serde(flatten)]
        at: Point,
        reply_to: Option<u64>,
        #[serde(default)]
        tags: Vec<String>,
        scores: HashMap<String, f32>,
    },
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Point {
    x: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Box<Point>>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum Either {
    One(Point),
    Pair(u8, String),
    Nothing,
}

fn declarations<T: JsonSchema>(settings: SchemaSettings) -> String {
    let mut generator = settings.into_generator();
    generator.subschema_for::<T>();
    let definitions = generator.definitions().clone();
    let names = identifiers(definitions.keys().map(String::as_str), "");
    let types = Types::new(&names);
    let all = definitions.iter();
    all.map(|(name, schema)| types.declared(&names[name], schema))
        .collect()
}

#[test]
fn a_tagged_enum_is_a_union_that_narrows() {
    let out = declarations::<Event>(SchemaSettings::draft2020_12().for_serialize());
    assert!(out.contains("  | { event: \"closed\" }\n"), "{out}");
    assert!(
        out.contains("  /** A member came. */\n  | { event: \"joined\"; who: string }\n"),
        "{out}"
    );
    assert!(out.contains("  | Point & { event: \"moved\" }\n"), "{out}");
    assert!(out.contains("event: \"said-it\""), "{out}");
    assert!(out.contains("reply_to: number | null;"), "{out}");
    assert!(out.contains("tags: string[];"), "{out}");
    assert!(out.contains("scores: { [name: string]: number };"), "{out}");
    assert!(
        out.contains("export type Point = { next?: Point | null; x: number };"),
        "{out}"
    );
}

#[test]
fn an_input_may_lack_what_has_a_default() {
    let input = declarations::<Event>(SchemaSettings::draft2020_12().for_deserialize());
    assert!(input.contains("reply_to?: number | null;"), "{input}");
    assert!(input.contains("tags?: string[];"), "{input}");
}

#[test]
fn an_untagged_enum_is_a_union() {
    let out = declarations::<Either>(SchemaSettings::draft2020_12());
    assert!(
        out.contains("export type Either = Point | [number, string] | null;"),
        "{out}"
    );
}

#[test]
fn the_client_declares_each_name_once() {
    for has_calls in [false, true] {
        let client = client(has_calls);
        let names = declared(&client);
        for name in &names {
            let declarations = client.lines().filter(|line| declared(line).contains(name));
            // A function may be overloaded; nothing of the client is.
            assert_eq!(declarations.count(), 1, "{name}");
        }
        assert!(names.is_superset(&["open", "request", "listen", "link", "Socket"].into()));
        assert_eq!(names.contains("CallSocket"), has_calls);
    }
}

#[test]
fn lines_of_the_client_fit_their_columns() {
    for (number, line) in client(true)
        .lines()
        .chain(client(false).lines())
        .enumerate()
    {
        assert!(line.chars().count() <= 100, "{number}: {line}");
    }
}
