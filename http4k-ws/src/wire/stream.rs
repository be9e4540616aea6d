//! The byte stream under the frames: it reads into a buffer of the thread, and counts what it writes.
//!
//! So an idle socket owns no read buffer, the small buffer of the codec is all that it fills with zeros,
//! and a long message still takes one system call for 64 KiB.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::guard::FrameGuard;

const CHUNK: usize = 64 * 1024;

/// As many free buffers as a thread keeps: one to read into, a few left over by sockets that were slow
/// to take what was read.
const KEPT: usize = 8;

thread_local! {
    static FREE: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

fn take_buffer() -> Box<[u8]> {
    FREE.with(|free| free.borrow_mut().pop())
        .unwrap_or_else(|| vec![0; CHUNK].into())
}

fn give_back(buffer: Box<[u8]>) {
    FREE.with(|free| {
        let mut free = free.borrow_mut();
        if free.len() < KEPT {
            free.push(buffer);
        }
    });
}

/// Bytes that were read, and not yet handed on.
#[derive(Debug)]
enum Left {
    Nothing,
    /// What came with the opening handshake.
    Ahead(Bytes),
    Read {
        buffer: Box<[u8]>,
        from: usize,
        to: usize,
    },
}

/// A stream of frames between the network and the codec.
#[derive(Debug)]
pub(super) struct FrameStream<S> {
    io: S,
    left: Left,
    guard: FrameGuard,
    held: bool,
    written: u64,
}

impl<S> FrameStream<S> {
    /// A stream whose first bytes, read `ahead`, are known already.
    pub(super) fn new(io: S, ahead: Bytes, guard: FrameGuard) -> Self {
        let left = if ahead.is_empty() {
            Left::Nothing
        } else {
            Left::Ahead(ahead)
        };
        Self {
            io,
            left,
            guard,
            held: false,
            written: 0,
        }
    }

    /// How many bytes were written since the beginning.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Whether the stream is held because a close frame is next; lets it pass from now on.
    pub(super) fn release_close(&mut self) -> bool {
        let held = std::mem::take(&mut self.held);
        if held {
            self.guard.release_close();
        }
        held
    }

    pub(super) fn io_mut(&mut self) -> &mut S {
        &mut self.io
    }

    fn has_left(&self) -> bool {
        !matches!(self.left, Left::Nothing)
    }

    /// Hands on what was read, as far as the guard lets it pass.
    fn hand_on(&mut self, out: &mut ReadBuf<'_>) -> usize {
        let available = match &self.left {
            Left::Nothing => return 0,
            Left::Ahead(bytes) => &bytes[..],
            Left::Read { buffer, from, to } => &buffer[*from..*to],
        };
        let fits = available.len().min(out.remaining());
        let passed = self.guard.pass(&available[..fits]);
        out.put_slice(&available[..passed]);
        self.advance(passed);
        passed
    }

    fn advance(&mut self, passed: usize) {
        let done = match &mut self.left {
            Left::Nothing => false,
            Left::Ahead(bytes) => {
                bytes.advance(passed);
                bytes.is_empty()
            }
            Left::Read { from, to, .. } => {
                *from += passed;
                from == to
            }
        };
        if done {
            self.drop_left();
        }
    }

    fn drop_left(&mut self) {
        if let Left::Read { buffer, .. } = std::mem::replace(&mut self.left, Left::Nothing) {
            give_back(buffer);
        }
    }
}

impl<S: AsyncRead + Unpin> FrameStream<S> {
    /// Reads a chunk; `false` at the end of the stream.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut buffer = take_buffer();
        let mut read = ReadBuf::new(&mut buffer);
        let polled = Pin::new(&mut self.io).poll_read(cx, &mut read);
        let to = read.filled().len();
        if to == 0 {
            give_back(buffer);
        } else {
            self.left = Left::Read {
                buffer,
                from: 0,
                to,
            };
        }
        polled.map_ok(|()| to > 0)
    }

    /// Reads and throws away what still comes, until the peer ends the stream or `budget` is used up.
    pub(super) fn poll_drain(&mut self, cx: &mut Context<'_>, budget: &mut usize) -> Poll<()> {
        loop {
            self.drop_left();
            match ready!(self.poll_fill(cx)) {
                Ok(true) => {
                    if let Left::Read { to, .. } = self.left {
                        *budget = budget.saturating_sub(to);
                    }
                    if *budget == 0 {
                        return Poll::Ready(());
                    }
                }
                Ok(false) | Err(_) => return Poll::Ready(()),
            }
        }
    }
}

impl<S> Drop for FrameStream<S> {
    fn drop(&mut self) {
        self.drop_left();
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FrameStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.has_left() && !ready!(this.poll_fill(cx))? {
            return Poll::Ready(Ok(()));
        }
        if this.hand_on(out) == 0 {
            // Nobody needs to be woken: whoever asks next is told that a close frame is ahead.
            this.held = true;
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FrameStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write(cx, bytes))?;
        self.written += written as u64;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
