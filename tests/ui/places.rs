//! The codes and places of errors, compared without their words.
//!
//! All cases become binaries of one package, which is checked with `cargo check --keep-going`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// An error's code, which is empty for an error of the macros, with its line. Columns differ
/// between releases: only some can point inside a literal.
type Place = (String, u32);

/// Asserts that each mistake in `tests/ui/fail` has an error with the recorded code at the recorded
/// place, as `cargo` reports it.
pub(crate) fn assert_recorded(cargo: &mut Command) {
    let cases = cases();
    assert!(!cases.is_empty(), "no case in tests/ui/fail");
    let reported = checked(&cases, cargo);
    let mut missing = Vec::new();
    for (name, case) in &cases {
        let recorded =
            fs::read_to_string(case.with_extension("stderr")).expect("a recorded message");
        let source = fs::read_to_string(case).expect("a case");
        let reported = reported.get(name).cloned().unwrap_or_default();
        for place in places(&recorded) {
            if !reported.contains(&place) && !is_at_derive(&place.0, &reported, &source) {
                let case = case.display();
                missing.push(format!("{case}: no {place:?} among {reported:?}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Returns `true` if an error with `code` is reported at a derive, as some releases report errors
/// in the code that it generates.
fn is_at_derive(code: &str, reported: &BTreeSet<Place>, source: &str) -> bool {
    let lines: Vec<_> = source.lines().collect();
    let mut same_code = reported.iter().filter(|(reported, _)| reported == code);
    same_code.any(|(_, line)| {
        let line = line
            .checked_sub(1)
            .and_then(|line| lines.get(line as usize));
        line.is_some_and(|line| line.trim_start().starts_with("#[derive("))
    })
}

/// Returns the place of each error in the output of rustc.
fn places(rendered: &str) -> BTreeSet<Place> {
    let mut places = BTreeSet::new();
    let mut code = None;
    for line in rendered.lines() {
        if let Some(rest) = line.strip_prefix("error") {
            let in_brackets = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            code = Some(in_brackets.map_or(String::new(), |(code, _)| code.to_owned()));
        } else if let Some(at) = line.trim_start().strip_prefix("--> ") {
            let (file, position) = at.split_once(".rs:").unwrap_or((at, ""));
            let line = position
                .split(':')
                .next()
                .and_then(|line| line.parse().ok());
            if let (true, Some(code), Some(line)) = (file.contains("ui/fail/"), code.take(), line) {
                places.insert((code, line));
            }
        }
    }
    places
}

/// Returns the mistakes by a name that is valid for a binary.
fn cases() -> BTreeMap<String, PathBuf> {
    let mut cases = BTreeMap::new();
    let mut folders = vec![Path::new(ROOT).join("tests/ui/fail")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of cases") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                cases.insert(format!("case{}", cases.len()), path);
            }
        }
    }
    cases
}

/// Returns the places of the errors that `cargo` reports for each case.
fn checked(
    cases: &BTreeMap<String, PathBuf>,
    cargo: &mut Command,
) -> BTreeMap<String, BTreeSet<Place>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("places");
    fs::create_dir_all(&folder).expect("the build folder is writable");
    fs::write(folder.join("Cargo.toml"), manifest(cases)).expect("a manifest");
    fs::copy(
        Path::new(ROOT).join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )
    .expect("a lock file");
    let output = cargo
        .args([
            "check",
            "--offline",
            "--keep-going",
            "--message-format=json",
        ])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    let mut reported: BTreeMap<String, BTreeSet<Place>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: Value = serde_json::from_str(line).expect("cargo prints JSON");
        if let Some(rendered) = message["message"]["rendered"].as_str() {
            let name = message["target"]["name"].as_str().unwrap_or_default();
            let places = places(rendered);
            reported.entry(name.to_owned()).or_default().extend(places);
        }
    }
    reported
}

fn manifest(cases: &BTreeMap<String, PathBuf>) -> String {
    let library = Path::new(ROOT).join("http4k-ws");
    let mut manifest = format!(
        "[package]\nname = \"places\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         http4k-ws = {{ path = {library:?}, features = [\"cbor\", \"http2\", \"msgpack\", \
         \"multipart\", \"testing\", \"tls\", \"tracing\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\
         tokio = {{ version = \"1\", features = [\"full\"] }}\n"
    );
    for (name, case) in cases {
        manifest += &format!("\n[[bin]]\nname = {name:?}\npath = {case:?}\n");
    }
    manifest
}

#[test]
fn places_are_those_of_the_errors() {
    let rendered = "\
warning: unused\n --> tests/ui/fail/a.rs:1:1\n\
error[E0277]: no\n   --> tests/ui/fail/a.rs:19:5\n    |\nhelp: see\n  --> tests/ui/fail/a.rs:9:1\n\
error: at `x`\n --> tests/ui/fail/a.rs:2:3\n\
error: aborting due to 2 previous errors\n";
    let expected = BTreeSet::from([(String::new(), 2), ("E0277".to_owned(), 19)]);
    assert_eq!(places(rendered), expected);
}
