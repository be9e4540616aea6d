//! Short forms of bytes, for logs.

use std::fmt;
use std::str;

/// The number of bytes that are shown of a longer value.
const SHOWN: usize = 120;

/// Text in quotes, or other bytes as `b"…"`. A long value is cut, and its length follows.
pub(super) struct Abridged<'a>(pub(super) &'a [u8]);

impl fmt::Display for Abridged<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.len() <= SHOWN;
        let shown = &self.0[..self.0.len().min(SHOWN)];
        match str::from_utf8(shown) {
            Ok(text) => write!(f, "{text:?}")?,
            // The end of the prefix is inside a character, which is left out.
            Err(error) if !whole && error.error_len().is_none() => {
                let text = String::from_utf8_lossy(&shown[..error.valid_up_to()]);
                write!(f, "{text:?}")?;
            }
            Err(_) => write!(f, "b\"{}\"", shown.escape_ascii())?,
        }
        if whole {
            Ok(())
        } else {
            write!(f, "… {} bytes", self.0.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_are_shown_whole() {
        assert_eq!(Abridged(b"").to_string(), r#""""#);
        assert_eq!(Abridged("hé\n".as_bytes()).to_string(), r#""hé\n""#);
        assert_eq!(Abridged(b"\xff\x00a").to_string(), r#"b"\xff\x00a""#);
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let text = format!("a{}", "é".repeat(100));
        let shown = format!("\"a{}\"… 201 bytes", "é".repeat(59));
        assert_eq!(Abridged(text.as_bytes()).to_string(), shown);

        let binary = vec![0xff; 121];
        let shown = format!("b\"{}\"… 121 bytes", "\\xff".repeat(120));
        assert_eq!(Abridged(&binary).to_string(), shown);
    }
}
