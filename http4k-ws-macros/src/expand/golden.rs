//! Whole expansions, as one would read them: `tests/expand/<form>.in.rs` is the input, `<form>.rs` the
//! output. `EXPAND=overwrite cargo test -p http4k-ws-macros` writes the outputs anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proc_macro2::TokenStream;

const FORMS: [&str; 10] = [
    "handler_value",
    "call",
    "ws_call",
    "closure",
    "method_call",
    "matching",
    "block",
    "groups",
    "links",
    "mistake",
];

#[test]
fn routes_expand_to_what_one_would_write() {
    for form in FORMS {
        let input = fs::read_to_string(path(&format!("{form}.in.rs"))).expect("there is an input");
        let input: TokenStream = input.parse().expect("the input is tokens");
        let output = crate::expanded(input);
        let golden = path(&format!("{form}.rs"));
        if std::env::var_os("EXPAND").is_some_and(|how| how == "overwrite") {
            fs::write(&golden, readable(&output)).expect("the folder can be written");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(bare(&expected), bare(&as_item(&output)), "{form}");
    }
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/expand")
        .join(name)
}

/// The tokens alone: how a formatter broke the lines is no part of an expansion.
fn bare(source: &str) -> String {
    let tokens: TokenStream = source.parse().expect("an expansion is tokens");
    // A formatter adds and drops commas, and leaves out braces it can.
    let mut text = tokens.to_string();
    text.retain(|c| !c.is_whitespace() && !",{}".contains(c));
    text
}

/// An expansion as a file: an expression becomes a constant's value.
fn as_item(output: &TokenStream) -> String {
    match syn::parse2::<syn::File>(output.clone()) {
        Ok(_) => output.to_string(),
        Err(_) => format!("const _: () = {output};"),
    }
}

/// The tokens in lines, with the one path they all share taken for granted.
fn readable(output: &TokenStream) -> String {
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
