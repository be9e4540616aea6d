//! The mistakes of one input, which are all reported in one build.

use std::ops::Range;

use proc_macro2::{Span, TokenStream};
use syn::meta::ParseNestedMeta;
use syn::{Attribute, LitStr};

use crate::attributes;

/// The mistakes found so far, and the handlers that they keep out of the expansion.
#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
    left_out: Vec<LeftOut>,
}

/// The handler of a broken route, which only editors see.
pub(crate) struct LeftOut {
    /// The parameters of its path, as far as they are recognizable.
    pub(crate) params: Vec<String>,
    pub(crate) handler: TokenStream,
}

impl Errors {
    /// Adds a mistake at `span`. `message` names the mistake and the text to write.
    ///
    /// Several routes of a block may find the same mistake in its path. It is reported once.
    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        let message = message.to_string();
        let place = format!("{span:?}");
        let mut known = self.found.iter();
        if !known.any(|e| e.to_string() == message && format!("{:?}", e.span()) == place) {
            self.found.push(syn::Error::new(span, message));
        }
    }

    /// Adds a mistake that the parser found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.found.push(error);
    }

    /// Calls `read` with each key of the attributes called `name`, and keeps its errors.
    pub(crate) fn read_keys(
        &mut self,
        attributes: &[Attribute],
        name: &str,
        mut read: impl FnMut(ParseNestedMeta<'_>) -> syn::Result<()>,
    ) {
        let own = attributes.iter().filter(|one| one.path().is_ident(name));
        // A text alone is reported by its reader.
        for attribute in own.filter(|one| attributes::text(&one.meta).is_none()) {
            if let Err(error) = attribute.parse_nested_meta(&mut read) {
                self.push(error);
            }
        }
    }

    /// Adds a mistake in the bytes `range` of a literal's text.
    pub(crate) fn inside(&mut self, literal: &LitStr, range: Range<usize>, message: &str) {
        let text = literal.value();
        // In a literal with escapes, the columns of the text are not those of the source.
        if literal.token().to_string() != format!("\"{text}\"") {
            return self.at(literal.span(), message);
        }
        let columns = range.start + 1..range.end + 1;
        match literal.token().subspan(columns) {
            Some(span) => self.at(span, message),
            None => {
                let indent = text[..range.start].chars().count();
                let carets = text[range].chars().count().max(1);
                let drawing = format!("\"{text}\"\n{:indent$} {:^<carets$}", "", "");
                self.at(literal.span(), format!("{message}\n\n{drawing}"));
            }
        }
    }

    /// Keeps the handler of a broken route, with the parameters that `path` appears to have.
    pub(crate) fn leave_out(&mut self, path: &str, handler: TokenStream) {
        self.left_out.push(LeftOut {
            params: names(path),
            handler,
        });
    }

    pub(crate) fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns the mistakes as tokens that make the compiler report them.
    pub(crate) fn to_tokens(&self) -> TokenStream {
        self.found
            .iter()
            .map(syn::Error::to_compile_error)
            .collect()
    }

    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.found.iter().map(ToString::to_string).collect()
    }
}

/// Returns the names in a path that may be invalid: those behind `<`, `{`, `:` or `*`.
pub(crate) fn names(path: &str) -> Vec<String> {
    let pieces = path.split(['<', '{', ':', '*']).skip(1);
    let names = pieces.map(|piece| {
        let end = piece.find(|c: char| !c.is_alphanumeric() && c != '_');
        piece[..end.unwrap_or(piece.len())].to_owned()
    });
    let mut names: Vec<String> = names
        .filter(|name| syn::parse_str::<proc_macro2::Ident>(name).is_ok())
        .collect();
    names.dedup();
    names
}

/// Returns the nearest of the `known` words, if `word` is a likely misspelling of it.
pub(crate) fn near<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let allowed = if word.chars().count() < 4 { 1 } else { 2 };
    known
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the number of letters to insert, remove, replace or swap with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![(0..=to.len()).collect::<Vec<_>>()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let change = usize::from(from[i - 1] != to[j - 1]);
            let mut best = (row[j - 1] + 1)
                .min(rows[i - 1][j] + 1)
                .min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_finds_a_misspelled_word() {
        for (word, meant) in [
            ("GTE", Some("GET")),
            ("get", None),
            ("PSOT", Some("POST")),
            ("PURGE", None),
            ("DELTE", Some("DELETE")),
            ("GET", Some("GET")),
        ] {
            assert_eq!(near(word, ["GET", "POST", "DELETE"]), meant, "{word}");
        }
    }
}
