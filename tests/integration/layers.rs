//! Each folder imports only from the folders above it: nothing points up.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders from the top, each with those it may import from. A leaf is imported by nobody.
const LAYERS: &[(&str, &[&str])] = &[
    ("message", &[]),
    ("lens", &["message"]),
    ("handler", &["lens", "message"]),
    ("routing", &["handler", "lens", "message"]),
    ("filter", &["routing", "handler", "lens", "message"]),
    ("wire", &["handler", "lens", "message"]),
    ("tls", &["wire", "message"]),
    ("server", &["tls", "wire", "handler", "lens", "message"]),
    ("client", &["tls", "wire", "handler", "lens", "message"]),
    ("testing", &["handler", "lens", "message"]),
    (
        "contract",
        &["testing", "client", "server", "handler", "lens", "message"],
    ),
    ("transcript", &["contract", "handler", "message"]),
];

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

/// The folders that a file names as `crate::folder`, outside its comments.
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

#[test]
fn no_import_points_up() {
    let mut wrong = Vec::new();
    for (layer, allowed) in LAYERS {
        let mut found = Vec::new();
        files(&source().join(layer), &mut found);
        for file in found {
            for name in imported(&file) {
                if name != *layer && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{} imports crate::{name}", file.display()));
                }
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
        .filter(|path| path.is_dir())
    {
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        assert!(
            LAYERS.iter().any(|(layer, _)| *layer == name),
            "{name} has no layer"
        );
    }
}

#[test]
fn only_the_wire_names_tungstenite() {
    let mut found = Vec::new();
    files(&source(), &mut found);
    for file in found
        .iter()
        .filter(|file| !file.starts_with(source().join("wire")))
    {
        let text = fs::read_to_string(file).expect("a source file");
        let names = text
            .lines()
            .any(|line| !line.trim_start().starts_with("//") && line.contains("tungstenite"));
        assert!(!names, "{} names tungstenite", file.display());
    }
}
