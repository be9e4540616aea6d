//! The incoming half of a connection: bytes are read into a buffer of the thread, and passed to the
//! decoder as far as the validator allows.
//!
//! An idle socket owns no read buffer, the decoder fills only its own small buffer with zeros,
//! and a long message still takes one system call per 64 KiB.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, ReadBuf};

use super::validator::{CloseFrame, FrameValidator, Stop, Violation};
use super::{Limits, buffers};
use crate::session::{Partial, Role};

/// The bytes that were read and not passed yet.
#[derive(Debug)]
enum Unread {
    Nothing,
    /// Bytes that arrived with the opening handshake, or that wait for a session that does not
    /// read.
    Ahead(Bytes),
    Read {
        buffer: Box<[u8]>,
        from: usize,
        to: usize,
    },
}

impl Unread {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Nothing => &[],
            Self::Ahead(bytes) => bytes,
            Self::Read { buffer, from, to } => &buffer[*from..*to],
        }
    }
}

/// The incoming half of a connection.
#[derive(Debug)]
pub(super) struct Reader {
    left: Unread,
    validator: FrameValidator,
    role: Role,
    /// The reason for which nothing more is passed.
    stopped: Option<Stop>,
    bytes_read: u64,
}

/// The result of reading a close frame.
#[derive(Debug)]
pub(super) enum Closing {
    Frame(Vec<u8>),
    Broken(Violation),
    Lost,
}

impl Reader {
    /// Creates a reader whose first bytes are `ahead`.
    pub(super) fn new(ahead: Bytes, role: Role, limits: Limits) -> Self {
        let bytes_read = ahead.len() as u64;
        let left = if ahead.is_empty() {
            Unread::Nothing
        } else {
            Unread::Ahead(ahead)
        };
        Self {
            left,
            validator: FrameValidator::new(role, limits),
            role,
            stopped: None,
            bytes_read,
        }
    }

    /// Returns the number of bytes that were read.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Returns the buffer of the thread if the remaining bytes fill at most half of it. They move
    /// to a buffer of their own size.
    pub(super) fn shrink(&mut self) {
        let Unread::Read { buffer, from, to } = &self.left else {
            return;
        };
        if to - from <= buffer.len() / 2 {
            let bytes = Bytes::copy_from_slice(&buffer[*from..*to]);
            self.drop_left();
            self.left = Unread::Ahead(bytes);
        }
    }

    /// Returns the message that has started and not ended.
    pub(super) fn partial(&self) -> Option<Partial> {
        self.validator.partial()
    }

    /// Returns the reason for which nothing more is passed.
    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stopped
    }

    /// Returns `true`, once, if the message that was just passed was large. Nothing behind it was
    /// passed then.
    pub(super) fn take_large(&mut self) -> bool {
        self.validator.take_large()
    }

    /// Returns `true` if the decoder has returned all messages and control frames that were passed
    /// to it. `returned` is their number.
    pub(super) fn is_decoded(&self, returned: u64) -> bool {
        self.validator.ended() == Some(returned)
    }

    /// Waits for bytes to pass, or for a reason not to. Returns `false` at the end of the stream.
    pub(super) fn poll_bytes<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<bool>> {
        if self.stopped.is_some() || !self.left.bytes().is_empty() {
            return Poll::Ready(Ok(true));
        }
        self.poll_fill(io, cx)
    }

    /// Fills `out` with the bytes that may pass. Returns 0 at the end of the stream.
    pub(super) fn poll_read<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
        out: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.stopped.is_some() {
            // The caller checks `stopped`.
            return Poll::Pending;
        }
        if self.left.bytes().is_empty() && !ready!(self.poll_fill(io, cx))? {
            return Poll::Ready(Ok(0));
        }
        let available = self.left.bytes();
        let fits = available.len().min(out.len());
        let (passed, stopped) = self.validator.pass(&available[..fits]);
        out[..passed].copy_from_slice(&available[..passed]);
        self.stopped = stopped;
        self.advance(passed);
        if passed == 0 {
            return Poll::Pending;
        }
        Poll::Ready(Ok(passed))
    }

    /// Reads the close frame that is next.
    pub(super) fn poll_close_frame<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
        close: &mut CloseFrame,
    ) -> Poll<Closing> {
        loop {
            match close.take(self.left.bytes(), self.role) {
                Ok(Some(payload)) => return Poll::Ready(Closing::Frame(payload)),
                Ok(None) => {}
                Err(violation) => return Poll::Ready(Closing::Broken(violation)),
            }
            match ready!(self.poll_fill(io, cx)) {
                Ok(true) => {}
                Ok(false) | Err(_) => return Poll::Ready(Closing::Lost),
            }
        }
    }

    /// Reads and discards bytes until the peer ends the stream or `budget` is used up.
    pub(super) fn poll_discard<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
        budget: &mut usize,
    ) -> Poll<()> {
        while let Ok(true) = ready!(self.poll_fill(io, cx)) {
            *budget = budget.saturating_sub(self.left.bytes().len());
            if *budget == 0 {
                break;
            }
        }
        self.drop_left();
        Poll::Ready(())
    }

    /// Reads a chunk in place of the last one. Returns `false` at the end of the stream.
    fn poll_fill<S: AsyncRead + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<bool>> {
        self.drop_left();
        let mut buffer = buffers::for_reading();
        let mut read = ReadBuf::new(&mut buffer);
        let polled = Pin::new(io).poll_read(cx, &mut read);
        let to = read.filled().len();
        if to == 0 {
            buffers::return_read(buffer);
        } else {
            let from = 0;
            self.left = Unread::Read { buffer, from, to };
            self.bytes_read += to as u64;
        }
        polled.map_ok(|()| to > 0)
    }

    fn advance(&mut self, passed: usize) {
        match &mut self.left {
            Unread::Nothing => {}
            Unread::Ahead(bytes) => bytes.advance(passed),
            Unread::Read { from, .. } => *from += passed,
        }
        if self.left.bytes().is_empty() {
            self.drop_left();
        }
    }

    fn drop_left(&mut self) {
        if let Unread::Read { buffer, .. } = std::mem::replace(&mut self.left, Unread::Nothing) {
            buffers::return_read(buffer);
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.drop_left();
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::session::SessionConfig;

    /// Reads `first` bytes of `sent`, shrinks the reader, and returns it with the rest of the
    /// stream.
    fn shrunk(sent: &[u8], first: usize) -> (Reader, &[u8]) {
        let limits = Limits::of(&SessionConfig::default());
        let mut reader = Reader::new(Bytes::new(), Role::Server, limits);
        let mut stream = sent;
        assert_eq!(read(&mut reader, &mut stream, first), sent[..first]);
        reader.shrink();
        (reader, stream)
    }

    fn read(reader: &mut Reader, stream: &mut &[u8], most: usize) -> Vec<u8> {
        let mut out = vec![0; most];
        let mut cx = Context::from_waker(Waker::noop());
        match reader.poll_read(stream, &mut cx, &mut out) {
            Poll::Ready(Ok(read)) => out.truncate(read),
            other => panic!("no bytes: {other:?}"),
        }
        out
    }

    #[test]
    fn a_few_remaining_bytes_do_not_occupy_the_threads_buffer() {
        // A binary frame of 60,000 bytes, whose key is zero.
        let frame = [
            &[0x82, 0x80 | 126, 0xEA, 0x60, 0, 0, 0, 0][..],
            &[7; 60_000],
        ]
        .concat();
        for (first, is_lent) in [(1_000, true), (50_000, false)] {
            let (mut reader, mut stream) = shrunk(&frame, first);
            let left = frame.len() - first;
            assert_eq!(reader.left.bytes().len(), left);
            assert_eq!(
                matches!(reader.left, Unread::Read { .. }),
                is_lent,
                "{first}"
            );
            assert_eq!(read(&mut reader, &mut stream, left), frame[first..]);
            assert!(reader.left.bytes().is_empty());
        }
    }
}
