//! A raw path, segment by segment.
//!
//! `/` has no segments, `/users` has one, and `/users/` has two, of which the last is empty: an empty
//! segment is no literal's and no parameter's.
//!
//! Where the slashes stand is found once, eight bytes at a time, and kept as one bit for each byte, so
//! that the next segment costs no search. Beyond 64 bytes the slashes are looked for as they are needed.

use crate::message::percent_decoded;

/// How many bytes of a path have their bit.
const MARKED: usize = 64;

/// The raw path of a request.
#[derive(Debug, Clone, Copy)]
pub struct Path<'p> {
    raw: &'p [u8],
    /// A bit for each of the first bytes that is a slash.
    slashes: u64,
    encoded: bool,
    /// The segments that are percent-encoded, by where they start, decoded to compare with literals.
    decoded: &'p [(usize, Vec<u8>)],
}

/// Where a segment stands in its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Where it starts, behind its slash.
    pub(super) start: usize,
    /// Where it ends, which is where the next one's slash stands.
    pub end: usize,
}

impl<'p> Path<'p> {
    /// `None` for what is no path, such as the `*` of `OPTIONS *`.
    #[inline]
    pub(super) fn new(raw: &'p str) -> Option<Self> {
        let raw = raw.as_bytes();
        // A `Uri` is shorter than 64 KiB.
        if raw.first() != Some(&b'/') || raw.len() > usize::from(u16::MAX) {
            return None;
        }
        let (slashes, encoded) = marks(raw);
        Some(Self {
            // No segments are left of `/`.
            raw: if raw.len() == 1 { &[] } else { raw },
            slashes,
            encoded,
            decoded: &[],
        })
    }

    pub(super) fn is_encoded(&self) -> bool {
        self.encoded
    }

    /// The segments that have to be decoded before they can equal a literal; most often none.
    #[inline]
    pub(super) fn decoded_segments(&self) -> Vec<(usize, Vec<u8>)> {
        if self.encoded {
            self.decode_segments()
        } else {
            Vec::new()
        }
    }

    #[cold]
    fn decode_segments(&self) -> Vec<(usize, Vec<u8>)> {
        let mut segments = Vec::new();
        let mut at = 0;
        while let Some(segment) = self.next(at) {
            at = segment.end;
            let raw = &self.raw[segment.start..segment.end];
            if raw.contains(&b'%') {
                let text = std::str::from_utf8(raw).ok().and_then(percent_decoded);
                // No literal holds a `%`, so that one which can't be decoded stays what it is.
                let text = text.map_or(raw.to_vec(), |text| text.into_owned().into_bytes());
                segments.push((segment.start, text));
            }
        }
        segments
    }

    /// Whether each of these stretches is percent-encoded UTF-8.
    pub(super) fn decodes(&self, captures: &[(u16, u16)]) -> bool {
        captures
            .iter()
            .filter_map(|&(start, end)| self.raw.get(usize::from(start)..usize::from(end)))
            .all(|raw| std::str::from_utf8(raw).is_ok_and(|raw| percent_decoded(raw).is_some()))
    }

    /// The same path, with its encoded segments.
    pub(super) fn with_decoded(self, decoded: &'p [(usize, Vec<u8>)]) -> Self {
        Self { decoded, ..self }
    }

    /// Whether a segment can begin at `at`, or the path end there. It may be otherwise where a filter
    /// behind a mount has put another path into the request.
    #[inline]
    pub(super) fn goes_on_at(&self, at: usize) -> bool {
        at == self.raw.len() || self.raw.get(at) == Some(&b'/')
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.raw.len()
    }

    /// The segment whose slash is at `at`; `None` at the path's end.
    #[inline]
    pub fn next(&self, at: usize) -> Option<Segment> {
        if at >= self.raw.len() {
            return None;
        }
        let start = at + 1;
        let marks = if start < MARKED {
            self.slashes >> start
        } else {
            0
        };
        let end = if marks != 0 {
            start + marks.trailing_zeros() as usize
        } else if self.raw.len() <= MARKED {
            self.raw.len()
        } else {
            self.search(start)
        };
        Some(Segment { start, end })
    }

    /// The end of a segment that ends where no byte has its bit.
    #[cold]
    fn search(&self, start: usize) -> usize {
        let from = start.max(MARKED);
        let behind = self.raw.get(from..).unwrap_or_default();
        from + behind
            .iter()
            .position(|&byte| byte == b'/')
            .unwrap_or(behind.len())
    }

    /// A segment to compare with a literal: decoded, where it is encoded and can be.
    #[inline]
    pub fn text(&self, segment: Segment) -> &'p [u8] {
        if self.decoded.is_empty() {
            self.raw.get(segment.start..segment.end).unwrap_or_default()
        } else {
            self.decoded_text(segment)
        }
    }

    #[cold]
    fn decoded_text(&self, segment: Segment) -> &'p [u8] {
        let known = self
            .decoded
            .iter()
            .find(|(start, _)| *start == segment.start);
        match known {
            Some((_, text)) => text,
            None => &self.raw[segment.start..segment.end],
        }
    }
}

/// A bit for each of the first bytes that is a slash, and whether any byte is a `%`.
#[inline]
fn marks(raw: &[u8]) -> (u64, bool) {
    let mut slashes = 0;
    let mut percents = 0;
    let (marked, behind) = raw.split_at(raw.len().min(MARKED));
    let mut words = marked.chunks_exact(8);
    let mut shift = 0;
    for word in &mut words {
        let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
        slashes |= gathered(equal(word, b'/')) << shift;
        percents |= equal(word, b'%');
        shift += 8;
    }
    for &byte in words.remainder() {
        slashes |= u64::from(byte == b'/') << shift;
        percents |= u64::from(byte == b'%');
        shift += 1;
    }
    (slashes, percents != 0 || behind.contains(&b'%'))
}

const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const REST: u64 = u64::from_ne_bytes([0x7f; 8]);

/// The highest bit of each byte of `word` that is `byte`.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    let zero_where_equal = word ^ (LOW * u64::from(byte));
    // Adding does not carry into the next byte, because the highest bits are left out.
    !(((zero_where_equal & REST) + REST) | zero_where_equal | REST)
}

/// The highest bits of the eight bytes of `bits`, side by side.
#[inline]
fn gathered(bits: u64) -> u64 {
    // Each byte's bit is moved by another distance to the highest byte; no two of them meet.
    (bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(raw: &str) -> Vec<String> {
        let path = Path::new(raw).unwrap();
        let decoded = path.decoded_segments();
        let path = path.with_decoded(&decoded);
        let mut at = 0;
        let mut segments = Vec::new();
        while let Some(segment) = path.next(at) {
            at = segment.end;
            segments.push(String::from_utf8(path.text(segment).to_vec()).unwrap());
        }
        assert_eq!(at, path.len());
        segments
    }

    #[test]
    fn segments_are_what_stands_behind_slashes() {
        for (raw, expected) in [
            ("/", &[] as &[&str]),
            ("/users", &["users"]),
            ("/users/", &["users", ""]),
            ("//", &["", ""]),
            ("/a//b", &["a", "", "b"]),
            ("/a%20b/c%2Fd", &["a b", "c/d"]),
            ("/100%/x", &["100%", "x"]),
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
                assert!(!Path::new(&raw).unwrap().is_encoded());
                assert!(Path::new(&format!("{raw}%41")).unwrap().is_encoded());
            }
        }
    }

    #[test]
    fn a_star_is_no_path() {
        assert!(Path::new("*").is_none());
        assert!(Path::new("").is_none());
    }
}
