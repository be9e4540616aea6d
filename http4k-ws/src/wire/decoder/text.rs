//! Text that arrives in pieces.

use bytestring::ByteString;

use super::violation::Violation;

/// The longest character in UTF-8.
const LONGEST: usize = 4;

/// The text of a message that has not ended. Every byte is checked when it arrives, so that an
/// invalid one is refused within its frame.
#[derive(Debug, Default)]
pub(super) struct PartialText {
    text: String,
    /// The start of a character whose other bytes have not arrived.
    split: [u8; LONGEST],
    split_length: usize,
}

impl PartialText {
    /// Returns the checked characters, to which more can be added.
    pub(super) fn checked(&mut self) -> &mut String {
        &mut self.text
    }

    /// Adds a piece, which may start or end within a character.
    pub(super) fn add(&mut self, mut bytes: &[u8]) -> Result<(), Violation> {
        while self.split_length > 0 {
            let Some((next, rest)) = bytes.split_first() else {
                return Ok(());
            };
            bytes = rest;
            // A character is complete or invalid before it is longer than the array.
            self.split[self.split_length] = *next;
            self.split_length += 1;
            let split = &self.split[..self.split_length];
            if let Some(character) = complete(split)? {
                self.text.push_str(character);
                self.split_length = 0;
            }
        }
        let (whole, split) = bytes.split_at(bytes.len() - split_length(bytes));
        self.text.push_str(check(whole)?);
        if !split.is_empty() {
            complete(split)?;
            self.split[..split.len()].copy_from_slice(split);
            self.split_length = split.len();
        }
        Ok(())
    }

    /// Returns the text at the end of its message.
    pub(super) fn end(self) -> Result<ByteString, Violation> {
        if self.split_length > 0 {
            return Err(Violation::Text);
        }
        Ok(self.text.into_boxed_str().into())
    }
}

/// Checks a whole text.
#[inline]
pub(super) fn check(bytes: &[u8]) -> Result<&str, Violation> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| Violation::Text)
}

/// Returns the character that `bytes` are, or `None` if more bytes could complete it.
fn complete(bytes: &[u8]) -> Result<Option<&str>, Violation> {
    match std::str::from_utf8(bytes) {
        Ok(character) => Ok(Some(character)),
        Err(error) if error.error_len().is_none() => Ok(None),
        Err(_) => Err(Violation::Text),
    }
}

/// Returns the length of the incomplete character at the end of `bytes`. They may be invalid.
fn split_length(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(LONGEST - 1);
    let start = last.enumerate().find(|(_, byte)| !is_continuation(**byte));
    let Some((after, first)) = start else {
        return 0;
    };
    let length = match first {
        0x00..=0x7F => 1,
        0x80..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xFF => 4,
    };
    if length > after + 1 { after + 1 } else { 0 }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text that `pieces` form, or the number of the piece that is refused.
    fn joined<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<String, usize> {
        let mut text = PartialText::default();
        let mut number = 0;
        for piece in pieces {
            text.add(piece).map_err(|_| number)?;
            number += 1;
        }
        text.end().map(String::from).map_err(|_| number)
    }

    #[test]
    fn text_may_be_split_within_a_character() {
        let text =
            "aé€😀\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}\0z".repeat(9);
        for piece in 1..=text.len() {
            assert_eq!(joined(text.as_bytes().chunks(piece)).as_ref(), Ok(&text));
        }
        assert_eq!(joined([]).as_deref(), Ok(""));
        assert_eq!(joined([&b""[..], b"a", b""]).as_deref(), Ok("a"));
    }

    #[test]
    fn an_invalid_byte_is_refused_in_the_piece_that_has_it() {
        let cases: &[(&[&[u8]], usize)] = &[
            (&[b"a\xFF"], 0),
            (&[b"a", b"\x80"], 1),
            (&[b"\xC3", b"a"], 1),
            // An overlong form, a surrogate, and a character above U+10FFFF.
            (&[b"\xC0", b"\x80"], 0),
            (&[b"\xE0", b"\x80", b"\x80"], 1),
            (&[b"\xED", b"\xA0", b"\x80"], 1),
            (&[b"\xF4", b"\x90"], 1),
            (&[b"\xF0\x9F", b"\x98", b"\xFF"], 2),
            (&[b"\xF8"], 0),
            (&[b"\xF0\x9F\x98\x80\x80"], 0),
            // The end within a character.
            (&[b"ab\xF0\x9F\x98"], 1),
            (&[b"\xE2\x82", b""], 2),
        ];
        for (pieces, refused) in cases {
            assert_eq!(joined(pieces.iter().copied()), Err(*refused), "{pieces:?}");
        }
    }

    #[test]
    fn every_split_gives_the_result_of_a_check_of_the_whole() {
        // Every start of a character, with every second byte.
        for first in 0x7F..=0xFF {
            for second in 0x70..=0xFF {
                for rest in [&b""[..], b"\x80", b"\x80\x80", b"a"] {
                    let bytes = [&[b'a', first, second], rest].concat();
                    let expected = std::str::from_utf8(&bytes).map(str::to_owned).ok();
                    for at in 0..=bytes.len() {
                        let (left, right) = bytes.split_at(at);
                        assert_eq!(joined([left, right]).ok(), expected, "{bytes:x?} {at}");
                    }
                }
            }
        }
    }
}
