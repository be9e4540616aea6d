//! Names of types and properties.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::names::{Names, identifier};

/// The names that a type cannot have: words of the language, types of the platform that the client
/// uses, and what is declared in front of it.
const RESERVED: &str = "any as asserts async await bigint boolean break case catch class const \
    continue debugger declare default delete do else enum export extends false finally for from \
    function get if implements import in infer instanceof interface intrinsic is keyof let module \
    namespace never new null number object of package private protected public readonly require \
    return satisfies set static string super switch symbol this throw true try type typeof \
    undefined unique unknown var void while with yield \
    AbortSignal AsyncIterable AsyncIterableIterator AsyncIterator Blob BodyInit FormData Headers \
    IteratorResult MessageEvent Omit Partial Promise RequestInit ReturnType Uint8Array None Routes";

/// Returns an identifier for each name of a component. Names that differ have different
/// identifiers, and none has a name that `client` declares.
pub(super) fn identifiers<'a>(
    components: impl IntoIterator<Item = &'a str>,
    client: &str,
) -> BTreeMap<String, String> {
    let mut names = Names::default();
    for reserved in RESERVED.split_whitespace().chain(declared(client)) {
        names.unique(reserved);
    }
    let components = components.into_iter();
    components
        .map(|name| (name.to_owned(), names.unique(&identifier(name))))
        .collect()
}

/// Returns the name of a property, in quotes if it is not an identifier.
pub(super) fn property(name: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let is_plain = name.chars().all(is_part) && !name.starts_with(|c: char| c.is_ascii_digit());
    match is_plain && !name.is_empty() {
        true => name.to_owned(),
        false => quoted(name),
    }
}

/// Returns a text as a literal.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Returns the names that a file declares at its top level.
pub(super) fn declared(source: &str) -> BTreeSet<&str> {
    const KINDS: [&str; 5] = ["class", "const", "function", "interface", "type"];
    let mut names = BTreeSet::new();
    for line in source.lines() {
        let line = line.strip_prefix("export ").unwrap_or(line);
        let line = line.strip_prefix("async ").unwrap_or(line);
        let Some((kind, rest)) = line.split_once(' ') else {
            continue;
        };
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        if KINDS.contains(&kind) {
            names.insert(&rest[..end.unwrap_or(rest.len())]);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_component_has_an_identifier_of_its_own() {
        let client = "export class Socket<T> {}";
        let names = ["User", "a.b", "a-b", "a_b", "2nd", "Socket", "string"];
        let found = identifiers(names, client);
        let found: Vec<&str> = names.iter().map(|name| found[*name].as_str()).collect();
        let expected = [
            "User", "a_b", "a_b_2", "a_b_3", "_2nd", "Socket_2", "string_2",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn properties_that_are_not_identifiers_are_quoted() {
        for (name, expected) in [
            ("id", "id"),
            ("$a_1", "$a_1"),
            ("", "\"\""),
            ("1", "\"1\""),
            ("a-b", "\"a-b\""),
            ("größe", "\"größe\""),
            ("a\"b\\", r#""a\"b\\""#),
        ] {
            assert_eq!(property(name), expected);
        }
    }

    #[test]
    fn the_declarations_of_a_file_are_found() {
        let source =
            "export class A<T> {\n  const b = 1;\n}\nexport async function c(\ntype D = 1;";
        assert_eq!(declared(source), BTreeSet::from(["A", "D", "c"]));
    }
}
