//! The size of the HTTP part: everything but rooms, presence, history and front end.

/// Returns the lines of code, without comments and empty lines.
fn lines_of_code(source: &str) -> usize {
    let lines = source.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

#[test]
fn the_http_part_has_at_most_140_lines() {
    let parts = [
        ("main.rs", include_str!("../main.rs")),
        ("app.rs", include_str!("../app.rs")),
        ("login.rs", include_str!("../login.rs")),
        ("metrics.rs", include_str!("../metrics.rs")),
    ];
    let sizes = parts.map(|(name, source)| (name, lines_of_code(source)));
    let total: usize = sizes.iter().map(|(_, lines)| lines).sum();
    println!("{total} lines: {sizes:?}");
    assert!(total <= 140, "{total} lines: {sizes:?}");
}

/// A new file is either counted above or belongs to the folders that are not.
#[test]
fn every_file_of_the_http_part_is_counted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let entries = std::fs::read_dir(folder)
        .expect("the sources")
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.into_string().expect("a name in UTF-8")
        });
    let mut names: Vec<_> = entries.collect();
    names.sort();
    assert_eq!(
        names,
        [
            "app.rs",
            "chat",
            "login.rs",
            "main.rs",
            "metrics.rs",
            "tests"
        ]
    );
}
