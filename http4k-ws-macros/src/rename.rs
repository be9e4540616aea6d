//! serde's `rename_all`, for variants.

/// The names of all rules.
pub(crate) const RULES: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

/// Renames a variant by `rule`. `None` for an unknown rule, which serde reports.
pub(crate) fn variant(name: &str, rule: &str) -> Option<String> {
    Some(match rule {
        "PascalCase" => name.to_owned(),
        "lowercase" => name.to_ascii_lowercase(),
        "UPPERCASE" => name.to_ascii_uppercase(),
        "camelCase" => {
            let first = name.chars().next().map_or(0, char::len_utf8);
            name[..first].to_ascii_lowercase() + &name[first..]
        }
        "snake_case" => separated(name, '_'),
        "SCREAMING_SNAKE_CASE" => separated(name, '_').to_ascii_uppercase(),
        "kebab-case" => separated(name, '-'),
        "SCREAMING-KEBAB-CASE" => separated(name, '-').to_ascii_uppercase(),
        _ => return None,
    })
}

/// Separates the words of `name`. Each capital starts one, as in serde: `HTTPError` becomes
/// `h_t_t_p_error`.
fn separated(name: &str, separator: char) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for (index, character) in name.char_indices() {
        if index > 0 && character.is_uppercase() {
            words.push(separator);
        }
        words.push(if character == '_' {
            separator
        } else {
            character.to_ascii_lowercase()
        });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_renames_as_serde_does() {
        for (rule, expected) in [
            ("PascalCase", "JoinRoom"),
            ("lowercase", "joinroom"),
            ("UPPERCASE", "JOINROOM"),
            ("camelCase", "joinRoom"),
            ("snake_case", "join_room"),
            ("SCREAMING_SNAKE_CASE", "JOIN_ROOM"),
            ("kebab-case", "join-room"),
            ("SCREAMING-KEBAB-CASE", "JOIN-ROOM"),
        ] {
            assert_eq!(variant("JoinRoom", rule).as_deref(), Some(expected));
        }
        assert_eq!(variant("JoinRoom", "Train-Case"), None);
        assert_eq!(variant("X", "camelCase").as_deref(), Some("x"));
    }
}
