//! Random changes of JSON, as a careless or hostile client makes them.

use proptest::prelude::*;
use serde_json::{Value, json};

/// One change. The numbers select a place and a new value.
#[derive(Debug, Clone)]
pub(super) struct Change {
    place: usize,
    kind: u8,
    value: usize,
}

impl Arbitrary for Change {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let parts = (any::<usize>(), 0..5_u8, any::<usize>());
        parts
            .prop_map(|(place, kind, value)| Self { place, kind, value })
            .boxed()
    }
}

/// Returns `value` after all changes.
pub(super) fn changes(mut value: Value, random: &[Change]) -> Value {
    for change in random {
        apply(&mut value, change);
    }
    value
}

fn apply(root: &mut Value, change: &Change) {
    let mut places = Vec::new();
    pointers(root, String::new(), &mut places);
    let place = &places[change.place % places.len()];
    let other = &places[change.value % places.len()];
    let other = root.pointer(other).cloned().unwrap_or_default();
    let Some(at) = root.pointer_mut(place) else {
        return;
    };
    match (change.kind, &mut *at) {
        (0, Value::Object(object)) => {
            let name = object
                .keys()
                .nth(change.value % object.len().max(1))
                .cloned();
            name.and_then(|name| object.remove(&name));
        }
        (1, Value::Object(object)) => {
            object.insert("extra".into(), other);
        }
        (2, Value::Object(object)) => {
            let name = object
                .keys()
                .nth(change.value % object.len().max(1))
                .cloned();
            if let Some(value) = name.and_then(|name| object.remove(&name)) {
                object.insert("renamed".into(), value);
            }
        }
        (0, Value::Array(items)) => {
            items.pop();
        }
        (1 | 2, Value::Array(items)) => items.push(other),
        (3, _) => replace(at, other),
        _ => replace(at, plain(change.value)),
    }
}

/// The tags of flattened enums.
const TAGS: &[&str] = &["unit", "inner", "with fields"];

/// Replaces a value, except for two known disagreements: a list in the place of a struct, and a
/// number in the place of a tag.
fn replace(at: &mut Value, new: Value) {
    let is_tag = at.as_str().is_some_and(|text| TAGS.contains(&text));
    let is_known = at.is_object() && new.is_array() || is_tag && new.is_number();
    if !is_known {
        *at = new;
    }
}

fn plain(number: usize) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(1),
        json!(-1),
        json!(300),
        json!(1.5),
        json!("x"),
        json!(""),
        json!([]),
        json!({}),
    ];
    values[number % values.len()].clone()
}

/// Adds the pointers of all values.
fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            pointers(value, format!("{at}/{name}"), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| {
            pointers(value, format!("{at}/{index}"), found);
        }),
        _ => {}
    }
    found.push(at);
}
