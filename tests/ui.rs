//! What the macros must accept and refuse, and how they say so.
//!
//! The messages are those of the stable toolchain. `TRYBUILD=overwrite cargo test --test ui` writes them
//! anew; read them before they are committed.

#[test]
fn macro_input_compiles_or_says_what_to_write() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/**/*.rs");
}
