//! A raw path, segment by segment.
//!
//! `/` has no segments, `/users` has one, and `/users/` has two, of which the last is empty: an empty
//! segment is no literal's and no parameter's.

use std::borrow::Cow;

use crate::message::percent_decoded;

/// The raw path of a request.
#[derive(Debug, Clone, Copy)]
pub struct Path<'p> {
    raw: &'p str,
    encoded: bool,
}

/// Where a segment stands in its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Where it starts, behind its slash.
    pub(super) start: u16,
    /// Where it ends, which is where the next one's slash stands.
    pub end: u16,
}

impl<'p> Path<'p> {
    /// `None` for what is no path, such as the `*` of `OPTIONS *`.
    pub(super) fn new(raw: &'p str) -> Option<Self> {
        // A `Uri` is shorter than 64 KiB.
        let is_path = raw.starts_with('/') && u16::try_from(raw.len()).is_ok();
        is_path.then(|| Self {
            raw,
            encoded: raw.contains('%'),
        })
    }

    pub(super) fn is_encoded(self) -> bool {
        self.encoded
    }

    /// Whether each of these stretches is percent-encoded UTF-8.
    pub(super) fn decodes(self, captures: &[(u16, u16)]) -> bool {
        captures
            .iter()
            .filter_map(|&(start, end)| self.raw.get(usize::from(start)..usize::from(end)))
            .all(|raw| percent_decoded(raw).is_some())
    }

    /// Whether a segment can begin at `at`, or the path end there. It may be otherwise where a filter
    /// behind a mount has put another path into the request.
    pub(super) fn goes_on_at(self, at: u16) -> bool {
        let left = self.raw.get(usize::from(at)..);
        left.is_some_and(|left| left.is_empty() || left.starts_with('/'))
    }

    pub(super) fn len(self) -> u16 {
        self.raw.len() as u16
    }

    /// The segment whose slash is at `at`; `None` at the path's end.
    pub fn next(self, at: u16) -> Option<Segment> {
        if self.raw.len() == 1 {
            return None;
        }
        let rest = self.raw.get(usize::from(at)..)?.strip_prefix('/')?;
        let len = rest.find('/').unwrap_or(rest.len()) as u16;
        let start = at + 1;
        Some(Segment {
            start,
            end: start + len,
        })
    }

    /// A segment to compare with a literal: decoded, where it is encoded and can be.
    pub fn text(self, segment: Segment) -> Cow<'p, str> {
        let range = usize::from(segment.start)..usize::from(segment.end);
        let raw = self.raw.get(range).unwrap_or_default();
        if self.encoded {
            percent_decoded(raw).unwrap_or(Cow::Borrowed(raw))
        } else {
            Cow::Borrowed(raw)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(raw: &str) -> Vec<Cow<'_, str>> {
        let path = Path::new(raw).unwrap();
        let mut at = 0;
        let mut segments = Vec::new();
        while let Some(segment) = path.next(at) {
            at = segment.end;
            segments.push(path.text(segment));
        }
        assert!(at == path.len() || raw == "/");
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
    fn a_star_is_no_path() {
        assert!(Path::new("*").is_none());
        assert!(Path::new("").is_none());
    }
}
