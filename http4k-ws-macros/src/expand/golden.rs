//! Whole expansions: `tests/expand/<form>.in.rs` of this package is the input, and `<form>.rs` the
//! output.
//!
//! `EXPAND=overwrite cargo test -p http4k-ws-macros` updates the outputs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::call::undescribed;

const FORMS: [&str; 12] = [
    "handler_value",
    "call",
    "ws_call",
    "sse_call",
    "closure",
    "method_call",
    "matching",
    "block",
    "groups",
    "links",
    "mistake",
    "undescribed",
];

/// The form without descriptions, as most programs have it.
const UNDESCRIBED: &str = "undescribed";

/// The forms whose files also hold the items beside the function. These items are the same in all
/// forms.
const WITH_ITEMS: [&str; 2] = ["links", "mistake"];

#[test]
fn routes_expand_to_the_golden_files() {
    for form in FORMS {
        let input = fs::read_to_string(path(&format!("{form}.in.rs"))).expect("there is an input");
        let input: TokenStream = input.parse().expect("the input is tokens");
        let mut output = match form {
            UNDESCRIBED => undescribed(|| crate::expanded(input)),
            _ => crate::expanded(input),
        };
        if !WITH_ITEMS.contains(&form) {
            output = without_items(output);
        }
        let golden = path(&format!("{form}.rs"));
        if overwrites() {
            fs::write(&golden, readable(&output)).expect("the folder can be written");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(bare(&expected), bare(&as_item(&output)), "{form}");
    }
}

/// Returns `true` if the outputs are updated.
pub(crate) fn overwrites() -> bool {
    std::env::var_os("EXPAND").is_some_and(|how| how == "overwrite")
}

pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expand")
        .join(name)
}

/// Returns the function of an expansion alone, or an expression unchanged.
fn without_items(output: TokenStream) -> TokenStream {
    match syn::parse2::<syn::File>(output.clone()) {
        Ok(file) => file.items[0].to_token_stream(),
        Err(_) => output,
    }
}

/// Returns the tokens of an expansion, without the format of a file.
pub(crate) fn bare(source: &str) -> String {
    let tokens: TokenStream = source.parse().expect("an expansion is tokens");
    // A formatter adds and removes commas, and removes braces.
    let mut text = tokens.to_string();
    text.retain(|c| !c.is_whitespace() && !",{}".contains(c));
    text
}

/// Returns an expansion as a file. An expression becomes the value of a constant.
fn as_item(output: &TokenStream) -> String {
    match syn::parse2::<syn::File>(output.clone()) {
        Ok(_) => output.to_string(),
        Err(_) => format!("const _: () = {output};"),
    }
}

/// Returns the expansion as rustfmt formats it.
pub(crate) fn readable(output: &TokenStream) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is installed");
    let source = as_item(output);
    let mut stdin = rustfmt.stdin.take().expect("it is piped");
    std::io::Write::write_all(&mut stdin, source.as_bytes()).expect("rustfmt reads");
    drop(stdin);
    let output = rustfmt.wait_with_output().expect("rustfmt ends");
    String::from_utf8(output.stdout).expect("rustfmt writes UTF-8")
}
