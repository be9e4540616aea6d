use crate::tests::{assert_golden, assert_mistakes, tokens};

use super::expanded;

#[test]
fn the_expansion_is_the_golden_one() {
    let golden = "path_param";
    assert_golden(golden, expanded);
}

#[test]
fn each_message_names_the_fix() {
    for (input, expected) in [
        (
            "struct Point { x: u8, y: u8 }",
            "a path parameter is one value, but `Point` has 2 fields: write one field, as in",
        ),
        (
            "struct Unit;",
            "a path parameter is one value, but `Unit` has 0 fields",
        ),
        (
            "union U { a: u8 }",
            "a union cannot be a path parameter: write an enum",
        ),
        (
            "enum E { A(u8) }",
            "`A` cannot be a path parameter, because it holds data: remove the data",
        ),
        (
            r#"enum E { A, #[path_param(rename = "A")] B }"#,
            "`A` is already the text of `A`",
        ),
        (
            r#"#[path_param(rename_all = "Kebab")] enum E { A }"#,
            "unknown rule: write one of `lowercase`",
        ),
        (
            r#"#[path_param(name = "x")] enum E { A }"#,
            "unknown key: write `rename_all",
        ),
        (
            r#"enum E { #[path_param(rename_all = "x")] A }"#,
            "unknown key: write `rename = ",
        ),
        (
            r#"enum E { #[path_param(rename = "")] A }"#,
            "a path segment cannot be empty",
        ),
    ] {
        assert_mistakes(input, expanded(tokens(input)), &[expected]);
    }
}
