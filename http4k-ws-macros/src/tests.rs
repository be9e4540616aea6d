//! Assertions about expansions, and the rules that both crates must agree on.

use std::fs;

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::expand::golden;

pub(crate) fn tokens(source: &str) -> TokenStream {
    source.parse().expect("the source is tokens")
}

/// Returns the messages that the compiler would report for an expansion.
pub(crate) fn mistakes(expansion: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expansion).expect("an expansion is Rust");
    let text = |item| match item {
        syn::Item::Macro(item) => {
            let literal: LitStr = item.mac.parse_body().expect("a message");
            Some(literal.value())
        }
        _ => None,
    };
    file.items.into_iter().filter_map(text).collect()
}

/// Asserts that the mistakes found in `input` are as many as `expected`, and start with these
/// texts.
pub(crate) fn assert_mistakes(input: &str, expansion: TokenStream, expected: &[&str]) {
    let found = mistakes(expansion);
    assert_eq!(found.len(), expected.len(), "{input}: {found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{input}: {found}");
    }
}

/// Asserts that the first part of the golden file `name` expands to its second part.
pub(crate) fn assert_golden(name: &str, expanded: impl FnOnce(TokenStream) -> TokenStream) {
    let path = golden::path(&format!("{name}.rs"));
    let file = fs::read_to_string(&path).expect("there is a golden file");
    let (input, output) = file.split_once("// becomes\n").expect("two parts");
    let expanded = expanded(tokens(input));
    if golden::overwrites() {
        let output = golden::readable(&expanded);
        let file = format!("{input}// becomes\n\n{output}");
        fs::write(&path, file).expect("the folder can be written");
        return;
    }
    assert_eq!(golden::bare(&expanded.to_string()), golden::bare(output));
}

/// The library's own tests read the same table, with the expected errors and captures.
#[test]
fn routes_accepts_and_rejects_the_same_templates_as_the_library() {
    let table = include_str!("templates.txt");
    let lines = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut wrong = Vec::new();
    for line in lines {
        let mut columns = line.split('|').map(str::trim);
        let template = columns.next().unwrap_or_default();
        let is_rejected = columns
            .nth(1)
            .is_some_and(|outcome| outcome.starts_with("error "));
        let literal = LitStr::new(template, proc_macro2::Span::call_site());
        // `req` uses every parameter, so only the template can be wrong.
        let expansion = super::expanded(quote!(#literal => http(handler(req)))).to_string();
        if expansion.contains("compile_error") != is_rejected {
            wrong.push(template);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
