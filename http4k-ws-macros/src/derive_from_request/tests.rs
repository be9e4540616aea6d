use crate::tests::{assert_golden, assert_mistakes, tokens};

use super::expanded;

#[test]
fn the_expansion_is_the_golden_one() {
    let golden = "from_request";
    assert_golden(golden, expanded);
}

#[test]
fn each_message_names_the_fix() {
    for (input, expected) in [
        ("struct S { a: u8 }", "`a` needs a source: write `#[query]`"),
        (
            "struct S { #[path] a: u8 }",
            "`#[path]` is an attribute of Rust itself: write `#[param]`",
        ),
        (
            "struct S { #[query] #[header] a: u8 }",
            "`a` can have one source: remove",
        ),
        (
            "struct S(u8);",
            "`FromRequest` needs a struct with named fields: write `struct S { .. }`",
        ),
        (
            "enum E { A }",
            "`FromRequest` needs a struct with named fields: write `struct E { .. }`",
        ),
        (
            "struct S<'a> { #[query] a: &'a str }",
            "a value that is read from a request must own its data: write `String`",
        ),
        (
            "struct S { #[query(defualt = 1)] a: u8 }",
            "unknown key `defualt`: did you mean `default`?",
        ),
        (
            "struct S { #[query(optional)] a: u8 }",
            "an `Option<T>` is optional",
        ),
        (
            r#"struct S { #[query = "b"] a: u8 }"#,
            "write the name in parentheses",
        ),
        (
            "struct S { #[query(default)] a: Option<u8> }",
            "a missing `Option` is `None`: remove",
        ),
        (
            "struct S { #[body(default)] a: T }",
            "a body cannot have a default: write `Option<T>`",
        ),
        (
            r#"struct S { #[body("x")] a: T }"#,
            "a body cannot have a name: remove it",
        ),
        (
            r#"struct S { #[header("x key")] a: T }"#,
            "`x key` cannot be the name of a header or cookie",
        ),
        (
            r#"struct S { #[query("")] a: T }"#,
            "a name cannot be empty",
        ),
        (
            "struct S { #[body] a: T, #[body] b: T }",
            "the body is already read as `a`",
        ),
        (
            "struct S { #[form] a: T, #[body] b: T }",
            "the body is already read as `a`",
        ),
        (
            "#[from_request(with = x)] struct S {}",
            "unknown key: write `crate = path`",
        ),
    ] {
        assert_mistakes(input, expanded(tokens(input)), &[expected]);
    }
}
