use crate::tests::{assert_golden, assert_mistakes, mistakes, tokens};

use super::expanded;

#[test]
fn expansions_are_the_golden_ones() {
    for golden in [
        "message_struct",
        "message_enum",
        "message_generic",
        "message_formats",
    ] {
        assert_golden(golden, expanded);
    }
}

/// Returns the list in the constant `VARIANTS` of an expansion.
fn variants_of(input: &str) -> String {
    let text = expanded(tokens(input)).to_string();
    let list = text
        .split_once("& 'static str] = & [")
        .and_then(|(_, rest)| rest.split_once(']'));
    list.map(|(list, _)| list.to_owned()).unwrap_or_default()
}

#[test]
fn variants_have_their_names_on_the_wire() {
    for (input, expected) in [
        ("enum E { A, B }", r#""A" , "B""#),
        (r#"enum E { #[serde(rename = "a")] A, B }"#, r#""a" , "B""#),
        (
            r#"#[serde(rename_all = "snake_case")] enum E { JoinRoom, #[serde(rename = "B")] C }"#,
            r#""join_room" , "B""#,
        ),
        (
            r#"#[serde(rename_all(serialize = "lowercase", deserialize = "UPPERCASE"))]
               enum E { Ab, #[serde(rename(deserialize = "x", serialize = "y"))] C }"#,
            r#""ab" , "y""#,
        ),
        (
            "enum E { A, #[serde(skip)] B, #[serde(other)] C }",
            r#""A" , "C""#,
        ),
        ("enum E { r#type }", r#""type""#),
        (
            r#"#[serde(tag = "t")] #[serde(rename_all = "lowercase")] enum E { A { x: u8 } }"#,
            r#""a""#,
        ),
        ("enum E {}", ""),
        ("struct S { a: u8 }", ""),
    ] {
        assert_eq!(variants_of(input), expected, "{input}");
    }
}

#[test]
fn enum_that_serde_can_distinguish_needs_no_tag() {
    for input in [
        "enum E { A, B }",
        r#"#[serde(tag = "type")] enum E { A { x: u8 } }"#,
        r#"#[serde(tag = "type", content = "data")] enum E { A(u8) }"#,
        "#[serde(untagged)] enum E { A(u8) }",
        r#"#[serde(from = "u8", into = "u8")] enum E { A(u8) }"#,
        "#[message(externally_tagged)] enum E { A(u8) }",
        "#[message(text)] enum E { A(u8) }",
        "enum E { A, #[serde(untagged)] B(u8) }",
        r#"#[serde(bound(serialize = "T: Serialize"), tag = "type")] enum E<T> { A { x: T } }"#,
    ] {
        assert_mistakes(input, expanded(tokens(input)), &[]);
    }
}

#[test]
fn each_message_names_the_fix() {
    let cases: [(&str, &[&str]); 9] = [
        (
            "enum E { A, B { x: u8 } }",
            &["`E` needs a tag, because its variant `B` is serialized as"],
        ),
        (
            "union U { a: u8 }",
            &["a union cannot be a message: write an enum"],
        ),
        (
            "struct S<'a> { a: &'a str }",
            &["a message must own its data"],
        ),
        (
            "#[message(jsno)] struct S;",
            &["unknown key `jsno`: did you mean `json`?"],
        ),
        (
            "#[message(yaml)] struct S;",
            &["unknown key `yaml`: write `json`, `msgpack`, "],
        ),
        (
            "#[message(json, json)] struct S;",
            &["this format appears twice: remove one"],
        ),
        (
            "#[message(text)] #[message(json)] struct S;",
            &["`text` and `binary` cannot be combined"],
        ),
        (
            "#[message(crate)] struct S { #[message(json)] a: u8 }",
            &[
                "write `crate = path`",
                "`#[message(..)]` belongs above the type",
            ],
        ),
        (
            r#"#[message(crate = "x")] struct S;"#,
            &["expected a path, such as `crate = "],
        ),
    ];
    for (input, expected) in cases {
        assert_mistakes(input, expanded(tokens(input)), expected);
    }
}

#[test]
fn a_renamed_library_is_found() {
    let text = expanded(tokens("#[message(crate = my::ws)] struct S;")).to_string();
    assert!(text.contains("impl my :: ws :: __private :: message :: Message for S"));
    assert!(!text.contains("http4k_ws"));
}

#[test]
fn a_skipped_field_needs_a_default() {
    let rejected = [
        r#"#[serde(skip_serializing_if = "f")] a: Vec<u8>"#,
        r#"#[serde(rename = "b", skip_serializing_if = "f")] a: u8"#,
        r#"#[serde(skip_serializing_if = "f", with = "m")] a: Option<u8>"#,
        r#"#[serde(skip_serializing_if = "f", deserialize_with = "m")] a: Option<u8>"#,
        r#"#[serde(skip_serializing_if = "f")] #[serde(serialize_with = "m")] a: u8"#,
        r#"#[serde(skip_serializing_if = "f")] a: Box<u8>"#,
    ];
    let accepted = [
        r#"#[serde(default, skip_serializing_if = "f")] a: Vec<u8>"#,
        r#"#[serde(default = "d")] #[serde(skip_serializing_if = "f", with = "m")] a: u8"#,
        r#"#[serde(skip_serializing_if = "f")] a: Option<u8>"#,
        r#"#[serde(skip_serializing_if = "f")] a: std::option::Option<u8>"#,
        r#"#[serde(skip_serializing_if = "f", serialize_with = "m")] a: Option<u8>"#,
        r#"#[serde(skip_serializing_if = "f")] a: Box<Option<u8>>"#,
        r#"#[serde(flatten, skip_serializing_if = "f")] a: M"#,
        r#"#[serde(skip, skip_serializing_if = "f")] a: u8"#,
        "a: Vec<u8>",
    ];
    let message = "this message could be sent but not read";
    for field in rejected {
        for input in of_struct_and_enum(field) {
            assert_mistakes(&input, expanded(tokens(&input)), &[message]);
        }
    }
    for field in accepted {
        for input in of_struct_and_enum(field) {
            assert_mistakes(&input, expanded(tokens(&input)), &[]);
        }
    }
    for whole in [
        "#[serde(default)]",
        r#"#[serde(from = "T")]"#,
        "#[message(text)]",
    ] {
        for field in rejected.iter().chain(&accepted) {
            let input = format!("{whole} struct S {{ {field} }}");
            assert_eq!(mistakes(expanded(tokens(&input))), [""; 0], "{input}");
        }
    }
}

fn of_struct_and_enum(field: &str) -> [String; 2] {
    [
        format!("struct S {{ {field} }}"),
        format!(r#"#[serde(tag = "t")] enum E {{ V {{ {field} }} }}"#),
    ]
}
