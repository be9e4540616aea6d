//! The structure of the library's source: the order of folders, and the public names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

mod folders;

/// The folders from the top, each with those that it may import. No folder imports a leaf.
const LAYERS: &[(&str, &[&str])] = &[
    ("message", &[]),
    ("lens", &["message"]),
    ("describe", &["lens", "message"]),
    ("session", &["lens", "message"]),
    ("sse", &["session", "describe", "lens", "message"]),
    (
        "handler",
        &["sse", "session", "describe", "lens", "message"],
    ),
    (
        "routing",
        &["handler", "sse", "session", "describe", "lens", "message"],
    ),
    (
        "filter",
        &[
            "routing", "handler", "sse", "session", "describe", "lens", "message",
        ],
    ),
    (
        "topics",
        &["handler", "sse", "session", "describe", "lens", "message"],
    ),
    (
        "document",
        &[
            "testing", "routing", "describe", "handler", "lens", "message",
        ],
    ),
    (
        "calls",
        &["handler", "session", "describe", "lens", "message"],
    ),
    ("topics/engine/redis", &["topics", "tls", "message"]),
    ("tower", &["handler", "message"]),
    ("tungstenite", &["handler", "session", "message"]),
    ("wire", &["session", "lens", "message"]),
    ("tls", &["wire", "message"]),
    (
        "server",
        &[
            "tls", "wire", "handler", "sse", "session", "lens", "message",
        ],
    ),
    (
        "client",
        &[
            "calls", "tls", "wire", "handler", "sse", "session", "lens", "message",
        ],
    ),
    (
        "testing",
        &["topics", "handler", "sse", "session", "lens", "message"],
    ),
    (
        "testing/contract",
        &[
            "testing", "client", "server", "handler", "sse", "session", "message",
        ],
    ),
];

/// The number of names that the root may re-export, modules not counted.
const ROOT_NAMES: usize = 40;

/// The number of names that the prelude may have, in addition to traits imported without a name.
const PRELUDE_NAMES: usize = 30;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("http4k-ws/src")
}

fn files(under: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(under).expect("a folder of the library") {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Returns the folders that a file names as `crate::folder`, outside its comments.
fn imported(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).expect("a source file");
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or_default()
        })
        .filter(|name| LAYERS.iter().any(|(layer, _)| layer == name))
        .map(str::to_owned)
        .collect()
}

/// Returns the layer of a file, which is the deepest one whose folder holds it.
fn layer_of(file: &Path) -> Option<(&'static str, &'static [&'static str])> {
    let inside = file.strip_prefix(source()).expect("a file of the library");
    let layers = LAYERS.iter().filter(|(layer, _)| inside.starts_with(layer));
    layers.copied().max_by_key(|(layer, _)| layer.len())
}

#[test]
fn no_import_points_up() {
    let mut found = Vec::new();
    files(&source(), &mut found);
    let mut wrong = Vec::new();
    for file in found {
        let Some((layer, allowed)) = layer_of(&file) else {
            continue;
        };
        for name in imported(&file) {
            if name != layer && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} imports crate::{name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_has_its_layer() {
    let folders = fs::read_dir(source()).expect("the library's source");
    for folder in folders
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && !path.ends_with("docs"))
    {
        let mut sources = Vec::new();
        files(&folder, &mut sources);
        assert!(
            sources.is_empty() || layer_of(&folder).is_some(),
            "{} lacks a layer",
            folder.display()
        );
    }
}

/// Returns the names that the `pub use` statements of `text` bind. A trait imported `as _` binds none.
fn exported(text: &str) -> BTreeSet<String> {
    let code: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !line.starts_with('#'))
        .collect();
    let code = code.join(" ");
    let uses = code.split("pub use ").skip(1);
    let uses = uses.map(|rest| rest.split(';').next().unwrap_or_default());
    uses.flat_map(|tree| {
        let names = tree.rsplit_once('{').map_or(tree, |(_, names)| names);
        names.trim_end_matches('}').split(',')
    })
    .map(|name| name.rsplit("::").next().unwrap_or_default().trim())
    .filter(|name| !name.is_empty() && !name.ends_with(" as _"))
    .map(str::to_owned)
    .collect()
}

#[test]
fn root_and_prelude_stay_small() {
    let text = fs::read_to_string(source().join("lib.rs")).expect("the root");
    let (root, prelude) = text
        .split_once("pub mod prelude")
        .expect("the root has a prelude");
    let root = exported(root);
    assert!(
        root.contains("PolyHandler") && !root.contains("*"),
        "{root:?}"
    );
    assert!(root.len() <= ROOT_NAMES, "{}: {root:?}", root.len());

    let prelude = exported(prelude);
    assert!(
        prelude.contains("Json") && !prelude.contains("WsClient"),
        "{prelude:?}"
    );
    assert!(
        prelude.len() <= PRELUDE_NAMES,
        "{}: {prelude:?}",
        prelude.len()
    );
}

#[test]
fn only_the_wire_and_the_adapter_name_tungstenite() {
    let mut found = Vec::new();
    files(&source(), &mut found);
    let may_name_it = ["wire", "tungstenite"].map(|folder| source().join(folder));
    for file in found
        .iter()
        .filter(|file| !may_name_it.iter().any(|folder| file.starts_with(folder)))
    {
        let text = fs::read_to_string(file).expect("a source file");
        let names = text
            .lines()
            .filter(|line| *line != "pub mod tungstenite;")
            .any(|line| !line.trim_start().starts_with("//") && line.contains("tungstenite"));
        assert!(!names, "{} names tungstenite", file.display());
    }
}

#[test]
fn public_types_have_different_names() {
    let mut found = Vec::new();
    files(&source(), &mut found);
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // The placeholders of disabled features have the names of the real types.
    for file in found
        .iter()
        .filter(|file| !file.ends_with("switched_off.rs"))
    {
        let text = fs::read_to_string(file).expect("a source file");
        let declared: BTreeSet<_> = text.lines().filter_map(declared_type).collect();
        for name in declared {
            let places = places.entry(name.to_owned()).or_default();
            places.push(file.display().to_string());
        }
    }
    assert!(places.contains_key("PolyHandler"), "no types were found");
    let twice: Vec<_> = places
        .iter()
        .filter(|(_, places)| places.len() > 1)
        .collect();
    assert!(twice.is_empty(), "{twice:#?}");
}

/// Returns the name of the public type that a line declares at the top of its file.
fn declared_type(line: &str) -> Option<&str> {
    let (kind, rest) = line.strip_prefix("pub ")?.split_once(' ')?;
    if !["struct", "enum", "union", "trait", "type"].contains(&kind) {
        return None;
    }
    rest.split(|c: char| !c.is_alphanumeric()).next()
}

/// The number of columns of a comment. Rows of tables may be longer, because they cannot be wrapped.
const COLUMNS: usize = 100;

#[test]
fn comments_fit_their_columns() {
    let mut found = Vec::new();
    files(&source(), &mut found);
    let macros = Path::new(env!("CARGO_MANIFEST_DIR")).join("http4k-ws-macros/src");
    files(&macros, &mut found);
    let mut wide = Vec::new();
    for file in found {
        let text = fs::read_to_string(&file).expect("a source file");
        for (line, number) in text.lines().zip(1..) {
            let comment = line.trim_start().strip_prefix("//");
            let comment = comment.map(|comment| comment.trim_start_matches(['/', '!', ' ']));
            if comment.is_some_and(|comment| !comment.starts_with('|'))
                && line.chars().count() > COLUMNS
            {
                wide.push(format!("{}:{number}", file.display()));
            }
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}
