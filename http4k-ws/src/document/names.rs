//! Names that the rules of documents allow, each different from the others.

use std::collections::BTreeMap;

/// Names that are in use, each with the number that a name like it starts at.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, usize>);

impl Names {
    /// Returns `name` if it is free, or else with the first free number: `name_2`.
    pub(crate) fn unique(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = self.0.get(name).copied().unwrap_or(1);
        while self.0.contains_key(&free) {
            number += 1;
            free = format!("{name}_{number}");
        }
        self.0.insert(name.to_owned(), number);
        self.0.entry(free.clone()).or_insert(1);
        free
    }
}

/// Returns `name` with ASCII letters, digits and underscores only: an identifier in JavaScript, a
/// key of components, and a text without escapes in a URI.
pub(crate) fn identifier(name: &str) -> String {
    let mut legal = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            legal.push(c);
        } else if !legal.ends_with('_') || c == '_' {
            legal.push('_');
        }
    }
    match legal.chars().next() {
        None => "_".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{legal}"),
        Some(_) => legal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_legal_characters() {
        for (name, legal) in [
            ("show", "show"),
            ("__x", "__x"),
            ("größe", "gr_e"),
            ("Page<User, 3>", "Page_User_3_"),
            ("3d", "_3d"),
            ("", "_"),
            ("日本", "_"),
        ] {
            assert_eq!(identifier(name), legal);
        }
    }

    #[test]
    fn names_are_different() {
        let mut names = Names::default();
        let given = ["a", "a_2", "a", "a", "b"].map(|name| names.unique(name));
        assert_eq!(given, ["a", "a_2", "a_3", "a_4", "b"]);
    }
}
