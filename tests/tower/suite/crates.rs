//! The number of crates that the features bring.

use std::collections::BTreeSet;
use std::process::Command;

/// Returns the crates of the library with `features`.
fn crates(features: &str) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let tree = Command::new(cargo)
        .args([
            "tree",
            "--offline",
            "--locked",
            "-p",
            "http4k-ws",
            "-e",
            "normal",
        ])
        .args([
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--features",
            features,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let names = String::from_utf8(tree.stdout).expect("names");
    let names = names.lines().filter_map(|line| line.split(' ').next());
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn tower_adds_two_crates_with_and_without_http2() {
    for (without, with) in [("default", "tower"), ("http2", "http2,tower")] {
        let (without, with) = (crates(without), crates(with));
        let added: Vec<_> = with.difference(&without).map(String::as_str).collect();
        assert_eq!(added, ["tower-layer", "tower-service"]);
    }
}
