use super::*;

/// Splits a golden file into what is derived on, and what that becomes.
fn golden(text: &str) -> (TokenStream, TokenStream) {
    let (input, output) = text
        .split_once("// becomes\n")
        .expect("a golden file has two parts");
    let tokens = |part: &str| part.parse().expect("a golden file is Rust");
    (tokens(input), tokens(output))
}

#[test]
fn expansions_are_the_golden_ones() {
    for text in [
        include_str!("../../../tests/expand/message_struct.rs"),
        include_str!("../../../tests/expand/message_enum.rs"),
        include_str!("../../../tests/expand/message_generic.rs"),
        include_str!("../../../tests/expand/message_formats.rs"),
    ] {
        let (input, output) = golden(text);
        assert_eq!(closed_up(&expanded(input)), closed_up(&output));
    }
}

/// Tokens without the space between them, which tells only how they were made.
fn closed_up(tokens: &TokenStream) -> String {
    tokens.to_string().split_whitespace().collect()
}

/// The constant of the variants, as it is expanded to.
fn variants_of(input: TokenStream) -> String {
    let text = expanded(input).to_string();
    let list = text
        .split_once("& 'static str] = & [")
        .and_then(|(_, behind)| behind.split_once(']'));
    list.map(|(list, _)| list.to_owned()).unwrap_or_default()
}

#[test]
fn variants_are_called_as_on_the_wire() {
    let cases = [
        (
            quote!(
                enum E {
                    A,
                    B,
                }
            ),
            r#""A" , "B""#,
        ),
        (
            quote!(
                enum E {
                    #[serde(rename = "a")]
                    A,
                    B,
                }
            ),
            r#""a" , "B""#,
        ),
        (
            quote!(
                #[serde(rename_all = "snake_case")]
                enum E {
                    JoinRoom,
                    #[serde(rename = "B")]
                    C,
                }
            ),
            r#""join_room" , "B""#,
        ),
        (
            quote!(
                #[serde(rename_all(serialize = "lowercase", deserialize = "UPPERCASE"))]
                enum E {
                    Ab,
                    #[serde(rename(deserialize = "x", serialize = "y"))]
                    C,
                }
            ),
            r#""ab" , "y""#,
        ),
        (
            quote!(
                enum E {
                    A,
                    #[serde(skip)]
                    B,
                    #[serde(other)]
                    C,
                }
            ),
            r#""A" , "C""#,
        ),
        (
            quote!(
                enum E {
                    r#type,
                }
            ),
            r#""type""#,
        ),
        (
            quote!(
                #[serde(tag = "t")]
                #[serde(rename_all = "lowercase")]
                enum E {
                    A { x: u8 },
                }
            ),
            r#""a""#,
        ),
        (
            quote!(
                enum E {}
            ),
            "",
        ),
        (
            quote!(
                struct S {
                    a: u8,
                }
            ),
            "",
        ),
    ];
    for (input, expected) in cases {
        assert_eq!(variants_of(input.clone()), expected, "{input}");
    }
}

/// What the compiler would report.
fn mistakes(input: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expanded(input)).expect("an expansion is Rust");
    let text = |item| match item {
        syn::Item::Macro(item) => {
            let literal: syn::LitStr = item.mac.parse_body().expect("a message");
            Some(literal.value())
        }
        _ => None,
    };
    file.items.into_iter().filter_map(text).collect()
}

#[test]
fn what_serde_can_tell_apart_needs_no_tag() {
    for input in [
        quote!(
            enum E {
                A,
                B,
            }
        ),
        quote!(
            #[serde(tag = "type")]
            enum E {
                A { x: u8 },
            }
        ),
        quote!(
            #[serde(tag = "type", content = "data")]
            enum E {
                A(u8),
            }
        ),
        quote!(
            #[serde(untagged)]
            enum E {
                A(u8),
            }
        ),
        quote!(
            #[serde(from = "u8", into = "u8")]
            enum E {
                A(u8),
            }
        ),
        quote!(
            #[message(externally_tagged)]
            enum E {
                A(u8),
            }
        ),
        quote!(
            #[message(text)]
            enum E {
                A(u8),
            }
        ),
        quote!(
            enum E {
                A,
                #[serde(untagged)]
                B(u8),
            }
        ),
        quote!(
            #[serde(bound(serialize = "T: Serialize"), tag = "type")]
            enum E<T> {
                A { x: T },
            }
        ),
    ] {
        assert_eq!(mistakes(input.clone()), [""; 0], "{input}");
    }
}

#[test]
fn each_mistake_says_what_to_write() {
    let cases: [(TokenStream, &[&str]); 9] = [
        (
            quote!(
                enum E {
                    A,
                    B { x: u8 },
                }
            ),
            &["`E` has no tag: its variant `B`"],
        ),
        (quote!(union U { a: u8 }), &["a union can't travel"]),
        (
            quote!(
                struct S<'a> {
                    a: &'a str,
                }
            ),
            &["a message owns its data"],
        ),
        (
            quote!(
                #[message(jsno)]
                struct S;
            ),
            &["unknown key `jsno`; did you mean `json`?"],
        ),
        (
            quote!(
                #[message(yaml)]
                struct S;
            ),
            &["unknown key `yaml`; there are `json`, `msgpack`, "],
        ),
        (
            quote!(
                #[message(json, json)]
                struct S;
            ),
            &["this format is named twice"],
        ),
        (
            quote!(
                #[message(text)]
                #[message(json)]
                struct S;
            ),
            &["`text` and `binary` stand alone"],
        ),
        (
            quote!(
                #[message(crate)]
                struct S {
                    #[message(json)]
                    a: u8,
                }
            ),
            &[
                "write `crate = path`",
                "`#[message(..)]` goes above the type",
            ],
        ),
        (
            quote!(
                #[message(crate = "x")]
                struct S;
            ),
            &["expected a path, such as `crate = "],
        ),
    ];
    for (input, expected) in cases {
        let found = mistakes(input.clone());
        assert_eq!(found.len(), expected.len(), "{input}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{input}: {found}");
        }
    }
}

#[test]
fn a_renamed_library_is_found() {
    let text = expanded(quote!(
        #[message(crate = my::ws)]
        struct S;
    ))
    .to_string();
    assert!(text.contains("impl my :: ws :: __private :: message :: Message for S"));
    assert!(!text.contains("http4k_ws"));
}

#[test]
fn a_field_that_is_left_out_needs_a_default() {
    let refused = [
        quote!(#[serde(skip_serializing_if = "f")] a: Vec<u8>),
        quote!(#[serde(rename = "b", skip_serializing_if = "f")] a: u8),
        quote!(#[serde(skip_serializing_if = "f", with = "m")] a: Option<u8>),
        quote!(#[serde(skip_serializing_if = "f", deserialize_with = "m")] a: Option<u8>),
        quote!(#[serde(skip_serializing_if = "f")] #[serde(serialize_with = "m")] a: u8),
        quote!(#[serde(skip_serializing_if = "f")] a: Box<u8>),
    ];
    let fine = [
        quote!(#[serde(default, skip_serializing_if = "f")] a: Vec<u8>),
        quote!(#[serde(default = "d")] #[serde(skip_serializing_if = "f", with = "m")] a: u8),
        quote!(#[serde(skip_serializing_if = "f")] a: Option<u8>),
        quote!(#[serde(skip_serializing_if = "f")] a: std::option::Option<u8>),
        quote!(#[serde(skip_serializing_if = "f", serialize_with = "m")] a: Option<u8>),
        quote!(#[serde(skip_serializing_if = "f")] a: Box<Option<u8>>),
        quote!(#[serde(flatten, skip_serializing_if = "f")] a: M),
        quote!(#[serde(skip, skip_serializing_if = "f")] a: u8),
        quote!(a: Vec<u8>),
    ];
    for (fields, count) in [(&refused[..], 1), (&fine[..], 0)] {
        for field in fields {
            let of_struct = mistakes(quote!(struct S { #field }));
            let of_enum = mistakes(quote!(#[serde(tag = "t")] enum E { V { #field } }));
            assert_eq!(of_struct.len(), count, "{field}: {of_struct:?}");
            assert_eq!(of_enum.len(), count, "{field}: {of_enum:?}");
            let words = "a message could be sent and never be read: ";
            assert!(of_struct.iter().all(|text| text.starts_with(words)));
            for whole in [
                quote!(#[serde(default)]),
                quote!(#[serde(from = "T")]),
                quote!(#[message(text)]),
            ] {
                assert_eq!(
                    mistakes(quote!(#whole struct S { #field })).len(),
                    0,
                    "{field}"
                );
            }
        }
    }
}
