//! Programs that the macros must accept, and mistakes that they must reject with a message that
//! names the fix.
//!
//! The `.stderr` files hold the messages of one release of rustc. Other releases may use other
//! words, so for them only the code and the place of each error are compared.
//! `TRYBUILD=overwrite cargo test -p http4k-ws-workspace --test ui` updates the files; read them
//! before committing them.

#[path = "ui/pass/mod.rs"]
mod pass;
#[path = "ui/places.rs"]
mod places;

use std::process::Command;

/// The release whose messages are in the `.stderr` files.
const RELEASE: &str = "rustc 1.95.";

fn is_recorded_release() -> bool {
    let rustc = std::env::var("RUSTC").unwrap_or("rustc".to_owned());
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("a compiler");
    String::from_utf8_lossy(&version.stdout).starts_with(RELEASE)
}

/// Another toolchain of rustup, whose errors are compared. This test is then built by the default
/// one, which spares a build of all that it needs.
fn other_toolchain() -> Option<String> {
    std::env::var("HTTP4K_WS_TOOLCHAIN").ok()
}

#[test]
fn mistakes_are_rejected_with_the_fix() {
    if let Some(toolchain) = other_toolchain() {
        places::assert_recorded(Command::new("rustup").args(["run", &toolchain, "cargo"]));
    } else if is_recorded_release() {
        // Without a case that must pass, all are compiled by one command, side by side.
        let cases = trybuild::TestCases::new();
        cases.compile_fail("tests/ui/fail/**/*.rs");
    } else {
        println!("comparing codes and places only: the messages are those of {RELEASE}x");
        places::assert_recorded(&mut Command::new(
            std::env::var_os("CARGO").unwrap_or("cargo".into()),
        ));
    }
}
