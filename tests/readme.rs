//! The README and the guide: they show programs and messages as they are, and nothing is left out.

use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const README: &str = include_str!("../README.md");

/// Returns the text between a fence that opens with `language`, and its end.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let (_, block) = text
        .split_once(&format!("```{language}\n"))
        .expect("the text has the block");
    block.split_once("\n```").expect("the block ends").0
}

/// The suite `ui` compares the message with that of the compiler.
#[test]
fn the_message_of_the_readme_is_that_of_a_mistake_in_its_own_program() {
    let program = block(README, "rust,no_run");
    let mistaken = program.replacen("greet(ws, name))", "greet(ws, nam))", 1);
    assert_ne!(program, mistaken);
    assert_eq!(
        include_str!("ui/fail/readme/mistake.rs").trim_end(),
        mistaken
    );
    let message = include_str!("ui/fail/readme/mistake.stderr");
    let message = message.replace("tests/ui/fail/readme/mistake.rs", "src/main.rs");
    let (_, section) = README.split_once("## A mistake").expect("a section");
    assert_eq!(block(section, "text"), message.trim_end());
}

/// Returns the rows of the table that opens with `head`.
fn table<'a>(text: &'a str, head: &str) -> Vec<&'a str> {
    let (_, rows) = text.split_once(head).expect("the text has the table");
    rows.lines()
        .skip(2)
        .take_while(|row| row.starts_with('|'))
        .collect()
}

#[test]
fn the_readme_and_the_guide_state_the_same_ratios() {
    const HEAD: &str = "| unit | to uWebSockets | to axum 0.8 |";
    let guide = table(include_str!("../http4k-ws/src/docs/performance.md"), HEAD);
    assert_eq!(table(README, HEAD), guide);
}

#[test]
fn the_guide_states_the_instructions_that_are_approved() {
    let approved = include_str!("../http4k-ws/benches/instructions/approved.txt");
    let guide = include_str!("../http4k-ws/src/docs/performance.md");
    let mut stated: Vec<u32> = table(guide, "| unit | with LTO | release |")
        .iter()
        .map(|row| {
            row.split('|')
                .nth(2)
                .expect("a figure")
                .trim()
                .replace(',', "")
        })
        .map(|figure| figure.parse().expect("a number"))
        .collect();
    let mut figures: Vec<u32> = approved
        .lines()
        .skip(1)
        .map(|line| line.split(' ').nth(1).expect("a figure"))
        .map(|figure| figure.parse().expect("a number"))
        .collect();
    stated.sort_unstable();
    figures.sort_unstable();
    assert_eq!(stated, figures);
}

#[test]
fn the_guide_shows_the_static_site_of_the_example() {
    let example = include_str!("../examples/tower/static_site.rs");
    let guide = include_str!("../http4k-ws/src/docs/pages.md");
    let (_, section) = guide.split_once("## Static files").expect("a section");
    for part in block(section, "text").split("\n\n") {
        assert!(example.contains(part), "not in the example: {part}");
    }
}

/// Appends the text of every Rust file in a folder and its folders.
fn append_sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            append_sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            *text += &fs::read_to_string(&path).expect("a text");
        }
    }
}

#[test]
fn every_chapter_is_documentation_so_its_programs_are_tests() {
    let sources = Path::new(ROOT).join("http4k-ws/src");
    let mut code = String::new();
    append_sources(&sources, &mut code);
    for entry in fs::read_dir(sources.join("docs")).expect("the chapters") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        let included = code.matches(&format!("docs/{name}\")]")).count();
        assert_eq!(included, 1, "{name}");
        let chapter = fs::read_to_string(&path).expect("a text");
        let is_run = |fence: &&str| !fence.starts_with("```") || !fence.contains("ignore");
        assert!(
            chapter.lines().all(|line| is_run(&line)),
            "{name} has a program that is not run"
        );
    }
}
