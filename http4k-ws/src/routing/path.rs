//! The raw path of a request, segment by segment.
//!
//! `/` has no segments, `/users` has one, and `/users/` has two, of which the last is empty. An
//! empty segment matches neither a literal nor a parameter.
//!
//! A literal is compared in one step. The end of a segment is searched only for a parameter, eight
//! bytes at a time, in one `u64` (SIMD within a register):
//!
//! 1. `word_at` returns the eight bytes at a position, the first one lowest. Behind the end of the
//!    path they are zero, which is neither a slash nor a `%`.
//! 2. XOR with eight copies of a byte turns equal bytes into zero.
//! 3. `zeros` sets the highest bit of each zero byte: `byte - 1` borrows into that bit only if the
//!    byte was zero, unless its highest bit was set before (`& !word`).
//! 4. A borrow can reach the next byte and mark it although it is one. So only the lowest mark is
//!    exact, and that is the one in use: the first slash.
//! 5. For a `%` an inexact mark is harmless, because it can only occur behind an exact one.
//!
//! The marks for `%` are collected on the way, so that a path is decoded only if that can lead to
//! another route.

use std::cell::Cell;

use crate::message::percent_decoded;

/// The raw path of a request.
#[derive(Debug)]
pub struct RawPath<'p> {
    pub(super) raw: &'p [u8],
    /// Not zero if a `%` was seen so far.
    percents: Cell<u64>,
}

/// The position of a segment in its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// The position behind its slash.
    pub(super) start: usize,
    /// The position of the next slash, or the length of the path.
    pub end: usize,
}

impl<'p> RawPath<'p> {
    /// Returns `None` for a target without a path, such as the `*` of `OPTIONS *`.
    #[inline]
    pub(super) fn new(raw: &'p str) -> Option<Self> {
        let raw = raw.as_bytes();
        // Captures are stored as `u16`. A `Uri` is shorter than 64 KiB.
        if raw.first() != Some(&b'/') || raw.len() > usize::from(u16::MAX) {
            return None;
        }
        // `/` has no segments.
        Some(Self::of(if raw.len() == 1 { &[] } else { raw }))
    }

    #[inline]
    pub(super) fn of(raw: &'p [u8]) -> Self {
        Self {
            raw,
            percents: Cell::new(0),
        }
    }

    /// Returns `true` if a `%` was seen in a segment that could match another route if decoded.
    #[inline]
    pub(super) fn is_encoded(&self) -> bool {
        self.percents.get() != 0
    }

    /// Searches for a `%` from `at` on.
    pub(super) fn see_rest(&self, at: usize) {
        if self.raw.get(at..).unwrap_or_default().contains(&b'%') {
            self.percents.set(1);
        }
    }

    /// Returns `true` if each capture is percent-encoded UTF-8.
    pub(super) fn decodes(&self, captures: &[(u16, u16)]) -> bool {
        captures
            .iter()
            .filter_map(|&(start, end)| self.raw.get(usize::from(start)..usize::from(end)))
            .all(|raw| std::str::from_utf8(raw).is_ok_and(|raw| percent_decoded(raw).is_some()))
    }

    /// Returns `true` if a segment begins at `at`, or if the path ends there. A filter behind a
    /// mount may have changed the path so that neither is the case.
    #[inline]
    pub(super) fn goes_on_at(&self, at: usize) -> bool {
        at == self.raw.len() || self.raw.get(at) == Some(&b'/')
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.raw.len()
    }

    /// Returns `true` if the path ends at `at`.
    #[inline]
    pub fn is_end(&self, at: usize) -> bool {
        at >= self.raw.len()
    }

    /// Returns the byte at `place` of the segment behind the slash at `at`, or a slash if the path
    /// ends before it.
    #[inline]
    pub fn byte(&self, at: usize, place: usize) -> u8 {
        self.raw.get(at + 1 + place).copied().unwrap_or(b'/')
    }

    /// Returns the end of the segment behind the slash at `at`, if it is `literal`.
    #[inline]
    pub fn literal(&self, at: usize, literal: &[u8]) -> Option<usize> {
        let left = self.raw.get(at + 1..)?.strip_prefix(literal)?;
        matches!(left.first(), None | Some(b'/')).then_some(at + 1 + literal.len())
    }

    /// Returns `true` if `literal` is all that is left behind the slash at `at`.
    #[inline]
    pub fn last(&self, at: usize, literal: &[u8]) -> bool {
        self.raw.get(at + 1..) == Some(literal)
    }

    /// Returns the segment behind the slash at `at`. At the end of the path, the segment ends
    /// before it starts.
    #[inline]
    pub fn segment(&self, at: usize) -> Segment {
        let start = at + 1;
        Segment {
            start,
            end: self.slash_from(start),
        }
    }

    pub(super) fn text(&self, segment: Segment) -> &'p [u8] {
        self.raw.get(segment.start..segment.end).unwrap_or_default()
    }

    /// Returns the position of the next slash from `start` on, or the length of the path.
    #[inline]
    fn slash_from(&self, start: usize) -> usize {
        let mut at = start;
        while at < self.raw.len() {
            if let Some(distance) = self.first_slash(word_at(self.raw, at)) {
                return at + distance;
            }
            at += 8;
        }
        self.raw.len()
    }

    /// Returns the index of the first slash in eight bytes, and collects the marks for `%`.
    #[inline]
    fn first_slash(&self, word: u64) -> Option<usize> {
        // Step 5: collected, not tested, because a branch here would cost more.
        let percents = zeros(word ^ (LOW * b'%' as u64));
        self.percents.set(self.percents.get() | percents);
        // Step 2: the bytes that are slashes become zero.
        let slashes = zeros(word ^ (LOW * b'/' as u64));
        // Step 4: the lowest mark is exact. Each byte has eight bits.
        (slashes != 0).then(|| slashes.trailing_zeros() as usize / 8)
    }
}

/// Returns the eight bytes at `at`, with zeros for those behind the end.
#[inline]
fn word_at(raw: &[u8], at: usize) -> u64 {
    if let Some(word) = raw.get(at..).and_then(|left| left.first_chunk()) {
        return u64::from_le_bytes(*word);
    }
    last_word_at(raw, at)
}

#[inline]
fn last_word_at(raw: &[u8], at: usize) -> u64 {
    // One load that ends with the path, instead of a loop over up to seven bytes.
    match (raw.last_chunk(), raw.len().saturating_sub(at)) {
        (_, 0) => 0,
        // The last eight bytes of the path, without those before `at`.
        (Some(word), left) => u64::from_le_bytes(*word) >> (64 - 8 * left),
        (None, _) => short_word_at(raw, at),
    }
}

#[cold]
fn short_word_at(raw: &[u8], at: usize) -> u64 {
    let left = raw.iter().skip(at).rev();
    left.fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// A one in each byte: `LOW * byte` is eight copies of `byte`.
const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
/// The highest bit of each byte.
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

/// Marks the highest bit of each byte that is zero. Behind the first one, a mark may be wrong.
#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(raw: &str) -> Vec<String> {
        let path = RawPath::new(raw).unwrap();
        let mut at = 0;
        let mut segments = Vec::new();
        while !path.is_end(at) {
            let segment = path.segment(at);
            let text = String::from_utf8(path.text(segment).to_vec()).unwrap();
            assert_eq!(path.literal(at, text.as_bytes()), Some(segment.end));
            assert_eq!(path.literal(at, format!("{text}x").as_bytes()), None);
            if !text.is_empty() {
                assert_eq!(path.byte(at, 0), text.as_bytes()[0]);
                assert_eq!(path.byte(at, text.len()), b'/');
                assert_eq!(path.literal(at, &text.as_bytes()[1..]), None);
            }
            at = segment.end;
            assert_eq!(
                path.last(segment.start - 1, text.as_bytes()),
                path.is_end(at)
            );
            segments.push(text);
        }
        assert_eq!(at, path.len());
        assert!(path.segment(at).start > at && !path.last(at, b""));
        segments
    }

    /// Returns `true` if walking over all segments finds a `%`.
    fn seen_percent(raw: &str) -> bool {
        let path = RawPath::new(raw).unwrap();
        let mut at = 0;
        while !path.is_end(at) {
            at = path.segment(at).end;
        }
        path.is_encoded()
    }

    #[test]
    fn segments_follow_slashes() {
        for (raw, expected) in [
            ("/", &[] as &[&str]),
            ("/users", &["users"]),
            ("/users/", &["users", ""]),
            ("//", &["", ""]),
            ("/a//b", &["a", "", "b"]),
            ("/a%20b/c%2Fd", &["a%20b", "c%2Fd"]),
        ] {
            assert_eq!(segments(raw), expected, "{raw}");
        }
    }

    #[test]
    fn segments_are_found_at_every_distance() {
        for first in 0..140 {
            for second in [0, 1, 6, 7, 8, 9, 60, 63, 64, 65, 130] {
                let expected = ["x".repeat(first), "z".to_owned(), "y".repeat(second)];
                let raw = format!("/{}", expected.join("/"));
                assert_eq!(segments(&raw), expected, "{raw}");
                for place in 1..raw.len() {
                    let mut encoded = raw.clone();
                    encoded.insert(place, '%');
                    assert!(seen_percent(&encoded) && !seen_percent(&raw), "{encoded}");
                }
            }
        }
    }

    #[test]
    fn a_star_is_not_a_path() {
        assert!(RawPath::new("*").is_none());
        assert!(RawPath::new("").is_none());
    }
}
