//! The connection under hyper: it gathers what is written in one poll, and writes it once.
//!
//! hyper flushes after every response. Pipelined requests are answered in one poll, so their responses
//! leave together here: whoever polls hyper calls [`Flusher::poll_flush`] when it has nothing more to do.
//!
//! hyper does not read while a handler is at work, so that it does not see the peer leave.
//! Meanwhile [`Flusher::poll_heard`] reads ahead, up to a bound.
//!
//! hyper receives one head at a time: see [`framing`](super::framing).

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::framing::{Framed, Framing};
use super::scratch;
use super::stall::Stall;
use super::tcp::Left;
use crate::wire::Meter;

/// So much is gathered before it is written ahead of the end of a poll.
const GATHERED: usize = 32 * 1024;

/// An idle connection keeps a buffer of no more than this.
const KEPT: usize = 4 * 1024;

/// So much is read before hyper asks for it, to see whether the peer has ended its side.
const AHEAD: usize = 256 * 1024;

/// As [`AHEAD`], if there is a [`Watch`](super::tcp::Watch), which sees the end behind unread
/// bytes.
const AHEAD_WATCHED: usize = 16 * 1024;

/// So much of a head, and of a body, is read at a time.
const HEAD: usize = 4 * 1024;
const BODY: usize = scratch::LENGTH;

/// How long a connection that is done with is read from and the bytes thrown away: closed with unread
/// bytes it would be reset, and the reset can overtake the last response (RFC 9112 §9.6).
const LINGER: Duration = Duration::from_secs(1);

/// A connection over the stream `S`, as hyper sees it.
pub(super) struct Io<S> {
    stream: Arc<Mutex<Gathering<S>>>,
    /// Raised while a head has begun and not ended.
    in_head: Arc<AtomicBool>,
    /// How long the peer may take nothing of what is written.
    write_stall: Duration,
    ending: Option<Ending>,
}

/// How far the end of a connection has come.
enum Ending {
    /// The last is being written.
    Telling(Stall),
    /// The peer knows, and has some time to stop.
    Lingering(Pin<Box<Sleep>>),
}

/// The finding of a look at what comes from the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing that is new; whatever comes next is noticed.
    Nothing,
    /// More bytes than are read ahead, so that the end behind them is not noticed.
    More,
    /// The peer has left.
    Left(Left),
}

/// Tells the stream under hyper which requests it carries.
pub(super) struct Framer<S>(Arc<Mutex<Gathering<S>>>);

impl<S> Framer<S> {
    /// Declares the body of the request whose head hyper has read last: see [`Framing::request`].
    pub(super) fn request(&self, length: Option<u64>) -> Framed {
        lock(&self.0).framing.request(length)
    }
}

/// Writes what was gathered.
#[derive(Debug)]
pub(super) struct Flusher<S> {
    stream: Arc<Mutex<Gathering<S>>>,
    write_stall: Duration,
    stall: Stall,
}

/// A stream, and what is still to be written to it.
#[derive(Debug)]
struct Gathering<S> {
    stream: TokioIo<S>,
    /// What was read before hyper asked for it.
    ahead: BytesMut,
    /// The most that is read ahead.
    most_ahead: usize,
    /// hyper has asked for bytes since it was last polled, and is the first to get some.
    asked: bool,
    framing: Framing,
    gathered: BytesMut,
    /// The stream took bytes that it may still hold: one that encrypts does.
    unflushed: bool,
    /// The number of bytes that the stream took.
    bytes_written: u64,
    /// What the system below the stream took: one that encrypts takes bytes in larger steps.
    meter: Meter,
    /// The stream took nothing when it was last asked to take something.
    refused: bool,
    /// The stream still holds something of what it took.
    flushing: bool,
}

impl<S> Io<S> {
    /// Wraps `stream`, of which the bytes `ahead` were read, and whose bytes `meter` counts below it;
    /// `in_head` is raised while a head has begun and not ended. A peer that takes nothing for
    /// `write_stall` fails the flusher.
    pub(super) fn new(
        stream: S,
        ahead: Bytes,
        meter: Meter,
        in_head: Arc<AtomicBool>,
        write_stall: Duration,
    ) -> (Self, Flusher<S>) {
        // Never contended: hyper and the flusher are polled by one task.
        let stream = Arc::new(Mutex::new(Gathering {
            stream: TokioIo::new(stream),
            ahead: BytesMut::from(ahead),
            most_ahead: AHEAD,
            asked: false,
            framing: Framing::default(),
            gathered: BytesMut::new(),
            unflushed: false,
            bytes_written: 0,
            meter,
            refused: false,
            flushing: false,
        }));
        let io = Self {
            stream: Arc::clone(&stream),
            in_head,
            write_stall,
            ending: None,
        };
        let flusher = Flusher {
            stream,
            write_stall,
            stall: Stall::default(),
        };
        (io, flusher)
    }

    /// The stream and what was read of it, once its flusher is dropped and has flushed.
    pub(super) fn into_stream(self) -> Option<(S, BytesMut)> {
        let gathering = Arc::into_inner(self.stream)?.into_inner();
        let gathering = gathering.unwrap_or_else(PoisonError::into_inner);
        Some((gathering.stream.into_inner(), gathering.ahead))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Io<S> {
    /// Writes `bytes` after everything gathered.
    pub(super) fn gather(&self, bytes: &[u8]) {
        lock(&self.stream).gathered.extend_from_slice(bytes);
    }

    /// Writes what was gathered, ends our side, and reads until the peer ends its own: all for a while.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut stream = lock(&self.stream);
        let ending = self
            .ending
            .get_or_insert_with(|| Ending::Telling(Stall::default()));
        if let Ending::Telling(stall) = ending {
            if let Poll::Ready(told) = stream.poll_end(cx) {
                told?;
                *ending = Ending::Lingering(Box::pin(sleep(LINGER)));
            } else {
                let stalled = stall.poll(cx, Some(stream.moved()), self.write_stall);
                return stalled.map(|()| Err(io::ErrorKind::TimedOut.into()));
            }
        }
        // Asked before reading: a peer that sends without end must not outrun it.
        if let Ending::Lingering(timer) = ending {
            if timer.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
        }
        stream.poll_drain(cx).map(Ok)
    }
}

impl<S> Flusher<S> {
    pub(super) fn framer(&self) -> Framer<S> {
        Framer(Arc::clone(&self.stream))
    }

    /// Says that a [`Watch`](super::tcp::Watch) sees the end behind unread bytes.
    pub(super) fn is_watched(&self) {
        lock(&self.stream).most_ahead = AHEAD_WATCHED;
    }

    /// Must be called before hyper is polled.
    pub(super) fn hyper_is_polled(&self) {
        lock(&self.stream).asked = false;
    }
}

impl<S: AsyncRead + Unpin> Flusher<S> {
    /// Looks at what comes from the peer while hyper asks for nothing.
    pub(super) fn poll_heard(&self, cx: &mut Context<'_>) -> Heard {
        lock(&self.stream).poll_heard(cx)
    }
}

impl<S: AsyncWrite + Unpin> Flusher<S> {
    /// Brings everything gathered on its way; fails where the peer takes nothing of it for too long.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut stream = lock(&self.stream);
        let flushed = stream.poll_flush(cx)?;
        // Also where nothing is gathered: hyper writes what is long by itself.
        let waited = (stream.refused || stream.flushing).then(|| stream.moved());
        if self.stall.poll(cx, waited, self.write_stall).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        flushed.map(Ok)
    }

    /// As [`poll_flush`](Self::poll_flush).
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }
}

/// Writes `last` to a connection that HTTP was never spoken over, ends our side, and reads until the peer
/// ends its own: for a while.
pub(super) async fn end<S>(stream: S, last: &[u8]) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut io, _flusher) = Io::new(
        stream,
        Bytes::new(),
        Meter::default(),
        Arc::default(),
        LINGER,
    );
    io.gather(last);
    poll_fn(|cx| io.poll_end(cx)).await
}

/// A TLS peer that ends its bytes without saying so has still only ended them.
fn left_by(error: &io::Error) -> Left {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Left::HalfClosed,
        _ => Left::Reset,
    }
}

fn lock<S>(stream: &Mutex<Gathering<S>>) -> MutexGuard<'_, Gathering<S>> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S> Gathering<S> {
    /// Returns a number that changes when the peer, or what is between, takes something.
    fn moved(&self) -> u64 {
        self.bytes_written + self.meter.bytes_written()
    }
}

impl<S: AsyncRead + Unpin> Gathering<S> {
    fn poll_heard(&mut self, cx: &mut Context<'_>) -> Heard {
        if self.asked {
            return Heard::Nothing;
        }
        scratch::with_scratch(|scratch| self.poll_heard_into(cx, scratch))
    }

    fn poll_heard_into(&mut self, cx: &mut Context<'_>, scratch: &mut [u8]) -> Heard {
        loop {
            let room = self.most_ahead.saturating_sub(self.ahead.len()).min(HEAD);
            if room == 0 {
                return Heard::More;
            }
            let mut buffer = ReadBuf::new(&mut scratch[..room]);
            match Pin::new(self.stream.inner_mut()).poll_read(cx, &mut buffer) {
                Poll::Pending => return Heard::Nothing,
                Poll::Ready(Err(error)) => return Heard::Left(left_by(&error)),
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                    return Heard::Left(Left::HalfClosed);
                }
                Poll::Ready(Ok(())) => self.ahead.extend_from_slice(buffer.filled()),
            }
            // hyper may wait for bytes without having asked in this poll.
            cx.waker().wake_by_ref();
        }
    }

    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            let most = match self.framing.is_in_body() {
                true => BODY,
                false => HEAD,
            };
            return scratch::with_scratch(|scratch| {
                let room = buffer.remaining().min(most);
                self.poll_read_into(cx, &mut scratch[..room], buffer)
            });
        }
        let length = self.ahead.len().min(buffer.remaining());
        let passed = self.framing.pass(&self.ahead[..length]);
        buffer.put_slice(&self.ahead[..passed]);
        self.ahead.advance(passed);
        if self.ahead.is_empty() {
            // Not to keep the bytes.
            self.ahead = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }

    /// Reads into `scratch`, and keeps the bytes for which it is too early.
    fn poll_read_into(
        &mut self,
        cx: &mut Context<'_>,
        scratch: &mut [u8],
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut read = ReadBuf::new(scratch);
        let polled = Pin::new(self.stream.inner_mut()).poll_read(cx, &mut read);
        self.asked = polled.is_pending();
        ready!(polled)?;
        let passed = self.framing.pass(read.filled());
        let (now, later) = read.filled().split_at(passed);
        buffer.put_slice(now);
        self.ahead.extend_from_slice(later);
        Poll::Ready(Ok(()))
    }

    /// Reads until the peer ends its side, and throws it away.
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        scratch::with_scratch(|scratch| {
            loop {
                let mut buffer = ReadBuf::new(scratch);
                let read = ready!(Pin::new(self.stream.inner_mut()).poll_read(cx, &mut buffer));
                if read.is_err() || buffer.filled().is_empty() {
                    return Poll::Ready(());
                }
            }
        })
    }
}

impl<S: AsyncWrite + Unpin> Gathering<S> {
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.gathered.is_empty() {
            let stream = Pin::new(self.stream.inner_mut());
            let written = stream.poll_write(cx, &self.gathered);
            self.note(&written);
            let written = ready!(written)?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.gathered.advance(written);
        }
        self.gathered.clear();
        if self.gathered.capacity() > KEPT {
            self.gathered = BytesMut::new();
        }
        if self.unflushed {
            let flushed = Pin::new(self.stream.inner_mut()).poll_flush(cx);
            self.flushing = flushed.is_pending();
            ready!(flushed)?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Keeps what the stream said when it was asked to take bytes.
    fn note(&mut self, written: &Poll<io::Result<usize>>) {
        self.refused = written.is_pending();
        if let Poll::Ready(Ok(written)) = written {
            self.bytes_written += *written as u64;
            self.unflushed = true;
        }
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_flush(cx))?;
        Pin::new(self.stream.inner_mut()).poll_shutdown(cx)
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
            let written = Pin::new(self.stream.inner_mut()).poll_write_vectored(cx, slices);
            self.note(&written);
            return written;
        }
        for slice in slices {
            self.gathered.extend_from_slice(slice);
        }
        Poll::Ready(Ok(length))
    }
}

impl<S: AsyncRead + Unpin> Read for Io<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut stream = lock(&self.stream);
        let read = ready!(stream.poll_read(cx, buffer));
        self.in_head
            .store(stream.framing.is_in_head(), Ordering::Relaxed);
        Poll::Ready(read)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Write for Io<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        lock(&self.stream).poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        lock(&self.stream).poll_write_vectored(cx, slices)
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
