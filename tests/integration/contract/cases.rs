//! Checks of `CASES.md`, which lists the tests that show each case.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("CASES.md");

/// One row of a table: its cases, their description, and the tests, as `file::test`.
struct Row {
    cases: Vec<u32>,
    what: &'static str,
    tests: Vec<(&'static str, &'static str)>,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| line.starts_with("| "));
    let rows = lines.filter(|line| !line.starts_with("| case "));
    rows.map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, cases, what, tests, _] = cells[..] else {
            panic!("three cells are expected: {line}");
        };
        let cases = match cases {
            "gap" => Vec::new(),
            cases => cases
                .split(", ")
                .map(|case| case.parse().expect("a number"))
                .collect(),
        };
        let tests = tests.split(", ").filter(|test| !test.is_empty());
        let tests = tests.map(|test| {
            let name = test
                .strip_prefix('`')
                .and_then(|test| test.strip_suffix('`'));
            let parts = name.and_then(|name| name.split_once("::"));
            parts.unwrap_or_else(|| panic!("`file::test` is expected: {test}"))
        });
        Row {
            cases,
            what,
            tests: tests.collect(),
        }
    })
    .collect()
}

/// Returns the text of the named file, or of all files in the folder of that name.
fn source(name: &str) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = if name.starts_with("http4k-ws/") || name.starts_with("tests/") {
        root.join(name)
    } else {
        root.join("tests/integration").join(name)
    };
    if let Ok(text) = fs::read_to_string(&path) {
        return Some(text);
    }
    let files = fs::read_dir(path.with_extension("")).ok()?;
    let texts = files.map(|file| fs::read_to_string(file.expect("an entry").path()));
    texts.collect::<Result<String, _>>().ok()
}

/// Returns `true` if `source` has a test of that name: a function with a test attribute, a function
/// of the backends' macro, or the program of a case that must not compile.
fn has_test(source: &str, name: &str) -> bool {
    let lines: Vec<_> = source.lines().map(str::trim_start).collect();
    lines.iter().enumerate().any(|(at, line)| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        let Some(rest) = line
            .strip_prefix("fn ")
            .and_then(|line| line.strip_prefix(name))
        else {
            return false;
        };
        let attributes = lines[..at].iter().rev();
        let mut attributes = attributes.take_while(|line| line.starts_with("#["));
        rest.starts_with("<B>()")
            || name == "main"
            || (rest.starts_with('(') && attributes.any(|line| line.contains("test")))
            // A proptest property has its attribute from the macro.
            || rest.contains(" in ")
    })
}

#[test]
fn every_case_is_listed_once() {
    let all: BTreeSet<_> = (1..=158).collect();
    let mut missing = all;
    for row in rows() {
        for case in &row.cases {
            assert!(
                missing.remove(case),
                "case {case} is listed twice, or does not exist"
            );
        }
        let is_left_out = row.what.starts_with("none: ");
        assert_eq!(row.tests.is_empty(), is_left_out, "{}", row.what);
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn every_listed_test_exists() {
    let mut wrong = Vec::new();
    for row in rows() {
        for (name, test) in row.tests {
            let Some(source) = source(name) else {
                wrong.push(format!("there is no file {name}"));
                continue;
            };
            if !has_test(&source, test) {
                wrong.push(format!("{name} lacks the test {test}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_test_is_found_by_its_full_name_only() {
    let source = "#[test]\nfn known() {}\nfn helper() {}\non_every_backend! {\n    fn shown<B>() {\n    }\n}\n";
    for (name, found) in [
        ("known", true),
        ("shown", true),
        ("know", false),
        ("helper", false),
        ("other", false),
    ] {
        assert_eq!(has_test(source, name), found, "{name}");
    }
}
