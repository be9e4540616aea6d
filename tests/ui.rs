//! What must compile, and what must not, with the message expected.
//!
//! Messages are those of the toolchain in `rust-toolchain`'s stable channel; after reading them, write
//! new ones with `TRYBUILD=overwrite cargo test --test ui`.

#[test]
fn the_compiler_says_what_to_write() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*/*.rs");
}
