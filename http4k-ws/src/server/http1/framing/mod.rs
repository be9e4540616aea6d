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

mod lines;
mod plain;

use bytes::Bytes;

use super::timer::Awaited;
use lines::LinePart;
use plain::PlainHead;

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

#[cfg(test)]
mod tests;
