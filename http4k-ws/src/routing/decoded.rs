//! A decoded path, and the positions of its segments in the raw path.

use super::path::RawPath;
use crate::handler::Captures;
use crate::message::percent_decoded;

/// A path whose segments are decoded, if they are valid and remain one segment.
///
/// A literal contains neither `/` nor `%`, so a segment that decodes to such text, or not at all,
/// can stay encoded: it matches no literal either way.
///
/// It has as many slashes as the raw path. Slashes therefore translate positions in one path into
/// positions in the other.
#[derive(Debug)]
pub(super) struct Decoded<'p> {
    raw: &'p [u8],
    text: Vec<u8>,
}

impl<'p> Decoded<'p> {
    #[cold]
    pub(super) fn of(path: &RawPath<'p>) -> Self {
        let raw = path.raw;
        let mut text = Vec::with_capacity(raw.len());
        for (index, segment) in raw.split(|&byte| byte == b'/').enumerate() {
            if index > 0 {
                text.push(b'/');
            }
            let decoded = std::str::from_utf8(segment).ok().and_then(percent_decoded);
            match decoded.filter(|decoded| !decoded.contains('/')) {
                Some(decoded) => text.extend_from_slice(decoded.as_bytes()),
                None => text.extend_from_slice(segment),
            }
        }
        Self { raw, text }
    }

    pub(super) fn path(&self) -> RawPath<'_> {
        RawPath::of(&self.text)
    }

    /// Returns the position in this path of a slash or the end of the raw path.
    pub(super) fn at(&self, raw_at: usize) -> usize {
        slash_or_end(raw_at, self.raw, &self.text)
    }

    /// Returns the position in the raw path of a slash or the end of this path.
    pub(super) fn raw_at(&self, at: usize) -> usize {
        slash_or_end(at, &self.text, self.raw)
    }

    /// Translates the captures behind the `outer` ones into positions in the raw path.
    pub(super) fn to_raw(&self, captures: &mut Captures, outer: usize) {
        for (start, end) in captures.iter_mut().skip(outer) {
            let (first, last) = (usize::from(*start), usize::from(*end));
            // Positions fit: a path is shorter than 64 KiB.
            *start = start_of_segment(first, &self.text, self.raw) as u16;
            *end = self.raw_at(last) as u16;
        }
    }
}

/// Returns the position in `to` of the slash, or the end, that is at `at` in `from`.
fn slash_or_end(at: usize, from: &[u8], to: &[u8]) -> usize {
    if at >= from.len() {
        return to.len();
    }
    nth_slash(to, count_slashes(&from[..at]))
}

/// Returns the position in `to` of the segment that starts at `start` in `from`.
fn start_of_segment(start: usize, from: &[u8], to: &[u8]) -> usize {
    if start >= from.len() {
        return to.len();
    }
    match count_slashes(&from[..start]) {
        0 => 0,
        slashes => nth_slash(to, slashes - 1) + 1,
    }
}

fn count_slashes(raw: &[u8]) -> usize {
    raw.iter().filter(|&&byte| byte == b'/').count()
}

fn nth_slash(raw: &[u8], n: usize) -> usize {
    let slashes = raw.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    slashes.map(|(at, _)| at).nth(n).unwrap_or(raw.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_decoded_unless_that_would_split_it() {
        for (raw, expected) in [
            ("/a%20b/c%2Fd", "/a b/c%2Fd"),
            ("/100%/x", "/100%/x"),
            ("/%FF/%C3%A9", "/%FF/é"),
        ] {
            let path = RawPath::new(raw).expect("a path");
            assert_eq!(Decoded::of(&path).text, expected.as_bytes(), "{raw}");
        }
    }

    #[test]
    fn positions_are_translated_by_slashes() {
        let decoded = Decoded::of(&RawPath::of(b"/%61b/c%2Fd//x"));
        assert_eq!(decoded.text, b"/ab/c%2Fd//x");
        for (at, raw_at) in [(0, 0), (3, 5), (9, 11), (10, 12), (12, 14)] {
            assert_eq!(decoded.raw_at(at), raw_at, "{at}");
            assert_eq!(decoded.at(raw_at), at, "{raw_at}");
        }
        let mut captures = Captures::default();
        captures[..4].copy_from_slice(&[(7, 7), (1, 3), (10, 12), (12, 12)]);
        decoded.to_raw(&mut captures, 1);
        assert_eq!(captures[..4], [(7, 7), (1, 5), (12, 14), (14, 14)]);
    }
}
