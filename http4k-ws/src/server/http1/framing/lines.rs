//! The lines of a request, of which any part may arrive alone.

use super::{Framing, RequestPart, after_size};

impl Framing {
    /// Passes the rest of a line, as far as it has arrived, and returns its length.
    pub(super) fn step_line(&mut self, line: &LinePart<'_>) -> usize {
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

/// Returns `true` if a line, without its LF, has no byte other than CR.
pub(super) fn is_empty(line: &[u8]) -> bool {
    line.iter().all(|byte| *byte == b'\r')
}

/// The bytes of one line, as far as they have arrived.
pub(super) struct LinePart<'a> {
    content: &'a [u8],
    /// LF follows.
    ended: bool,
}

impl<'a> LinePart<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
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
