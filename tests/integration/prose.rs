//! The English of the library and of its tests, benchmarks and examples: figures that keep the worst
//! slips out. They are a floor, not the aim.
//!
//! 1. A paragraph of documentation opens with the thing it describes, not with a question word.
//! 2. A condition is an *if*; *where* is for places.
//! 3. The actor has a name, such as client or peer, and is never an indefinite pronoun.
//! 4. An error or a log line says *is not a*, never *is no*.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders and files that must meet the figures together.
const GROUPS: &[&[&str]] = &[
    &["http4k-ws/src", "http4k-ws-macros/src"],
    &[
        "tests",
        "examples",
        "http4k-ws/benches",
        "http4k-ws/fuzz",
        "http4k-ws/nats",
        "README.md",
    ],
];

/// Words that open a question.
const OPENINGS: &[&str] = &[
    "What", "Whether", "Who", "Whom", "Whose", "How", "Where", "Why", "Which", "When", "So",
];

/// Words for an actor without a name.
const ACTORS: &[&str] = &[
    "who",
    "whom",
    "whoever",
    "nobody",
    "somebody",
    "anybody",
    "everybody",
];

/// Words before *where* that make it a place, as in "from where" or "says where".
const PLACES: &[&str] = &[
    "say",
    "says",
    "show",
    "shows",
    "know",
    "knows",
    "mark",
    "marks",
    "see",
    "find",
    "finds",
    "is",
    "from",
    "to",
    "at",
    "exactly",
    "and",
    "or",
    "place",
    "places",
    "position",
    "line",
    "site",
    "point",
    "decides",
    "remembers",
];

/// One line of a source file that people read.
struct Line {
    place: String,
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Documentation that begins a paragraph.
    Opening,
    /// Other documentation, and plain comments.
    Comment,
    /// A line of code, for its texts.
    Code,
}

/// Adds the Rust and Markdown files at `path`, which is a folder or a file, without build output.
fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_file() {
        let is_text = |extension: &OsStr| extension == "rs" || extension == "md";
        if path.extension().is_some_and(is_text) {
            found.push(path.to_owned());
        }
    } else if path.file_name().is_none_or(|name| name != "target") {
        for entry in fs::read_dir(path).expect("a folder of sources") {
            files(&entry.expect("an entry of a folder").path(), found);
        }
    }
}

/// Adds the lines of `path`.
fn lines(path: &Path, found: &mut Vec<Line>) {
    let text = fs::read_to_string(path).expect("a source file");
    let is_markdown = path.extension().is_some_and(|extension| extension == "md");
    let (mut in_fence, mut in_paragraph) = (false, false);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let documentation = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"))
            .or(is_markdown.then_some(line))
            .map(str::trim);
        let (kind, text) = match documentation {
            Some(fence) if fence.starts_with("```") => {
                in_fence = !in_fence;
                in_paragraph = false;
                continue;
            }
            Some(_) if in_fence => continue,
            Some(text) => {
                let is_prose =
                    text.starts_with(|first: char| first.is_alphabetic() || first == '[');
                let opens = is_prose && !in_paragraph;
                in_paragraph = !text.is_empty();
                (if opens { Kind::Opening } else { Kind::Comment }, text)
            }
            None => {
                (in_fence, in_paragraph) = (false, false);
                match line.strip_prefix("//") {
                    Some(comment) => (Kind::Comment, comment.trim()),
                    None => (Kind::Code, line),
                }
            }
        };
        found.push(Line {
            place: format!("{}:{}", path.display(), number + 1),
            text: text.to_owned(),
            kind,
        });
    }
}

fn words(text: &str) -> Vec<&str> {
    let letters = |c: char| !c.is_alphanumeric() && c != '_' && c != '\'';
    text.split(letters)
        .filter(|word| !word.is_empty())
        .collect()
}

fn opens_with_a_question(line: &Line) -> bool {
    let first = words(&line.text).first().copied().unwrap_or_default();
    line.kind == Kind::Opening && OPENINGS.contains(&first)
}

fn has_a_nameless_actor(line: &Line) -> bool {
    let is_actor = |word: &&str| ACTORS.contains(&word.to_lowercase().as_str());
    line.kind != Kind::Code && words(&line.text).iter().any(is_actor)
}

fn says_where_for_if(line: &Line) -> bool {
    const SUBJECTS: &[&str] = &[
        "there", "it", "the", "a", "an", "that", "no", "none", "one", "nothing", "this", "both",
    ];
    let words = words(&line.text);
    line.kind != Kind::Code
        && words.iter().enumerate().any(|(i, word)| {
            let before = i.checked_sub(1).map_or("", |before| words[before]);
            let after = words.get(i + 1).copied().unwrap_or_default();
            let is_condition = (*word == "Where" && line.text.contains(','))
                || (*word == "where" && !PLACES.contains(&before));
            is_condition && SUBJECTS.contains(&after)
        })
}

/// Returns `true` for a text such as "`{Self}` is no filter"; "there is no filter" is English.
fn says_is_no(line: &Line) -> bool {
    if line.kind != Kind::Code {
        return false;
    }
    line.text.split('"').skip(1).step_by(2).any(|text| {
        let words = words(text);
        words.windows(3).enumerate().any(|(i, three)| {
            let is_verb = matches!(three[0], "is" | "are" | "was" | "were" | "has" | "have");
            let before = i.checked_sub(1).map_or("", |before| words[before]);
            let is_idiom = matches!(three[2], "longer" | "more");
            is_verb && three[1] == "no" && !is_idiom && !before.eq_ignore_ascii_case("there")
        })
    })
}

fn read(group: &[&str]) -> Vec<Line> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for path in group {
        files(&root.join(path), &mut found);
    }
    let mut read = Vec::new();
    found.iter().for_each(|path| lines(path, &mut read));
    read
}

/// Fails if more than `per_thousand` of the lines that `counts` are slips in a group, and lists them.
fn hold(per_thousand: usize, counts: impl Fn(&Line) -> bool, slips: impl Fn(&Line) -> bool) {
    for group in GROUPS {
        let lines = read(group);
        let all = lines.iter().filter(|line| counts(line)).count();
        assert!(all > 1_000, "only {all} lines of {group:?} were read");
        let wrong: Vec<_> = lines.iter().filter(|line| slips(line)).collect();
        let list = wrong
            .iter()
            .map(|line| format!("{}: {}", line.place, line.text));
        assert!(
            wrong.len() * 1_000 <= all * per_thousand,
            "{} of {all} lines, at most {per_thousand} in a thousand:\n{}",
            wrong.len(),
            list.collect::<Vec<_>>().join("\n"),
        );
    }
}

#[test]
fn paragraphs_open_with_their_subject() {
    hold(20, |line| line.kind == Kind::Opening, opens_with_a_question);
}

#[test]
fn conditions_are_if() {
    hold(2, |line| line.kind != Kind::Code, says_where_for_if);
}

#[test]
fn actors_have_names() {
    hold(1, |line| line.kind != Kind::Code, has_a_nameless_actor);
}

#[test]
fn messages_say_is_not() {
    hold(0, |line| line.kind == Kind::Code, says_is_no);
}

#[test]
fn slips_are_recognized() {
    let line = |text: &str, kind| Line {
        place: String::new(),
        text: text.to_owned(),
        kind,
    };
    let comment = |text| line(text, Kind::Comment);
    assert!(opens_with_a_question(&line(
        "What reads a request.",
        Kind::Opening
    )));
    assert!(!opens_with_a_question(&comment("What reads a request.")));
    assert!(says_where_for_if(&comment(
        "Queues it; where the queue is full, waits."
    )));
    assert!(!says_where_for_if(&comment("It shows where the text is.")));
    assert!(has_a_nameless_actor(&comment(
        "Refuses who does not say it."
    )));
    assert!(!has_a_nameless_actor(&comment("Refuses the whole.")));
    let is_no = ["fail(\"`{name}` is", "no", "name\")"].join(" ");
    assert!(says_is_no(&line(&is_no, Kind::Code)));
    assert!(!says_is_no(&line(
        r#"fail("there is no name, and it has no longer one")"#,
        Kind::Code
    )));
}
