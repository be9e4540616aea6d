use quote::quote;
use syn::LitStr;

use super::*;

/// What the compiler would report.
fn mistakes(input: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expanded(input)).expect("an expansion is Rust");
    let text = |item| match item {
        syn::Item::Macro(item) => {
            let literal: LitStr = item.mac.parse_body().expect("a message");
            Some(literal.value())
        }
        _ => None,
    };
    file.items.into_iter().filter_map(text).collect()
}

#[test]
fn the_expansion_is_the_golden_one() {
    let text = include_str!("../../../tests/expand/from_request.rs");
    let (input, output) = text.split_once("// becomes\n").expect("two parts");
    let input = expanded(input.parse().expect("a golden file is Rust"));
    let output: TokenStream = output.parse().expect("a golden file is Rust");
    let closed_up =
        |tokens: &TokenStream| -> String { tokens.to_string().split_whitespace().collect() };
    assert_eq!(closed_up(&input), closed_up(&output));
}

#[test]
fn each_mistake_says_what_to_write() {
    let cases = [
        (
            quote!(
                struct S {
                    a: u8,
                }
            ),
            "`a` is read from nowhere; write `#[query]`",
        ),
        (
            quote!(
                struct S {
                    #[path]
                    a: u8,
                }
            ),
            "`#[path]` is an attribute of the language; write `#[param]`",
        ),
        (
            quote!(
                struct S {
                    #[query]
                    #[header]
                    a: u8,
                }
            ),
            "`a` is read from one place",
        ),
        (
            quote!(
                struct S(u8);
            ),
            "only a struct with named fields",
        ),
        (
            quote!(
                enum E {
                    A,
                }
            ),
            "only a struct with named fields",
        ),
        (
            quote!(
                struct S<'a> {
                    #[query]
                    a: &'a str,
                }
            ),
            "what is read from a request owns its data",
        ),
        (
            quote!(
                struct S {
                    #[query(defualt = 1)]
                    a: u8,
                }
            ),
            "unknown key `defualt`; did you mean `default`?",
        ),
        (
            quote!(
                struct S {
                    #[query(optional)]
                    a: u8,
                }
            ),
            "unknown key `optional`; there are the name",
        ),
        (
            quote!(
                struct S {
                    #[query = "b"]
                    a: u8,
                }
            ),
            "write the name in parentheses",
        ),
        (
            quote!(
                struct S {
                    #[query(default)]
                    a: Option<u8>,
                }
            ),
            "an `Option` that is missing is `None`",
        ),
        (
            quote!(
                struct S {
                    #[body(default)]
                    a: T,
                }
            ),
            "a body has no default",
        ),
        (
            quote!(
                struct S {
                    #[body("x")]
                    a: T,
                }
            ),
            "the body has no name",
        ),
        (
            quote!(
                struct S {
                    #[header("x key")]
                    a: T,
                }
            ),
            "`x key` can't be such a name",
        ),
        (
            quote!(
                struct S {
                    #[query("")]
                    a: T,
                }
            ),
            "a name is not empty",
        ),
        (
            quote!(
                struct S {
                    #[body]
                    a: T,
                    #[body]
                    b: T,
                }
            ),
            "the body is `a` already",
        ),
        (
            quote!(
                struct S {
                    #[form]
                    a: T,
                    #[body]
                    b: T,
                }
            ),
            "the body is `a` already",
        ),
        (
            quote!(
                #[from_request(with = x)]
                struct S {}
            ),
            "unknown key; there is `crate = path`",
        ),
    ];
    for (input, expected) in cases {
        let found = mistakes(input.clone());
        assert_eq!(found.len(), 1, "{input}: {found:?}");
        assert!(found[0].starts_with(expected), "{input}: {}", found[0]);
    }
}
