//! The connection under hyper: it gathers what is written in one poll, and writes it once.
//!
//! hyper flushes after every response. Pipelined requests are answered in one poll, so their responses
//! leave together here: whoever polls hyper calls [`Flusher::poll_flush`] when it has nothing more to do.

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{Instant, Sleep, sleep, timeout};

/// So much is gathered before it is written ahead of the end of a poll.
const GATHERED: usize = 32 * 1024;

/// An idle connection keeps a buffer of no more than this.
const KEPT: usize = 4 * 1024;

/// How long the peer may take for the last of what is written.
const LAST_WRITE: Duration = Duration::from_secs(10);

/// How long a connection that is done with is read from and the bytes thrown away: closed with unread
/// bytes it would be reset, and the reset can overtake the last response (RFC 9112 §9.6).
const LINGER: Duration = Duration::from_secs(1);

/// A connection, as hyper sees it.
pub(super) struct Io {
    read: TokioIo<OwnedReadHalf>,
    write: Arc<Mutex<WriteSide>>,
    heard: Arc<AtomicBool>,
    ending: Option<Ending>,
}

/// How far the end of a connection has come.
struct Ending {
    /// Everything is written, and the peer knows.
    told: bool,
    /// The time for what is done now.
    timer: Pin<Box<Sleep>>,
}

/// Writes what was gathered.
#[derive(Debug)]
pub(super) struct Flusher(Arc<Mutex<WriteSide>>);

#[derive(Debug)]
struct WriteSide {
    half: OwnedWriteHalf,
    gathered: BytesMut,
}

impl Io {
    /// Wraps `stream`; `heard` is raised whenever bytes arrive.
    pub(super) fn new(stream: TcpStream, heard: Arc<AtomicBool>) -> (Self, Flusher) {
        let (read, half) = stream.into_split();
        // Never contended: hyper and the flusher are polled by one task.
        let write = Arc::new(Mutex::new(WriteSide {
            half,
            gathered: BytesMut::new(),
        }));
        let io = Self {
            read: TokioIo::new(read),
            write: Arc::clone(&write),
            heard,
            ending: None,
        };
        (io, Flusher(write))
    }

    /// The stream, once its flusher is dropped and has flushed.
    pub(super) fn into_stream(self) -> Option<TcpStream> {
        let write = Arc::into_inner(self.write)?;
        let write = write.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.read.into_inner().reunite(write.half).ok()
    }

    /// Writes what was gathered, ends our side, and reads until the peer ends its own: all for a while.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ending = self.ending.get_or_insert_with(|| Ending {
            told: false,
            timer: Box::pin(sleep(LAST_WRITE)),
        });
        if !ending.told {
            if let Poll::Ready(told) = lock(&self.write).poll_end(cx) {
                told?;
                ending.told = true;
                ending.timer.as_mut().reset(Instant::now() + LINGER);
            }
        }
        // Asked before reading: a peer that sends without end must not outrun it.
        if ending.timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        if !ending.told {
            return Poll::Pending;
        }
        let mut scratch = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = ready!(Pin::new(self.read.inner_mut()).poll_read(cx, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl Flusher {
    /// Brings everything gathered on its way.
    pub(super) fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        lock(&self.0).poll_flush(cx)
    }

    /// Brings everything gathered on its way, unless the peer takes nothing for too long.
    pub(super) async fn flush(&self) -> io::Result<()> {
        timeout(LAST_WRITE, poll_fn(|cx| self.poll_flush(cx))).await?
    }
}

fn lock(write: &Mutex<WriteSide>) -> MutexGuard<'_, WriteSide> {
    write.lock().unwrap_or_else(PoisonError::into_inner)
}

impl WriteSide {
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.gathered.is_empty() {
            let written = ready!(Pin::new(&mut self.half).poll_write(cx, &self.gathered))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.gathered.advance(written);
        }
        self.gathered.clear();
        if self.gathered.capacity() > KEPT {
            self.gathered = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_flush(cx))?;
        Pin::new(&mut self.half).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = slices.iter().map(|slice| slice.len()).sum::<usize>();
        if self.gathered.len() + length > GATHERED {
            ready!(self.poll_flush(cx))?;
        }
        if length > GATHERED {
            return Pin::new(&mut self.half).poll_write_vectored(cx, slices);
        }
        for slice in slices {
            self.gathered.extend_from_slice(slice);
        }
        Poll::Ready(Ok(length))
    }
}

impl Read for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.read).poll_read(cx, buffer));
        self.heard.store(true, Ordering::Relaxed);
        Poll::Ready(read)
    }
}

impl Write for Io {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        lock(&self.write).poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        lock(&self.write).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The flusher's, at the end of the poll.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_end(cx)
    }
}
