//! A head that arrived complete, as most do, so that its length and that of its body are found in
//! one pass.

use memchr::memchr2_iter;

use super::lines::is_empty;
use super::{Framing, RequestPart};

impl Framing {
    /// Returns the head at the start of `bytes`, if it is complete, unread and without `#`, as most
    /// are.
    pub(super) fn plain_head(&self, bytes: &[u8]) -> Option<PlainHead> {
        let RequestPart::RequestLine { filled: false, .. } = self.part else {
            return None;
        };
        let (mut declared, mut is_apart) = (0, false);
        let mut start = 0;
        for at in memchr2_iter(b'\n', b'#', bytes) {
            if bytes[at] == b'#' {
                return None;
            }
            let line = &bytes[start..at];
            if is_empty(line) {
                // Empty lines before the request line do not end the head.
                return (start > 0).then_some(PlainHead {
                    length: at + 1,
                    declared: if is_apart { 0 } else { declared },
                });
            }
            match line[0] {
                b'c' | b'C' => declared = content_length(line).unwrap_or(declared),
                b't' | b'T' => is_apart |= value_of(line, b"transfer-encoding:").is_some(),
                // The client sends such a body only after the application reads it.
                b'e' | b'E' => is_apart |= value_of(line, b"expect:").is_some(),
                _ => {}
            }
            start = at + 1;
        }
        None
    }
}

/// A head that arrived complete.
pub(super) struct PlainHead {
    pub(super) length: usize,
    /// The length of the body behind it. 0 if its fields do not clearly declare one, or if the body
    /// must pass apart from the head.
    pub(super) declared: usize,
}

/// Returns the number in a line of a head, if it is the field `Content-Length`. hyper refuses a
/// head with several that differ, and one that is not a number.
fn content_length(line: &[u8]) -> Option<usize> {
    let value = value_of(line, b"content-length:")?;
    let value = std::str::from_utf8(value.trim_ascii()).ok()?;
    value.parse().ok()
}

/// Returns the bytes after `name`, which ends with a colon, if `line` starts with it.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    // Most fields with the same first letter differ in length, so the colon alone rules them out.
    let is_named = start.last() == name.last() && start.eq_ignore_ascii_case(name);
    is_named.then_some(value)
}
