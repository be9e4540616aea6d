//! The index of the messages of the macros in the guide, written from the cases of `ui`, so that
//! it has every message.
//!
//! `HTTP4K_WS_APPROVE=1 cargo test -p http4k-ws-workspace --test diagnostics` writes it again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const INDEX: &str = "http4k-ws/src/docs/diagnostics.md";

/// The folders of the cases, in the order of the index.
const PARTS: [(&str, &str); 16] = [
    ("first_hour", "First steps"),
    ("input", "The form of `routes!`"),
    ("routes", "Routes"),
    ("template", "Paths"),
    ("args", "Arguments of a call"),
    ("handlers", "Handlers"),
    ("sse", "Streams"),
    ("calls", "`#[derive(Calls)]`"),
    ("filters", "Filters"),
    ("mounts", "Mounts"),
    ("links", "Links"),
    ("values", "Captured values"),
    ("message", "`#[derive(Message)]`"),
    ("from_request", "`#[derive(FromRequest)]`"),
    ("path_param", "`#[derive(PathParam)]`"),
    ("lens", "Lenses"),
];

/// The beginnings of notes that the compiler adds by itself.
const OF_THE_COMPILER: &[&str] = &[
    "the following",
    "the trait",
    "this error",
    "required",
    "within",
    "expected",
    "found",
    "consider",
    "the full",
    "but ",
    "for that",
    "see ",
    "if ",
    "try ",
    "`",
    "all ",
    "associated",
    "candidate",
    "items from",
    "multiple",
    "you can",
];

/// A message, with the line that causes it, and its cure if the message has one.
struct Message {
    text: String,
    cause: String,
    cure: String,
}

/// Returns the messages in a recorded output that the library words.
fn messages(output: &str) -> Vec<Message> {
    let mut messages = Vec::new();
    for block in output
        .split("\nerror")
        .map(|block| block.trim_start_matches("error"))
    {
        let (first, rest) = block.split_once('\n').unwrap_or((block, ""));
        let notes: Vec<_> = rest
            .lines()
            .filter_map(|line| {
                let line = line.trim_start();
                line.strip_prefix("= note: ")
                    .or(line.strip_prefix("= help: "))
            })
            .filter(|note| !OF_THE_COMPILER.iter().any(|own| note.starts_with(own)))
            .collect();
        let (text, cure) = match first.strip_prefix(": ") {
            // A message of a macro names its cure behind a colon.
            Some(text) => match cure_of(text) {
                Some((text, cure)) if notes.is_empty() => (text, cure.to_owned()),
                _ => (text, notes.join("; ")),
            },
            // A message of a trait has notes.
            None => match first.strip_prefix("[E0277]: ") {
                Some(text) if !notes.is_empty() => (text, notes.join("; ")),
                _ => continue,
            },
        };
        if !text.starts_with("future cannot be sent") && !text.starts_with("macro expansion") {
            let text = without_place(text);
            let cause = cause(rest);
            messages.push(Message { text, cause, cure });
        }
    }
    messages
}

/// Returns a message without its cure, and the cure. That may have a colon itself, before a type.
fn cure_of(text: &str) -> Option<(&str, &str)> {
    match text.find(": write ") {
        Some(colon) => Some((&text[..colon], &text[colon + ": ".len()..])),
        None => text.rsplit_once(": "),
    }
}

/// Returns a message in which a closure or block has no place in a file.
fn without_place(text: &str) -> String {
    match text.split_once("@$DIR") {
        Some((before, after)) => {
            let after = after.split_once('}').map_or("", |(_, after)| after);
            format!("{before}}}{after}")
        }
        None => text.to_owned(),
    }
}

/// Returns the line of the program that an output points at.
fn cause(rest: &str) -> String {
    let (_, code) = rest.split_once("-->").unwrap_or_default();
    let lines = code.lines().filter_map(|line| line.split_once(" | "));
    let mut lines = lines.filter(|(number, _)| number.trim().parse::<u32>().is_ok());
    let line = lines.next().map_or("", |(_, code)| code.trim());
    match line {
        "" => String::new(),
        line => format!("`{line}`"),
    }
}

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(ROOT).join("tests/ui/fail").join(folder);
    let entries = fs::read_dir(folder).expect("the folder has cases");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut cases: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "stderr"))
        .collect();
    cases.sort();
    cases
}

fn index() -> String {
    let mut index = "The messages of the macros and of the traits behind them, each with a line \
        that causes it and the\nchange that cures it. Names in a message are those of the program.\n"
        .to_owned();
    let mut seen = BTreeSet::new();
    for (folder, title) in PARTS {
        let _ = writeln!(
            index,
            "\n# {title}\n\n| message | cause | cure |\n|---|---|---|"
        );
        for case in cases(folder) {
            let output = fs::read_to_string(&case).expect("an output");
            for Message { text, cause, cure } in messages(&output) {
                if seen.insert(text.clone()) {
                    let row = [&text, &cause, &cure].map(|cell| cell.replace('|', "\\|"));
                    let _ = writeln!(index, "| {} | {} | {} |", row[0], row[1], row[2]);
                }
            }
        }
    }
    index
}

#[test]
fn the_index_has_every_message() {
    let file = Path::new(ROOT).join(INDEX);
    let index = index();
    if std::env::var_os("HTTP4K_WS_APPROVE").is_some() {
        fs::write(&file, &index).expect("the guide is writable");
    }
    let approved = fs::read_to_string(file).unwrap_or_default();
    for line in index.lines() {
        assert!(
            approved.contains(line),
            "{INDEX} lacks `{line}`; HTTP4K_WS_APPROVE=1 writes it"
        );
    }
    assert_eq!(approved, index, "{INDEX} has messages that nothing causes");
}

#[test]
fn the_index_has_every_folder_of_cases() {
    let folders = fs::read_dir(Path::new(ROOT).join("tests/ui/fail")).expect("a folder");
    let names = folders.map(|folder| folder.expect("an entry").file_name());
    let missing: Vec<_> = names
        .filter(|name| !PARTS.iter().any(|(folder, _)| name == folder))
        // The mistake of the README is one of `args`.
        .filter(|name| name != "contract_test" && name != "readme")
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
