//! Folders do not form circles, at any depth.
//!
//! 1. A file imports the folder that holds the named item. Re-exports of a parent are followed.
//! 2. An import between two folders counts for the pair of siblings that hold them: `lens/body/a.rs`
//!    importing `lens::format::json` makes `lens/body` depend on `lens/format`.
//! 3. A folder and its parent may refer to each other. Code of tests is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{files, source};

type Module = Vec<String>;

/// The modules of the library, and the names that they re-export.
struct Tree {
    folders: BTreeSet<Module>,
    files: BTreeSet<Module>,
    /// The re-exported name in its folder, and the path from which it comes.
    exports: BTreeMap<Module, Module>,
}

/// Returns the module of a file. `lib.rs` and `mod.rs` are the module of their folder.
fn module_of(file: &Path) -> Module {
    let inside = file.strip_prefix(source()).expect("a file of the library");
    let mut module: Module = inside
        .with_extension("")
        .iter()
        .map(|name| name.to_str().expect("a name in UTF-8").to_owned())
        .collect();
    if module
        .last()
        .is_some_and(|last| last == "mod" || last == "lib")
    {
        module.pop();
    }
    module
}

/// Returns the code of a file, without comments and without its tests.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("a source file");
    let lines = text
        .lines()
        .take_while(|line| *line != "mod tests {" && *line != "mod tests;");
    let code = lines.map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}

/// Adds the paths at the start of `text`, which may be a tree with braces. Returns the rest.
fn paths<'a>(text: &'a str, prefix: &[String], found: &mut Vec<Module>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start();
            if rest.is_empty() || rest.starts_with('}') {
                return rest.get(1..).unwrap_or_default();
            }
            rest = paths(rest, prefix, found);
            // After the path may come `as name`.
            let end = rest.find([',', '}']).unwrap_or(rest.len());
            rest = rest[end..].strip_prefix(',').unwrap_or(&rest[end..]);
        }
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    let mut path = prefix.to_vec();
    path.push(name.to_owned());
    if let Some(rest) = rest.strip_prefix("::") {
        return paths(rest, &path, found);
    }
    found.push(path);
    rest
}

/// Returns the absolute paths that the code of `module` names with `crate::` and `super::`.
fn named(code: &str, module: &Module) -> Vec<Module> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                paths(&code[at..], &[], &mut found);
            }
        }
    }
    found.iter().map(|path| absolute(path, module)).collect()
}

/// Returns a path without `crate`, `super` and `self`, seen from `module`.
fn absolute(path: &Module, module: &Module) -> Module {
    let mut base = module.clone();
    let mut names = path.as_slice();
    while let Some((first, rest)) = names.split_first() {
        match first.as_str() {
            "crate" => base.clear(),
            "super" => drop(base.pop()),
            "self" => {}
            _ => break,
        }
        names = rest;
    }
    base.extend_from_slice(names);
    base
}

impl Tree {
    fn read(sources: &[PathBuf]) -> Self {
        let mut tree = Self {
            folders: BTreeSet::new(),
            files: BTreeSet::new(),
            exports: BTreeMap::new(),
        };
        for file in sources {
            let module = module_of(file);
            if !file.ends_with("mod.rs") {
                tree.files.insert(module);
                continue;
            }
            let code = code(file);
            let uses = code.split("use ").skip(1).zip(code.split("use "));
            // A re-export is `pub use` or `pub(..) use`.
            let public = uses.filter(|(_, before)| before.trim_end().ends_with(['b', ')']));
            for (text, _) in public {
                let mut found = Vec::new();
                paths(text, &[], &mut found);
                for path in found {
                    let name = path.last().expect("a name").clone();
                    let mut exported = module.clone();
                    exported.push(name);
                    tree.exports.insert(exported, absolute(&path, &module));
                }
            }
            tree.folders.insert(module);
        }
        tree
    }

    /// Returns the folder that holds the item at `path`.
    fn folder(&self, path: &Module) -> Module {
        let mut folder = Module::new();
        for name in path {
            let mut next = folder.clone();
            next.push(name.clone());
            if self.folders.contains(&next) {
                folder = next;
                continue;
            }
            if self.files.contains(&next) {
                break;
            }
            let origin = self.exports.get(&next).filter(|origin| **origin != next);
            if let Some(origin) = origin {
                return self.folder(origin);
            }
            break;
        }
        folder
    }
}

/// Returns the siblings of which one imports the other. `None` if one folder holds the other.
fn siblings(from: &Module, to: &Module) -> Option<(Module, Module)> {
    let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let sibling = |module: &Module| module.get(..=common).map(<[String]>::to_vec);
    Some((sibling(from)?, sibling(to)?))
}

#[test]
fn folders_have_no_circles_at_any_depth() {
    let mut sources = Vec::new();
    files(&source(), &mut sources);
    sources.retain(|file| !file.ends_with("tests.rs") && !file.iter().any(|part| part == "tests"));
    let tree = Tree::read(&sources);
    let mut imports: BTreeMap<Module, BTreeMap<Module, PathBuf>> = BTreeMap::new();
    for file in &sources {
        let module = module_of(file);
        let from = tree.folder(&module);
        for path in named(&code(file), &module) {
            if let Some((from, to)) = siblings(&from, &tree.folder(&path)) {
                let known = imports.entry(from).or_default();
                known.entry(to).or_insert_with(|| file.clone());
            }
        }
    }
    assert!(imports.len() > 10, "the imports were not read: {imports:?}");

    let mut circles = Vec::new();
    for (from, known) in &imports {
        for (to, file) in known {
            if reaches(&imports, to, from) {
                let (from, to) = (from.join("/"), to.join("/"));
                circles.push(format!("{from} -> {to} in {}", file.display()));
            }
        }
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

fn reaches(
    imports: &BTreeMap<Module, BTreeMap<Module, PathBuf>>,
    from: &Module,
    to: &Module,
) -> bool {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(module) = open.pop() {
        if module == to {
            return true;
        }
        if seen.insert(module) {
            open.extend(imports.get(module).into_iter().flat_map(BTreeMap::keys));
        }
    }
    false
}
