//! The framing of requests in the bytes of an HTTP/1.1 connection.
//!
//! hyper parses requests, but drops the fragment of a target. To see it, the bytes are split here:
//! hyper receives one head at a time, and the bytes behind it only once its request is known.
//!
//! 1. The bytes of a head pass up to its empty line. A `#` in its target is noted.
//! 2. After a head nothing passes until [`request`](Framing::request) declares the body behind it.
//! 3. The body passes as it arrives, and then the next head.
//! 4. Bytes of a body with a declared length pass with the head if they arrive together. Most
//!    bodies do, and hyper would read them in a second call. If such a body is complete and at most
//!    [`SHORT`] bytes long, the application receives it at once. hyper would send it through a
//!    channel and need a second poll.
//! 5. If hyper reads on after a head, the two disagree about its end. Then all bytes pass: the
//!    framing only splits, and must never withhold bytes from hyper.

use bytes::Bytes;
use memchr::memchr2_iter;

use super::timer::Awaited;

/// The state between two bytes of a connection.
#[derive(Debug, Default)]
pub(super) struct Framing {
    part: RequestPart,
    /// The target of the last head has a fragment.
    fragment: bool,
    /// Some body came in chunks, whose end hyper alone has found.
    chunked: bool,
    /// The body that arrived with the last head, if it is short and complete.
    body: Option<Bytes>,
}

/// The longest body that bypasses hyper.
pub(super) const SHORT: usize = 4 * 1024;

/// The facts about a request that hyper drops.
#[derive(Debug, Default)]
pub(super) struct Framed {
    /// The target has a fragment.
    pub(super) fragment: bool,
    /// The body, if it is short and arrived with the head. hyper has it too, and skips it unread.
    pub(super) body: Option<Bytes>,
}

/// The part of a request that the next byte belongs to. A line is `filled` once it has a byte other
/// than CR.
#[derive(Debug)]
enum RequestPart {
    /// The request line, or empty lines before it (RFC 9112 §2.2).
    RequestLine {
        filled: bool,
        spaces: usize,
    },
    Fields {
        filled: bool,
    },
    /// No part: a whole head has passed, and this number of bytes of the body that it declares.
    HeadEnded(u64),
    /// A body, with the number of bytes that are left.
    Body(u64),
    /// The digits of the size of a chunk (RFC 9112 §7.1).
    ChunkSize(u64),
    /// The rest of the line of that size.
    ChunkExtension(u64),
    /// The data of a chunk and the line end behind it, with the number of bytes that are left.
    ChunkData(u64),
    Trailers {
        filled: bool,
    },
    /// Any part: nothing is split any more.
    Unframed,
}

impl Default for RequestPart {
    fn default() -> Self {
        Self::RequestLine {
            filled: false,
            spaces: 0,
        }
    }
}

impl Framing {
    /// Returns how many of `bytes`, the next of the connection, may pass now, and counts them as
    /// passed.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> usize {
        if let (RequestPart::HeadEnded(_), false) = (&self.part, bytes.is_empty()) {
            self.part = RequestPart::Unframed;
        }
        if let Some(PlainHead { length, declared }) = self.plain_head(bytes) {
            let passed = declared.min(bytes.len() - length);
            self.part = RequestPart::HeadEnded(passed as u64);
            let is_short = passed == declared && (1..=SHORT).contains(&passed);
            self.body = is_short.then(|| Bytes::copy_from_slice(&bytes[length..length + passed]));
            return length + passed;
        }
        let mut passed = 0;
        while passed < bytes.len() && !matches!(self.part, RequestPart::HeadEnded(_)) {
            passed += self.step(&bytes[passed..]);
        }
        passed
    }

    /// Declares the body of the request whose head has passed: its length, or `None` for one in
    /// chunks.
    #[inline]
    pub(super) fn request(&mut self, length: Option<u64>) -> Framed {
        let body = self.body.take();
        self.chunked |= length.is_none();
        if let RequestPart::HeadEnded(passed) = self.part {
            self.part = match length.map(|length| length.checked_sub(passed)) {
                Some(Some(0)) => RequestPart::default(),
                Some(Some(left)) => RequestPart::Body(left),
                None if passed == 0 => RequestPart::ChunkSize(0),
                // hyper sees another body than the fields of the head declare.
                Some(None) | None => RequestPart::Unframed,
            };
        }
        Framed {
            fragment: std::mem::take(&mut self.fragment),
            body: body.filter(|body| length == Some(body.len() as u64)),
        }
    }

    /// Returns `true` if the next byte starts a request, for hyper as well.
    #[inline]
    pub(super) fn is_between_requests(&self) -> bool {
        let is_start = matches!(
            self.part,
            RequestPart::RequestLine {
                filled: false,
                spaces: 0
            }
        );
        is_start && !self.chunked
    }

    /// Returns what hyper waits for if it reads now.
    #[inline]
    pub(super) fn awaited(&self) -> Awaited {
        match self.part {
            RequestPart::RequestLine { filled: false, .. } => Awaited::Head,
            RequestPart::RequestLine { filled: true, .. }
            | RequestPart::Fields { .. }
            | RequestPart::HeadEnded(_)
            | RequestPart::Unframed => Awaited::RestOfHead,
            RequestPart::Body(_)
            | RequestPart::ChunkSize(_)
            | RequestPart::ChunkExtension(_)
            | RequestPart::ChunkData(_)
            | RequestPart::Trailers { .. } => Awaited::Other,
        }
    }

    /// Returns `true` if the next byte belongs to a body.
    #[inline]
    pub(super) fn is_in_body(&self) -> bool {
        matches!(
            self.part,
            RequestPart::Body(_) | RequestPart::ChunkData(_) | RequestPart::Unframed
        )
    }

    /// Returns the head at the start of `bytes`, if it is complete, unread and without `#`, as most
    /// are.
    fn plain_head(&self, bytes: &[u8]) -> Option<PlainHead> {
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

    /// Passes some of `bytes`, which are not empty, and returns their number.
    fn step(&mut self, bytes: &[u8]) -> usize {
        match &mut self.part {
            RequestPart::RequestLine { .. }
            | RequestPart::Fields { .. }
            | RequestPart::Trailers { .. }
            | RequestPart::ChunkExtension(_) => self.step_line(&LinePart::of(bytes)),
            RequestPart::ChunkSize(size) => {
                match (char::from(bytes[0]).to_digit(16), bytes[0]) {
                    (Some(digit), _) => {
                        *size = size.saturating_mul(16).saturating_add(digit.into());
                    }
                    (None, b'\n') => self.part = after_size(*size),
                    (None, _) => self.part = RequestPart::ChunkExtension(*size),
                }
                1
            }
            RequestPart::Body(left) => {
                let length = within(*left, bytes);
                self.part = match *left - length as u64 {
                    0 => RequestPart::default(),
                    left => RequestPart::Body(left),
                };
                length
            }
            RequestPart::ChunkData(left) => {
                let length = within(*left, bytes);
                self.part = match *left - length as u64 {
                    0 => RequestPart::ChunkSize(0),
                    left => RequestPart::ChunkData(left),
                };
                length
            }
            RequestPart::HeadEnded(_) | RequestPart::Unframed => bytes.len(),
        }
    }

    /// Passes the rest of a line, as far as it has arrived, and returns its length.
    fn step_line(&mut self, line: &LinePart<'_>) -> usize {
        match &mut self.part {
            RequestPart::RequestLine { filled, spaces } => {
                for byte in line.content {
                    match byte {
                        b' ' => *spaces += 1,
                        // The target is between the first and the second space.
                        b'#' if *spaces == 1 => self.fragment = true,
                        _ => {}
                    }
                }
                *filled |= line.filled();
                if line.ended && *filled {
                    self.part = RequestPart::Fields { filled: false };
                }
            }
            RequestPart::Fields { filled } => {
                *filled |= line.filled();
                if line.ended && !std::mem::take(filled) {
                    self.part = RequestPart::HeadEnded(0);
                }
            }
            RequestPart::Trailers { filled } => {
                *filled |= line.filled();
                if line.ended && !std::mem::take(filled) {
                    self.part = RequestPart::default();
                }
            }
            RequestPart::ChunkExtension(size) if line.ended => self.part = after_size(*size),
            _ => {}
        }
        line.length()
    }
}

/// Returns how many of `bytes` are among the next `left`.
fn within(left: u64, bytes: &[u8]) -> usize {
    usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()))
}

fn after_size(size: u64) -> RequestPart {
    match size {
        0 => RequestPart::Trailers { filled: false },
        size => RequestPart::ChunkData(size.saturating_add(2)),
    }
}

/// A head that arrived complete.
struct PlainHead {
    length: usize,
    /// The length of the body behind it. 0 if its fields do not clearly declare one, or if the body
    /// must pass apart from the head.
    declared: usize,
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

/// Returns `true` if a line, without its LF, has no byte other than CR.
fn is_empty(line: &[u8]) -> bool {
    line.iter().all(|byte| *byte == b'\r')
}

/// The bytes of one line, as far as they have arrived.
struct LinePart<'a> {
    content: &'a [u8],
    /// LF follows.
    ended: bool,
}

impl<'a> LinePart<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        Self {
            content: &bytes[..end.unwrap_or(bytes.len())],
            ended: end.is_some(),
        }
    }

    fn filled(&self) -> bool {
        !is_empty(self.content)
    }

    fn length(&self) -> usize {
        self.content.len() + usize::from(self.ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNKS: &str = "3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nSum: 7\r\n\r\n";

    /// Requests: the head, the body, its declared length, and `true` if the target has a fragment.
    fn requests() -> Vec<(&'static str, &'static str, Option<u64>, bool)> {
        vec![
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "", Some(0), false),
            (
                "\r\n\r\nGET /#x HTTP/1.1\r\nHost: a\r\n\r\n",
                "",
                Some(0),
                true,
            ),
            ("GET /?a#x HTTP/1.0\n\n", "", Some(0), true),
            (
                "POST / HTTP/1.1\r\nX: #\r\n\r\n",
                "GET /#x\r\n\r\n",
                Some(11),
                false,
            ),
            ("POST / HTTP/1.1\r\n\r\n", CHUNKS, None, false),
            ("G#T / HTTP/1.1\r\n\r\n", "", Some(0), false),
            ("GET http://a/#x HTTP/1.1\r\n\r\n", "", Some(0), true),
            ("POST / HTTP/1.1#\r\n\r\n", "0\r\n\r\n", None, false),
        ]
    }

    #[test]
    fn heads_pass_one_by_one_for_any_division_of_the_bytes() {
        for step in [1, 2, 3, 7, 1000] {
            let mut framing = Framing::default();
            let mut before = "";
            for (head, body, length, fragment) in requests() {
                let all = format!("{before}{head}");
                // The body may arrive with its head. Later bytes must wait.
                let beyond = format!("{all}{body}more");
                let mut passed = 0;
                while passed < all.len() {
                    let end = (passed + step).min(beyond.len());
                    let some = framing.pass(&beyond.as_bytes()[passed..end]);
                    assert!(some > 0, "{step}: {head}");
                    passed += some;
                }
                assert_eq!(passed, all.len(), "{step}: {head}");
                assert_eq!(framing.awaited(), Awaited::RestOfHead, "{step}: {head}");
                assert_eq!(framing.request(length).fragment, fragment, "{step}: {head}");
                before = body;
            }
        }
    }

    #[test]
    fn a_declared_body_passes_with_its_head_and_no_later_bytes() {
        const NEXT: &str = "GET /#x HTTP/1.1\r\n\r\n";
        for (fields, body, length, passed) in [
            ("Content-Length: 5", "abcde", Some(5), 5),
            ("content-length:\t5 ", "abc", Some(5), 3),
            ("Content-Length: 5\r\nX: y", "", Some(5), 0),
            ("Content-Length: 0", "", Some(0), 0),
            ("Content-Length: 5, 5", "abcde", Some(5), 0),
            ("X-Content-Length: 5", "", Some(0), 0),
            (
                "Content-Length: 5\r\nExpect: 100-continue",
                "abcde",
                Some(5),
                0,
            ),
            (
                "Content-Length: 7\r\nTransfer-Encoding: chunked",
                "0\r\n\r\n",
                None,
                0,
            ),
            (
                "transfer-encoding: chunked\r\nContent-Length: 7",
                "0\r\n\r\n",
                None,
                0,
            ),
        ] {
            let mut framing = Framing::default();
            let head = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n");
            let is_whole = length.is_none_or(|length| length == body.len() as u64);
            let next = if is_whole { NEXT } else { "" };
            let bytes = format!("{head}{body}{next}");
            assert_eq!(
                framing.pass(bytes.as_bytes()),
                head.len() + passed,
                "{fields}"
            );
            assert_eq!(framing.awaited(), Awaited::RestOfHead, "{fields}");
            let framed = framing.request(length);
            assert!(!framed.fragment, "{fields}");
            let whole = (passed > 0 && is_whole).then_some(body.as_bytes());
            assert_eq!(framed.body.as_deref(), whole, "{fields}");
            let missing = length.map_or(0, |length| length as usize - body.len());
            let left = format!("{}{}{NEXT}", &body[passed..], &"abcde"[..missing]);
            assert_eq!(framing.pass(left.as_bytes()), left.len(), "{fields}");
            let framed = framing.request(Some(0));
            assert!(framed.fragment && framed.body.is_none(), "{fields}");
        }
    }

    #[test]
    fn a_head_starts_with_its_first_byte() {
        let mut framing = Framing::default();
        for (bytes, awaited) in [
            ("", Awaited::Head),
            ("\r\n", Awaited::Head),
            ("G", Awaited::RestOfHead),
            ("ET / HTTP/1.1\r\n", Awaited::RestOfHead),
            ("Host: a\r\n\r", Awaited::RestOfHead),
            ("\n", Awaited::RestOfHead),
        ] {
            framing.pass(bytes.as_bytes());
            assert_eq!(framing.awaited(), awaited, "{bytes:?}");
        }
        framing.request(Some(3));
        framing.pass(b"ab");
        assert_eq!(framing.awaited(), Awaited::Other);
        framing.pass(b"c");
        assert_eq!(framing.awaited(), Awaited::Head);
        framing.pass(b"G");
        assert_eq!(framing.awaited(), Awaited::RestOfHead);
    }

    #[test]
    fn bytes_are_never_withheld_from_a_reader_that_sees_no_end_of_the_head() {
        let mut framing = Framing::default();
        let head = b"GET / HTTP/1.1\r\n\r\n";
        assert_eq!(framing.pass(head), head.len());
        assert_eq!(framing.pass(b""), 0);
        assert_eq!(framing.pass(b"GET / HTTP/1.1\r\n\r\nGET"), 21);
        assert!(!framing.request(Some(0)).fragment);
        assert_eq!(framing.pass(b"GET /#x HTTP/1.1\r\n\r\nGET"), 23);
        let mut framing = Framing::default();
        let head = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde";
        assert_eq!(framing.pass(head), head.len());
        assert_eq!(framing.request(Some(3)).body, None);
        assert_eq!(framing.pass(b"GET / HTTP/1.1\r\n\r\nGET"), 21);
    }
}
