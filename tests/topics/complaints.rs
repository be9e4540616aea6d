//! The table of complaints about similar systems, each with a test that exists.

use std::fs;
use std::path::Path;

const GUIDE: &str = include_str!("../../http4k-ws/src/docs/topics.md");

/// Returns the texts of all sources below a directory.
fn sources(directory: &Path) -> String {
    let mut texts = String::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts += &sources(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts += &fs::read_to_string(path).expect("a source");
        }
    }
    texts
}

#[test]
fn each_complaint_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/topics", "tests/engines", "http4k-ws/src/topics"];
    let sources: String = folders.map(|folder| sources(&root.join(folder))).concat();
    let (_, table) = GUIDE.split_once("# What goes wrong elsewhere").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut complaints = 0;
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let test = cells.last().unwrap().trim().trim_matches('`');
        assert!(cells.len() == 3 && !test.is_empty(), "{row}");
        let start = sources.find(&format!(" {test}("));
        let start = start.unwrap_or_else(|| panic!("no test {test}"));
        let before = &sources[start.saturating_sub(80)..start];
        let attribute = before.rsplit_once("#[").map(|(_, attribute)| attribute);
        let attribute = attribute.unwrap_or_default();
        assert!(
            attribute.starts_with("test]") || attribute.starts_with("contract_test("),
            "{test} is not a test"
        );
        complaints += 1;
    }
    assert_eq!(complaints, 20);
}
