//! What the macros must accept and refuse, and how they say so.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the messages anew; read them before they are committed.

#[test]
fn macro_input_compiles_or_says_what_to_write() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/**/*.rs");
}
