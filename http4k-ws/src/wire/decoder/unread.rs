//! The bytes that were read and not decoded yet.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};

use crate::wire::buffers;

/// Bytes in a buffer of the thread, or, while a session does not read, in one of their own size.
///
/// They are mutable, so that payloads are unmasked in place.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// Empty if nothing is left.
    buffer: Box<[u8]>,
    from: usize,
    to: usize,
}

impl Unread {
    /// Creates unread bytes from those that arrived with the opening handshake.
    pub(super) fn new(ahead: Bytes) -> Self {
        let buffer = Vec::from(ahead).into_boxed_slice();
        Self {
            from: 0,
            to: buffer.len(),
            buffer,
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.from == self.to
    }

    #[inline]
    pub(super) fn bytes(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.from..self.to).unwrap_or_default()
    }

    /// Skips `taken` bytes, and returns the buffer behind the last one.
    #[inline]
    pub(super) fn advance(&mut self, taken: usize) {
        self.from += taken;
        if self.from >= self.to {
            self.clear();
        }
    }

    /// Drops the bytes, and returns the buffer of the thread.
    #[inline]
    pub(super) fn clear(&mut self) {
        (self.from, self.to) = (0, 0);
        buffers::return_read(std::mem::take(&mut self.buffer));
    }

    /// Returns the buffer of the thread if the bytes fill at most half of it. They move to a buffer
    /// of their own size.
    pub(super) fn shrink(&mut self) {
        let length = self.to - self.from;
        if length > 0 && length <= self.buffer.len() / 2 {
            let rest = Box::from(&*self.bytes());
            self.clear();
            (self.buffer, self.to) = (rest, length);
        }
    }

    /// Returns `true` if the bytes are in a buffer of the thread.
    #[cfg(test)]
    pub(super) fn is_lent(&self) -> bool {
        self.buffer.len() == buffers::CHUNK
    }

    /// Reads a chunk, after all bytes were taken, and returns its length. Returns 0 at the end of
    /// the stream.
    #[inline]
    pub(super) fn poll_fill<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        debug_assert!(self.is_empty(), "no byte is lost");
        let mut buffer = buffers::for_reading();
        let mut read = ReadBuf::new(&mut buffer);
        let polled = Pin::new(io).poll_read(cx, &mut read);
        let length = read.filled().len();
        if length == 0 {
            buffers::return_read(buffer);
        } else {
            (self.buffer, self.to) = (buffer, length);
        }
        polled.map_ok(|()| length)
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        self.clear();
    }
}
