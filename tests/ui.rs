//! What the macros must accept and refuse, and how they say so.
//!
//! The messages are those of one release of the compiler. Another may word them differently, so there they
//! are not compared. `TRYBUILD=overwrite cargo test --test ui` writes them anew; read them before they are
//! committed.

use std::process::Command;

/// The release whose messages are in the `.stderr` files.
const RELEASE: &str = "rustc 1.95.";

fn words_it_the_same() -> bool {
    let rustc = std::env::var("RUSTC").unwrap_or("rustc".to_owned());
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("a compiler");
    String::from_utf8_lossy(&version.stdout).starts_with(RELEASE)
}

#[test]
fn macro_input_compiles_or_says_what_to_write() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    if words_it_the_same() {
        cases.compile_fail("tests/ui/fail/**/*.rs");
    } else {
        println!("skipped: the messages in tests/ui/fail are those of {RELEASE}x");
    }
}
