//! Entries without a path.
//!
//! In a block, such an entry is at the prefix of the block, and outside of one it is at `/`. A
//! reader may take a handler without a path for one at the path of the entry before it, so it must
//! name its own there. A mount has the paths of its application.

use proc_macro2::Ident;

use crate::errors::near;
use crate::parse::{Entry, METHODS, Place, Target, no_method};

/// The entry with a path before another one.
pub(super) struct Before {
    pub(super) path: String,
    methods: String,
}

impl Before {
    /// Returns `None` for an entry without a path.
    pub(super) fn new(entry: &Entry) -> Option<Self> {
        Some(Self {
            path: entry.place.written()?,
            methods: methods(entry),
        })
    }
}

/// Returns the message for an entry that needs a path. `is_inside` is `true` in a block with a
/// path.
pub(super) fn mistake(entry: &Entry, is_inside: bool, before: Option<&Before>) -> Option<String> {
    if !matches!(entry.place, Place::Here) {
        return None;
    }
    let target = match &entry.target {
        Target::Block(_) if !entry.filters.is_empty() || !entry.methods.is_empty() => return None,
        Target::Block(_) => {
            let message = "a block has a path or filters: write `\"/prefix\" => { .. }`, or remove \
                           the braces around its routes";
            return Some(message.to_owned());
        }
        Target::Handler(handler) => &handler.keyword,
        Target::Mount { keyword, .. } => keyword,
    };
    if let Some(text) = path_as_method(entry) {
        let message = format!("a path is in quotes: write `\"/{text}\" => {target}(..)`");
        return Some(message);
    }
    let is_mount = matches!(entry.target, Target::Mount { .. });
    // A mistaken method is reported as such.
    let is_method = |method: &Ident| no_method(&method.to_string()).is_none();
    if is_inside || is_mount || !entry.methods.iter().all(is_method) {
        return None;
    }
    let Before {
        path,
        methods: others,
    } = before.filter(|before| before.path != "/")?;
    let (here, root) = (line(entry, path, target), line(entry, "/", target));
    let methods = methods(entry);
    let block = match others.is_empty() || methods.is_empty() {
        true => String::new(),
        false => format!(", `\"{path}\" => {{ {others} => .., {methods} => .. }}`"),
    };
    Some(format!(
        "outside of a block, an entry without a path is at `/`: write `{here}`{block} or `{root}`"
    ))
}

/// Returns the word of `home => http(home())`, which is not like any method.
fn path_as_method(entry: &Entry) -> Option<String> {
    let [word] = entry.methods.as_slice() else {
        return None;
    };
    let text = word.to_string();
    let is_path = text.starts_with(char::is_lowercase)
        && no_method(&text).is_none()
        && near(&text.to_uppercase(), METHODS).is_none();
    is_path.then_some(text)
}

/// Returns an entry with `path`, without the arguments of its parts.
fn line(entry: &Entry, path: &str, target: &Ident) -> String {
    let methods = match methods(entry) {
        methods if methods.is_empty() => methods,
        methods => methods + " ",
    };
    let filters = if entry.filters.is_empty() {
        ""
    } else {
        " with(..)"
    };
    let name = entry.name.as_ref();
    let name = name.map_or(String::new(), |name| format!(" as {name}"));
    format!("{methods}\"{path}\"{filters}{name} => {target}(..)")
}

fn methods(entry: &Entry) -> String {
    let methods: Vec<String> = entry
        .methods
        .iter()
        .map(|method| method.to_string().to_uppercase())
        .collect();
    methods.join(" | ")
}
