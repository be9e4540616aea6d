//! The stream under hyper: what hyper writes in one poll is gathered and written once.
//!
//! # Why not hyper's own
//!
//! - **One write per poll.** hyper flushes after every response. Pipelined requests get their
//!   responses in one poll, which leave together here: [`run`](super::run) calls
//!   [`Flusher::poll_flush`] after hyper has nothing more to do. hyper's `pipeline_flush` gathers
//!   too, but it loses a 101 that is followed by early frames, and it holds a response back for a
//!   slow successor.
//! - **Half-close.** hyper does not read while a handler works, so it does not notice that the peer
//!   has left, nor can it tell a reset from a half-close. Each client that gave up and came back
//!   would leave a handler behind. [`Flusher::poll_arrival`] reads ahead meanwhile, up to a bound.
//! - **Stall.** hyper has no deadline for writes. Here a peer that accepts nothing for
//!   [`write_stall`](crate::server::ServerConfig::write_stall) fails the flusher. A slow reader
//!   that reads steadily is not stalled, even at the end of its connection.
//! - **Last response.** hyper drops a connection that fails, and with it the responses that are
//!   gathered. [`Io::poll_end`] writes them and lingers.
//! - **Fragments and head deadlines.** hyper drops the fragment of a target, and forgets that the
//!   start of a head came with the request before it. It receives one head at a time here: see
//!   [`framing`](super::framing).
//!
//! The lock costs little: hyper and the flusher are polled by one task, so it is never contended.

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Sleep, sleep};

use super::buffered::{Arrived, Buffered};
use super::framing::Framed;
use super::timer::Awaited;
use crate::server::request::Stall;
use crate::server::stream::Departure;
use crate::wire::Meter;

/// The time for which bytes are read and discarded after the last response. A connection that is
/// closed with unread bytes is reset, and the reset can overtake the response (RFC 9112 §9.6).
const LINGER: Duration = Duration::from_secs(1);

/// A connection over the stream `S`, as hyper sees it.
pub(super) struct Io<S> {
    pub(super) stream: Arc<Mutex<Buffered<S>>>,
    write_stall: Duration,
    ending: Option<Ending>,
}

/// The steps at the end of a connection.
enum Ending {
    /// The last bytes are being written.
    Flushing(Stall),
    /// Our side is ended, and the peer has a moment to end its own.
    Lingering(Pin<Box<Sleep>>),
}

/// The result of reading ahead of hyper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadAhead {
    /// Nothing new. The task is woken by whatever comes next.
    Nothing,
    /// More bytes than are read ahead, so the end behind them is not noticed.
    More,
    /// The peer has left.
    Left(Departure),
}

/// Declares to the stream under hyper which requests it carries.
pub(super) struct Framer<S>(pub(super) Arc<Mutex<Buffered<S>>>);

impl<S> Framer<S> {
    /// Declares the body of the request whose head hyper has read last. See
    /// [`Framing::request`](super::framing::Framing::request).
    pub(super) fn request(&self, length: Option<u64>) -> Framed {
        lock(&self.0).request(length)
    }
}

/// Writes what was gathered.
#[derive(Debug)]
pub(super) struct Flusher<S> {
    pub(super) stream: Arc<Mutex<Buffered<S>>>,
    write_stall: Duration,
    stall: Stall,
}

impl<S> Io<S> {
    /// Wraps `stream`, of which the bytes `ahead` were read and below which `meter` counts.
    ///
    /// The flusher fails if the peer accepts nothing for `write_stall`.
    pub(super) fn new(
        stream: S,
        ahead: Bytes,
        meter: Meter,
        write_stall: Duration,
    ) -> (Self, Flusher<S>) {
        let stream = Arc::new(Mutex::new(Buffered::new(stream, ahead, meter)));
        let io = Self {
            stream: Arc::clone(&stream),
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

    /// Returns the stream and the bytes that were read ahead. `None` until the flusher is dropped.
    pub(super) fn into_stream(self) -> Option<(S, BytesMut)> {
        let stream = Arc::clone(&self.stream);
        drop(self);
        let buffered = Arc::into_inner(stream)?.into_inner();
        Some(
            buffered
                .unwrap_or_else(PoisonError::into_inner)
                .into_parts(),
        )
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Io<S> {
    /// Writes `bytes` after everything gathered.
    pub(super) fn gather(&self, bytes: &[u8]) {
        lock(&self.stream).gather(bytes);
    }

    /// Writes what was gathered, ends our side, and reads until the peer ends its own or
    /// [`LINGER`] is over. Fails if the peer accepts nothing for the write stall.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut stream = lock(&self.stream);
        let ending = self
            .ending
            .get_or_insert_with(|| Ending::Flushing(Stall::default()));
        if let Ending::Flushing(stall) = ending {
            if let Poll::Ready(ended) = stream.poll_end(cx) {
                ended?;
                *ending = Ending::Lingering(Box::pin(sleep(LINGER)));
            } else {
                let stalled = stall.poll(cx, Some(stream.progress()), self.write_stall);
                return stalled.map(|()| Err(io::ErrorKind::TimedOut.into()));
            }
        }
        // Polled before reading: a peer that sends without end must not outrun it.
        if let Ending::Lingering(timer) = ending {
            if timer.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
        }
        stream.poll_discard(cx).map(Ok)
    }
}

impl<S> Flusher<S> {
    pub(super) fn framer(&self) -> Framer<S> {
        Framer(Arc::clone(&self.stream))
    }

    /// Reads less ahead, because a [`PeerWatch`](crate::server::stream::PeerWatch) sees the end
    /// behind unread bytes.
    pub(super) fn is_watched(&self) {
        lock(&self.stream).is_watched();
    }

    /// Returns what hyper waited for when it was last polled, and `true` if a request has arrived
    /// since the last call.
    pub(super) fn awaited(&self) -> (Awaited, bool) {
        let mut stream = lock(&self.stream);
        let arrived = stream.take_arrived();
        (stream.awaited(), arrived)
    }

    /// See [`Buffered::is_between_requests`].
    pub(super) fn is_between_requests(&self) -> bool {
        lock(&self.stream).is_between_requests()
    }

    /// See [`Buffered::put_back`].
    pub(super) fn put_back(
        &self,
        gathered: BytesMut,
        arrived: Arrived,
        scratch: &[u8],
        used: usize,
    ) {
        lock(&self.stream).put_back(gathered, arrived, scratch, used);
    }

    /// Must be called before hyper is polled.
    pub(super) fn hyper_is_polled(&self) {
        lock(&self.stream).hyper_is_polled();
    }
}

impl<S: AsyncRead + Unpin> Flusher<S> {
    /// See [`Buffered::poll_arrived`].
    pub(super) fn poll_arrived(
        &self,
        cx: &mut Context<'_>,
        scratch: &mut [u8],
    ) -> Poll<(Arrived, BytesMut)> {
        lock(&self.stream).poll_arrived(cx, scratch)
    }

    /// Reads ahead while hyper does not wait for bytes, and returns what that shows of the peer.
    pub(super) fn poll_arrival(&self, cx: &mut Context<'_>) -> ReadAhead {
        lock(&self.stream).poll_arrival(cx)
    }
}

impl<S: AsyncWrite + Unpin> Flusher<S> {
    /// Writes and flushes everything gathered. Fails if the peer accepts nothing for too long.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut stream = lock(&self.stream);
        let flushed = stream.poll_flush(cx)?;
        // Also if nothing is gathered: hyper writes long bodies without gathering.
        let stalled = stream.is_blocked().then(|| stream.progress());
        if self.stall.poll(cx, stalled, self.write_stall).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        flushed.map(Ok)
    }

    /// Waits for [`poll_flush`](Self::poll_flush).
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }
}

/// Writes `last` to a connection without HTTP, ends our side, and reads until the peer ends its
/// own, for at most [`LINGER`] each.
pub(in crate::server) async fn close_after<S>(stream: S, last: &[u8]) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut io, _flusher) = Io::new(stream, Bytes::new(), Meter::default(), LINGER);
    io.gather(last);
    poll_fn(|cx| io.poll_end(cx)).await
}

pub(super) fn lock<S>(stream: &Mutex<Buffered<S>>) -> MutexGuard<'_, Buffered<S>> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: AsyncRead + Unpin> Read for Io<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut stream = lock(&self.stream);
        #[cfg(feature = "tower")]
        if stream.handover.is_some() {
            return stream.poll_read_handed_over(cx, buffer);
        }
        stream.poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Write for Io<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut stream = lock(&self.stream);
        #[cfg(feature = "tower")]
        stream.check_handed_over()?;
        stream.poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Does nothing while hyper has the stream: the [`Flusher`] flushes at the end of the poll.
    #[cfg_attr(not(feature = "tower"), allow(unused_variables))]
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        #[cfg(feature = "tower")]
        if let Some(flushed) = self.poll_flush_handed_over(cx) {
            return flushed;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_end(cx)
    }
}
