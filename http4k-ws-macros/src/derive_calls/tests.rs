use crate::tests::{assert_golden, assert_mistakes, tokens};

use super::expanded;

#[test]
fn the_expansion_is_the_golden_one() {
    assert_golden("calls", expanded);
}

#[test]
fn each_message_names_the_fix() {
    let cases: [(&str, &[&str]); 19] = [
        (
            "struct S;",
            &["`Calls` needs an enum with a variant for each call: write `enum S {"],
        ),
        (
            "enum E<T> { A(T, Reply<u8>) }",
            &["a set of calls cannot be generic"],
        ),
        (
            "enum E { A }",
            &["the call `A` lacks its arguments and its reply: write `A(A, Reply<()>)`"],
        ),
        (
            "enum E { A(Reply<u8>) }",
            &["the call `A` lacks its arguments: write `A(A, Reply<u8>)`"],
        ),
        (
            "enum E { A(A) }",
            &["the call `A` lacks its reply: write `A(A, Reply<T>)`, or `A(A, Rep"],
        ),
        (
            "enum E { A { x: u8 } }",
            &["a call has its arguments in a struct: write `A(A, Reply<T>)`"],
        ),
        (
            "enum E { A(u8, u8, Reply<u8>) }",
            &["a call has its arguments in a struct: write `A(A,"],
        ),
        (
            "enum E { A(Reply<u8>, B) }",
            &["the arguments come first: write `A(B, Reply<u8>)`"],
        ),
        (
            "enum E { A(String, Reply<HashMap<u8, u8>>) }",
            &["the arguments of a call are a struct of its own: write \
               `A(A, Reply<HashMap<u8, u8>>)`, and `struct A { value: String }`"],
        ),
        (
            "enum E { A((), Reply<u8>) }",
            &[
                "the arguments of a call are a struct of its own: write `A(A, Reply<u8>)`, and `struct A;`",
            ],
        ),
        (
            "enum E { A(&'static str, Reply<u8>) }",
            &["the arguments of a call are a struct"],
        ),
        ("enum E { A(my::String, Reply<u8>) }", &[]),
        (
            "enum E { A(X, Reply<u8>), B(X, Replies<u8>) }",
            &["`X` is already the arguments of the call `A`, and arguments name their call"],
        ),
        (
            r#"enum E { A(A, Reply<u8>), #[calls(rename = "a")] B(B, Reply<u8>) }"#,
            &["`a` is already the name of the call `A`"],
        ),
        (
            "#[calls(notise = u8)] enum E {}",
            &["unknown key `notise`: did you mean `notice`?"],
        ),
        (
            "#[calls(tag)] enum E {}",
            &["unknown key `tag`: write `rename_all = \"rule\"`, "],
        ),
        (
            r#"#[calls(rename_all = "Train-Case")] enum E {}"#,
            &["unknown rule: write one of"],
        ),
        (
            r#"enum E { #[calls(rename = "")] A(A, Reply<u8>) }"#,
            &["a call needs a name"],
        ),
        (
            "enum E { #[calls(name = \"x\")] A(A, Reply<u8>) }",
            &["unknown key: write `rename ="],
        ),
    ];
    for (input, expected) in cases {
        assert_mistakes(input, expanded(tokens(input)), expected);
    }
}

#[test]
fn names_follow_their_rule() {
    for (attribute, name) in [
        ("", "rename_card"),
        (r#"#[calls(rename_all = "camelCase")]"#, "renameCard"),
        (r#"#[calls(rename_all = "kebab-case")]"#, "rename-card"),
    ] {
        let input = format!("{attribute} enum E {{ RenameCard(R, Reply<u8>) }}");
        let text = expanded(tokens(&input)).to_string();
        assert!(text.contains(&format!("{name:?} =>")), "{text}");
    }
}
