//! The schemas of values that are texts in a path, a query, a header field, a cookie or a form.

use serde_json::{Map, Value, json};

/// Returns the schema of a Rust type that is read from a text. `values` are the texts of an enum.
///
/// `type_name` is that of `std::any::type_name`, which is not stable. An unknown name is a text
/// with the name of its type.
pub(super) fn text_schema(type_name: &str, values: &[&str]) -> Value {
    if !values.is_empty() {
        return json!({ "type": "string", "enum": values });
    }
    let name = inner(type_name);
    let short = name.rsplit("::").next().unwrap_or(name);
    match short {
        "u8" => integer(Some(0), Some(u8::MAX.into())),
        "u16" => integer(Some(0), Some(u16::MAX.into())),
        "u32" => integer(Some(0), Some(u32::MAX.into())),
        "u64" | "u128" | "usize" => integer(Some(0), None),
        "i8" => integer(Some(i8::MIN.into()), Some(i8::MAX.into())),
        "i16" => integer(Some(i16::MIN.into()), Some(i16::MAX.into())),
        "i32" => integer(Some(i32::MIN.into()), Some(i32::MAX.into())),
        "i64" | "i128" | "isize" => integer(None, None),
        "f32" | "f64" => json!({ "type": "number" }),
        "bool" => json!({ "type": "boolean" }),
        "char" => json!({ "type": "string", "minLength": 1, "maxLength": 1 }),
        "str" | "String" | "ByteString" => json!({ "type": "string" }),
        "Uuid" => json!({ "type": "string", "format": "uuid" }),
        "Url" | "Uri" => json!({ "type": "string", "format": "uri" }),
        "IpAddr" => json!({ "type": "string", "format": "ip" }),
        "Ipv4Addr" => json!({ "type": "string", "format": "ipv4" }),
        "Ipv6Addr" => json!({ "type": "string", "format": "ipv6" }),
        "NaiveDate" => json!({ "type": "string", "format": "date" }),
        _ if name.starts_with("core::num::nonzero::NonZero") => non_zero(name),
        _ => json!({ "type": "string", "title": without_modules(name) }),
    }
}

/// Returns `true` if each text is a value of the type, so that none is refused.
pub(super) fn accepts_every_text(type_name: &str, values: &[&str]) -> bool {
    let short = inner(type_name).rsplit("::").next();
    values.is_empty() && matches!(short, Some("str" | "String" | "ByteString"))
}

fn integer(minimum: Option<i64>, maximum: Option<i64>) -> Value {
    let mut schema = Map::new();
    schema.insert("type".into(), "integer".into());
    for (bound, value) in [("minimum", minimum), ("maximum", maximum)] {
        if let Some(value) = value {
            schema.insert(bound.into(), value.into());
        }
    }
    Value::Object(schema)
}

/// Returns the schema of the integer inside, from 1 if it has no sign.
fn non_zero(name: &str) -> Value {
    let mut schema = text_schema(argument(name).unwrap_or_default(), &[]);
    if schema["minimum"] == 0 {
        schema["minimum"] = 1.into();
    }
    schema
}

/// Returns the type inside references, options and lists.
fn inner(type_name: &str) -> &str {
    const AROUND: &[&str] = &[
        "core::option::Option<",
        "alloc::vec::Vec<",
        "alloc::borrow::Cow<",
        "alloc::boxed::Box<",
        "alloc::sync::Arc<",
    ];
    let name = type_name
        .trim_start_matches('&')
        .trim_start_matches("'static ");
    match argument(name) {
        Some(argument) if AROUND.iter().any(|around| name.starts_with(around)) => inner(argument),
        _ => name,
    }
}

/// Returns the type arguments of a name, without a lifetime.
fn argument(name: &str) -> Option<&str> {
    let (_, arguments) = name.split_once('<')?;
    let arguments = arguments.strip_suffix('>')?;
    Some(arguments.strip_prefix("'_, ").unwrap_or(arguments))
}

/// Returns the name without modules, also in its arguments.
fn without_modules(name: &str) -> String {
    let mut shown = String::new();
    let mut start = 0;
    for c in name.chars() {
        if c == ':' {
            shown.truncate(start);
            continue;
        }
        shown.push(c);
        if !c.is_alphanumeric() && c != '_' {
            start = shown.len();
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::any::type_name;
    use std::borrow::Cow;
    use std::num::{NonZeroI8, NonZeroU32};

    use super::*;

    fn of<T: ?Sized>() -> Value {
        text_schema(type_name::<T>(), &[])
    }

    #[test]
    fn names_of_types_are_known() {
        let integer = json!({ "type": "integer" });
        let text = json!({ "type": "string" });
        for (schema, expected) in [
            (of::<i64>(), integer),
            (of::<u64>(), json!({ "type": "integer", "minimum": 0 })),
            (
                of::<u8>(),
                json!({ "type": "integer", "minimum": 0, "maximum": 255 }),
            ),
            (of::<Option<f32>>(), json!({ "type": "number" })),
            (of::<Vec<bool>>(), json!({ "type": "boolean" })),
            (of::<String>(), text.clone()),
            (of::<&str>(), text.clone()),
            (of::<Cow<'static, str>>(), text),
            (
                of::<NonZeroU32>(),
                json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
            ),
            (
                of::<NonZeroI8>(),
                json!({ "type": "integer", "minimum": -128, "maximum": 127 }),
            ),
            (
                of::<std::net::Ipv4Addr>(),
                json!({ "type": "string", "format": "ipv4" }),
            ),
            (
                of::<std::collections::BTreeMap<u8, Value>>(),
                json!({ "type": "string", "title": "BTreeMap<u8, Value>" }),
            ),
        ] {
            assert_eq!(schema, expected);
        }
        let sides = json!({ "type": "string", "enum": ["left", "right"] });
        assert_eq!(text_schema("app::Side", &["left", "right"]), sides);
    }

    #[test]
    fn only_texts_accept_every_text() {
        assert!(accepts_every_text(type_name::<String>(), &[]));
        assert!(accepts_every_text("str", &[]));
        assert!(!accepts_every_text(type_name::<u8>(), &[]));
        assert!(!accepts_every_text("app::Side", &["left"]));
    }
}
