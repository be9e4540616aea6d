//! A validator of JSON Schema for the keywords that schemas of this library have.
//!
//! It panics at an unknown keyword, so that no test passes because a rule is ignored. `run` compares
//! its answers with those of ajv.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The keywords that say nothing about a value.
const NOTES: &[&str] = &[
    "$schema",
    "components",
    "default",
    "description",
    "examples",
    "format",
    "readOnly",
    "title",
    "writeOnly",
];

/// Returns `true` if `value` is valid for `schema`. References start at `root`.
pub(crate) fn is_valid(root: &Value, schema: &Value, value: &Value) -> bool {
    check(root, schema, value).is_some()
}

/// Returns the properties that were evaluated, or `None` if the value is not valid.
fn check(root: &Value, schema: &Value, value: &Value) -> Option<BTreeSet<String>> {
    let schema = match schema {
        Value::Bool(all) => return all.then(BTreeSet::new),
        schema => schema
            .as_object()
            .expect("a schema is an object or a boolean"),
    };
    let mut evaluated = BTreeSet::new();
    for (keyword, rule) in schema {
        let found = match keyword.as_str() {
            "$ref" => check(root, referred(root, rule), value),
            "allOf" => all_of(root, rule, value),
            "anyOf" => any_of(root, rule, value, 1..),
            "oneOf" => any_of(root, rule, value, 1..2),
            "not" => plain(check(root, rule, value).is_none()),
            _ => plain(is_met(root, schema, keyword, rule, value)),
        };
        evaluated.extend(found?);
    }
    evaluated.extend(properties_of(schema, value));
    if let (Some(rule), Some(object)) = (schema.get("unevaluatedProperties"), value.as_object()) {
        let mut rest = object.iter().filter(|(name, _)| !evaluated.contains(*name));
        if !rest.all(|(_, value)| check(root, rule, value).is_some()) {
            return None;
        }
        evaluated.extend(object.keys().cloned());
    }
    Some(evaluated)
}

fn plain(is_met: bool) -> Option<BTreeSet<String>> {
    is_met.then(BTreeSet::new)
}

fn referred<'s>(root: &'s Value, reference: &Value) -> &'s Value {
    let pointer = reference.as_str().and_then(|text| text.strip_prefix('#'));
    let found = pointer.and_then(|pointer| root.pointer(pointer));
    found.unwrap_or_else(|| panic!("{reference} leads to a schema"))
}

fn all_of(root: &Value, rules: &Value, value: &Value) -> Option<BTreeSet<String>> {
    let found = list(rules).iter().map(|rule| check(root, rule, value));
    Some(
        found
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect(),
    )
}

fn any_of(
    root: &Value,
    rules: &Value,
    value: &Value,
    count: impl std::ops::RangeBounds<usize>,
) -> Option<BTreeSet<String>> {
    let found = list(rules)
        .iter()
        .filter_map(|rule| check(root, rule, value));
    let found: Vec<_> = found.collect();
    count
        .contains(&found.len())
        .then(|| found.into_iter().flatten().collect())
}

fn list(rules: &Value) -> &[Value] {
    rules.as_array().expect("a list of schemas")
}

/// Returns the properties that the keywords beside each other evaluate.
fn properties_of(schema: &Map<String, Value>, value: &Value) -> BTreeSet<String> {
    let names = value.as_object().into_iter().flat_map(Map::keys);
    let is_known =
        |name: &&String| schema.contains_key("additionalProperties") || is_declared(schema, name);
    names.filter(is_known).cloned().collect()
}

fn is_declared(schema: &Map<String, Value>, name: &str) -> bool {
    let in_properties = schema
        .get("properties")
        .and_then(|all| all.get(name))
        .is_some();
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    in_properties || patterns.is_some_and(|all| all.keys().any(|pattern| matches(pattern, name)))
}

/// Returns `true` for a text that matches one of the patterns of schemars.
fn matches(pattern: &str, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match pattern {
        r"^\d+$" => digits(text),
        r"^-?\d+$" => digits(text.strip_prefix('-').unwrap_or(text)),
        _ => panic!("the pattern {pattern} is not known"),
    }
}

/// Returns `true` if the value meets the rule of one keyword without subschemas for itself.
fn is_met(
    root: &Value,
    schema: &Map<String, Value>,
    keyword: &str,
    rule: &Value,
    value: &Value,
) -> bool {
    let (object, items) = (value.as_object(), value.as_array());
    let length = value.as_str().map(|text| text.chars().count() as f64);
    let count = items.map(|items| items.len() as f64);
    let bound = || rule.as_f64().expect("a number");
    let all = |rule: &Value, items: Vec<&Value>| {
        items
            .into_iter()
            .all(|item| check(root, rule, item).is_some())
    };
    match keyword {
        "type" => match rule {
            Value::Array(types) => types.iter().any(|name| is_of_type(name, value)),
            name => is_of_type(name, value),
        },
        "const" => value == rule,
        "enum" => list(rule).contains(value),
        "minimum" => value.as_f64().is_none_or(|number| number >= bound()),
        "maximum" => value.as_f64().is_none_or(|number| number <= bound()),
        "minLength" => length.is_none_or(|length| length >= bound()),
        "maxLength" => length.is_none_or(|length| length <= bound()),
        "minItems" => count.is_none_or(|count| count >= bound()),
        "maxItems" => count.is_none_or(|count| count <= bound()),
        "uniqueItems" => items.is_none_or(|items| {
            let different = |at: usize| !items[..at].contains(&items[at]);
            *rule == Value::Bool(false) || (0..items.len()).all(different)
        }),
        "required" => object.is_none_or(|object| {
            list(rule)
                .iter()
                .all(|name| object.contains_key(name.as_str().expect("a name")))
        }),
        "properties" => object.is_none_or(|object| {
            let rules = rule.as_object().expect("an object of schemas");
            let mut present = rules
                .iter()
                .filter_map(|(name, rule)| Some((rule, object.get(name)?)));
            present.all(|(rule, value)| check(root, rule, value).is_some())
        }),
        "patternProperties" => object.is_none_or(|object| {
            let rules = rule.as_object().expect("an object of schemas");
            rules.iter().all(|(pattern, rule)| {
                let mut found = object.iter().filter(|(name, _)| matches(pattern, name));
                found.all(|(_, value)| check(root, rule, value).is_some())
            })
        }),
        "additionalProperties" => object.is_none_or(|object| {
            let rest = object.iter().filter(|(name, _)| !is_declared(schema, name));
            all(rule, rest.map(|(_, value)| value).collect())
        }),
        "prefixItems" => items.is_none_or(|items| {
            let mut pairs = list(rule).iter().zip(items);
            pairs.all(|(rule, item)| check(root, rule, item).is_some())
        }),
        "items" => items.is_none_or(|items| {
            let first = schema
                .get("prefixItems")
                .map_or(0, |rules| list(rules).len());
            all(rule, items.iter().skip(first).collect())
        }),
        // Evaluated after all other keywords.
        "unevaluatedProperties" => true,
        note if NOTES.contains(&note) => true,
        _ => panic!("the keyword {keyword} is not known"),
    }
}

fn is_of_type(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("the name of a type") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the type {other} is not known"),
    }
}
