//! Doc comments, as texts of descriptions.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// Returns the doc comment among `attributes`, or an empty text.
pub(crate) fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(line);
    let lines: Vec<String> = lines.collect();
    joined(&lines)
}

/// Joins the lines of a doc comment, each without the space before it.
pub(crate) fn joined(lines: &[String]) -> String {
    let lines = lines.iter();
    let lines: Vec<&str> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    lines.join("\n")
}

/// Returns the text of one `#[doc = "..."]`. A text that another macro makes is unknown here.
fn line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = &pair.value
    else {
        return None;
    };
    pair.path.is_ident("doc").then(|| text.value())
}
