use quote::quote;

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
    let text = include_str!("../../../tests/expand/path_param.rs");
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
                struct Point {
                    x: u8,
                    y: u8,
                }
            ),
            "`Point` has 2 fields; a path parameter is one value",
        ),
        (
            quote!(
                struct Unit;
            ),
            "`Unit` has 0 fields",
        ),
        (quote!(union U { a: u8 }), "a union has no text"),
        (
            quote!(
                enum E {
                    A(u8),
                }
            ),
            "`A` holds data, and has no text",
        ),
        (
            quote!(
                enum E {
                    A,
                    #[path_param(rename = "A")]
                    B,
                }
            ),
            "`A` is also the text of `A`",
        ),
        (
            quote!(
                #[path_param(rename_all = "Kebab")]
                enum E {
                    A,
                }
            ),
            "unknown rule; there are `lowercase`",
        ),
        (
            quote!(
                #[path_param(name = "x")]
                enum E {
                    A,
                }
            ),
            "unknown key; there are `rename_all",
        ),
        (
            quote!(
                enum E {
                    #[path_param(rename_all = "x")]
                    A,
                }
            ),
            "unknown key; there is `rename",
        ),
        (
            quote!(
                enum E {
                    #[path_param(rename = "")]
                    A,
                }
            ),
            "no segment of a path is empty",
        ),
    ];
    for (input, expected) in cases {
        let found = mistakes(input.clone());
        assert_eq!(found.len(), 1, "{input}: {found:?}");
        assert!(found[0].starts_with(expected), "{input}: {}", found[0]);
    }
}
