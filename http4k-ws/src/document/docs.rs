//! Doc comments as summaries and descriptions.

use super::tree::Members;

/// Returns the first line of a doc comment, and the rest without the empty lines around it.
pub(super) fn split(docs: &str) -> (&str, &str) {
    let docs = docs.trim();
    let (summary, rest) = docs.split_once('\n').unwrap_or((docs, ""));
    (
        summary.trim_end(),
        rest.trim_start_matches(['\n', '\r']).trim_end(),
    )
}

impl Members {
    /// Adds the first line as `summary` and the rest as `description`, if they have any text.
    pub(super) fn with_docs(self, docs: &str) -> Self {
        let (summary, description) = split(docs);
        self.with_text("summary", summary)
            .with_text("description", description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_summary() {
        for (docs, expected) in [
            ("", ("", "")),
            ("One.", ("One.", "")),
            (" One.\n\n  Two.\nThree.\n", ("One.", "  Two.\nThree.")),
        ] {
            assert_eq!(split(docs), expected);
        }
    }
}
