//! Documentation as comments.

/// Returns `docs` as a comment of TSDoc, indented by `depth` steps. Without a text it is empty.
pub(super) fn comment(docs: &str, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    // The end of a comment cannot be part of it.
    let docs = docs.trim().replace("*/", "*\\/");
    match docs.contains('\n') {
        _ if docs.is_empty() => String::new(),
        false => format!("{indent}/** {docs} */\n"),
        true => {
            let lines = docs.lines().map(|line| format!("{indent} * {line}"));
            let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
            format!("{indent}/**\n{}\n{indent} */\n", lines.join("\n"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_keeps_its_lines_and_cannot_be_ended_from_inside() {
        for (docs, depth, expected) in [
            ("", 1, ""),
            (" \n ", 0, ""),
            ("One.", 1, "  /** One. */\n"),
            (
                "One.\n\nTwo.",
                1,
                "  /**\n   * One.\n   *\n   * Two.\n   */\n",
            ),
            ("a */ evil(); /*", 0, "/** a *\\/ evil(); /* */\n"),
        ] {
            assert_eq!(comment(docs, depth), expected);
        }
    }
}
