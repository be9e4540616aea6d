//! Texts from a peer, escaped for a line of a log.

#[cfg(feature = "tracing")]
use std::borrow::Cow;
use std::fmt::{self, Display, Write};

/// A value whose text is written with escapes for line ends, control characters and invisible
/// marks. A peer can thus neither forge a line of a log nor send commands to a terminal.
pub(crate) struct Printable<T>(T);

/// Escapes the invisible characters in the text of `value`.
pub(crate) fn printable<T: Display>(value: T) -> Printable<T> {
    Printable(value)
}

/// Escapes a text as [`printable`], for a field of an event.
#[cfg(feature = "tracing")]
pub(crate) fn printable_text(text: &str) -> Cow<'_, str> {
    if text.contains(is_escaped) {
        Cow::Owned(printable(text).to_string())
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns `true` for control characters, line ends outside ASCII and marks without a width.
pub(super) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || (c != ' ' && c.is_whitespace())
}

fn is_escaped(c: char) -> bool {
    c != ' ' && is_unseen(c)
}

impl<T: Display> Display for Printable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(is_escaped) {
            self.0.write_str(&rest[..at])?;
            let Some(c) = rest[at..].chars().next() else {
                break;
            };
            match c {
                '\n' => self.0.write_str("\\n")?,
                '\r' => self.0.write_str("\\r")?,
                '\t' => self.0.write_str("\\t")?,
                c => write!(self.0, "{}", c.escape_unicode())?,
            }
            rest = &rest[at + c.len_utf8()..];
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_escaped() {
        for (text, printed) in [
            ("", ""),
            (
                "plain text, ünïcode \\ \"quoted\"",
                "plain text, ünïcode \\ \"quoted\"",
            ),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31mred\u{7f}", "\\u{1b}[31mred\\u{7f}"),
            ("\u{9b}31m\u{85}", "\\u{9b}31m\\u{85}"),
            (
                "\u{202e}txt\u{2028}\u{feff}",
                "\\u{202e}txt\\u{2028}\\u{feff}",
            ),
        ] {
            assert_eq!(printable(text).to_string(), printed);
            #[cfg(feature = "tracing")]
            assert_eq!(printable_text(text), printed);
        }
    }
}
