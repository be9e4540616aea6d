//! Escapes for text within a line.

use std::fmt::{self, Write};

use crate::message::printable::is_unseen;

/// Writes text with escapes for the characters that a line could lose.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.chars().next_back().map_or(0, char::len_utf8);
        let last = self.0.len() - last;
        for (at, c) in self.0.char_indices() {
            match c {
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                // Editors remove spaces at the end of a line, and readers do not see them.
                ' ' if at > 0 && at < last => f.write_char(' ')?,
                c if c == ' ' || is_unseen(c) => write!(f, "{}", c.escape_unicode())?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Returns the text before escaping; `None` if an escape is invalid.
pub(super) fn unescaped(line: &str) -> Option<String> {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let c = match escape.chars().next()? {
            '\\' => '\\',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (digits, behind) = escape.strip_prefix("u{")?.split_once('}')?;
                text.push(code_point(digits)?);
                rest = behind;
                continue;
            }
            _ => return None,
        };
        text.push(c);
        rest = &escape[1..];
    }
    text.push_str(rest);
    Some(text)
}

fn code_point(digits: &str) -> Option<char> {
    let all_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok()?;
    char::from_u32(number).filter(|_| all_digits)
}
