//! A stream with the bytes that were read ahead of hyper, and those that wait to be written.
//!
//! 1. hyper has the first claim to bytes. Only if it was polled and did not wait for any, the
//!    stream reads ahead, at most [`AHEAD`] bytes.
//! 2. Bytes read ahead pass to hyper before any others, and only as far as the framing allows.
//! 3. At most [`GATHERED`] bytes wait to be written. A longer write goes to the stream at once,
//!    after those that wait, and is not copied.
//! 4. An idle connection owns no read buffer, and a write buffer of at most [`KEPT`] bytes.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use hyper::rt::ReadBufCursor;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::{Framed, Framing};
#[cfg(feature = "tower")]
use super::handover::Handover;
use super::io::ReadAhead;
use super::scratch;
use super::timer::Awaited;
use crate::server::stream::Departure;
use crate::wire::Meter;

/// The bytes that are gathered before they are written ahead of the end of a poll.
pub(super) const GATHERED: usize = 32 * 1024;

/// The largest write buffer that an idle connection keeps.
const KEPT: usize = 4 * 1024;

/// The bytes that are read before hyper reads them, to notice that the peer has ended its side.
const AHEAD: usize = 256 * 1024;

/// As [`AHEAD`], if a [`PeerWatch`](crate::server::stream::PeerWatch) sees the end behind unread
/// bytes.
const AHEAD_WATCHED: usize = 16 * 1024;

/// The bytes of a head, and of a body, that are read at a time.
const HEAD: usize = 4 * 1024;
const BODY: usize = scratch::LENGTH;

/// A stream, the bytes read ahead of hyper, and the bytes that are still to be written.
#[derive(Debug)]
pub(super) struct Buffered<S> {
    stream: S,
    /// The bytes that were read before hyper read them.
    ahead: BytesMut,
    max_ahead: usize,
    /// hyper waits for bytes since it was last polled, and is the first to receive some.
    hyper_reads: bool,
    framing: Framing,
    /// A request has arrived since this was last asked.
    arrived: bool,
    /// The error of a read that hyper has not seen.
    failed: Option<io::Error>,
    gathered: BytesMut,
    /// The stream accepted bytes that it may still hold, as one that encrypts does.
    unflushed: bool,
    /// The number of bytes that the stream accepted.
    bytes_written: u64,
    /// Counts below the stream: one that encrypts accepts bytes in larger steps.
    meter: Meter,
    /// The last write was not accepted.
    write_blocked: bool,
    /// The last flush did not finish.
    flush_blocked: bool,
    /// Set once hyper hands the stream over to a handler.
    #[cfg(feature = "tower")]
    pub(super) handover: Option<Box<Handover>>,
}

/// Bytes that have arrived while hyper waits for a head.
pub(super) enum Arrived {
    /// They were read ahead.
    Ahead(BytesMut),
    /// This number of bytes was read.
    Read(usize),
    /// There are no more bytes. hyper reads the same.
    Ended,
}

/// Returns how a peer left whose stream failed with `error`. A TLS peer that ends its bytes without
/// a `close_notify` has still only ended them.
fn departure_of(error: &io::Error) -> Departure {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Departure::HalfClosed,
        _ => Departure::Reset,
    }
}

impl<S> Buffered<S> {
    pub(super) fn new(stream: S, ahead: Bytes, meter: Meter) -> Self {
        Self {
            stream,
            ahead: BytesMut::from(ahead),
            max_ahead: AHEAD,
            // The first that hyper does is to wait for a head.
            hyper_reads: true,
            arrived: false,
            failed: None,
            framing: Framing::default(),
            gathered: BytesMut::new(),
            unflushed: false,
            bytes_written: 0,
            meter,
            write_blocked: false,
            flush_blocked: false,
            #[cfg(feature = "tower")]
            handover: None,
        }
    }

    pub(super) fn into_parts(self) -> (S, BytesMut) {
        (self.stream, self.ahead)
    }

    /// Takes at most `most` of the bytes that were read ahead.
    #[cfg(feature = "tower")]
    pub(super) fn take_ahead(&mut self, most: usize) -> BytesMut {
        match self.ahead.len() > most {
            true => self.ahead.split_to(most),
            // Releases the memory.
            false => std::mem::take(&mut self.ahead),
        }
    }

    pub(super) fn is_watched(&mut self) {
        self.max_ahead = AHEAD_WATCHED;
    }

    pub(super) fn hyper_is_polled(&mut self) {
        self.hyper_reads = false;
    }

    /// Returns `true` if hyper has read all bytes before the next ones, which start a request, and
    /// waits for them.
    pub(super) fn is_between_requests(&self) -> bool {
        self.hyper_reads && self.framing.is_between_requests()
    }

    /// Returns `true` if a request has arrived since the last call.
    pub(super) fn take_arrived(&mut self) -> bool {
        std::mem::take(&mut self.arrived)
    }

    /// Takes back the buffer of gathered responses, and the `arrived` bytes, of which `used` are
    /// done with. Bytes that were read are in `scratch`.
    pub(super) fn put_back(
        &mut self,
        gathered: BytesMut,
        arrived: Arrived,
        scratch: &[u8],
        used: usize,
    ) {
        self.gathered = gathered;
        self.arrived |= used > 0;
        match arrived {
            Arrived::Ahead(bytes) if used == bytes.len() => {}
            Arrived::Ahead(mut bytes) => {
                bytes.advance(used);
                self.ahead = bytes;
            }
            Arrived::Read(length) => self.ahead.extend_from_slice(&scratch[used..length]),
            Arrived::Ended => {}
        }
    }

    pub(super) fn request(&mut self, length: Option<u64>) -> Framed {
        self.arrived = true;
        self.framing.request(length)
    }

    /// Returns what hyper waited for when it was last polled.
    pub(super) fn awaited(&self) -> Awaited {
        match self.hyper_reads {
            true => self.framing.awaited(),
            false => Awaited::Other,
        }
    }

    pub(super) fn gather(&mut self, bytes: &[u8]) {
        self.gathered.extend_from_slice(bytes);
    }

    /// Returns `true` if the stream accepts no bytes, or holds some that it accepted.
    pub(super) fn is_blocked(&self) -> bool {
        self.write_blocked || self.flush_blocked
    }

    /// Returns a number that changes whenever the stream, or the system below it, accepts bytes.
    pub(super) fn progress(&self) -> u64 {
        self.bytes_written + self.meter.bytes_written()
    }
}

impl<S: AsyncRead + Unpin> Buffered<S> {
    /// Takes the bytes that have arrived while hyper waits for a head, and the buffer of gathered
    /// responses. [`put_back`](Self::put_back) must be called with both.
    pub(super) fn poll_arrived(
        &mut self,
        cx: &mut Context<'_>,
        scratch: &mut [u8],
    ) -> Poll<(Arrived, BytesMut)> {
        if self.gathered.len() >= GATHERED {
            // The task is woken when some are written.
            return Poll::Pending;
        }
        let arrived = if self.ahead.is_empty() {
            let mut buffer = ReadBuf::new(&mut scratch[..HEAD]);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => Arrived::Read(buffer.filled().len()),
                read => {
                    self.failed = read.err();
                    Arrived::Ended
                }
            }
        } else {
            Arrived::Ahead(std::mem::take(&mut self.ahead))
        };
        Poll::Ready((arrived, std::mem::take(&mut self.gathered)))
    }

    pub(super) fn poll_arrival(&mut self, cx: &mut Context<'_>) -> ReadAhead {
        if self.hyper_reads {
            return ReadAhead::Nothing;
        }
        scratch::with_scratch(|scratch| self.poll_arrival_into(cx, scratch))
    }

    fn poll_arrival_into(&mut self, cx: &mut Context<'_>, scratch: &mut [u8]) -> ReadAhead {
        loop {
            let space = self.max_ahead.saturating_sub(self.ahead.len()).min(HEAD);
            if space == 0 {
                return ReadAhead::More;
            }
            let mut buffer = ReadBuf::new(&mut scratch[..space]);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
                Poll::Pending => return ReadAhead::Nothing,
                Poll::Ready(Err(error)) => return ReadAhead::Left(departure_of(&error)),
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                    return ReadAhead::Left(Departure::HalfClosed);
                }
                Poll::Ready(Ok(())) => self.ahead.extend_from_slice(buffer.filled()),
            }
            // hyper may wait for bytes although it did not read in this poll.
            cx.waker().wake_by_ref();
        }
    }

    #[inline]
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.hyper_reads {
            // hyper reads twice after a response. The stream has had this waker since the first.
            return Poll::Pending;
        }
        if let Some(error) = self.failed.take() {
            return Poll::Ready(Err(error));
        }
        if self.ahead.is_empty() {
            let most = match self.framing.is_in_body() {
                true => BODY,
                false => HEAD,
            };
            return scratch::with_scratch(|scratch| {
                let space = buffer.remaining().min(most);
                self.poll_read_into(cx, &mut scratch[..space], buffer)
            });
        }
        let length = self.ahead.len().min(buffer.remaining());
        let passed = self.framing.pass(&self.ahead[..length]);
        buffer.put_slice(&self.ahead[..passed]);
        self.ahead.advance(passed);
        if self.ahead.is_empty() {
            // Releases the memory.
            self.ahead = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }

    /// Reads into `scratch`, passes what the framing allows, and keeps the rest.
    fn poll_read_into(
        &mut self,
        cx: &mut Context<'_>,
        scratch: &mut [u8],
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut read = ReadBuf::new(scratch);
        let polled = Pin::new(&mut self.stream).poll_read(cx, &mut read);
        self.hyper_reads = polled.is_pending();
        ready!(polled)?;
        let passed = self.framing.pass(read.filled());
        let (now, later) = read.filled().split_at(passed);
        buffer.put_slice(now);
        self.ahead.extend_from_slice(later);
        Poll::Ready(Ok(()))
    }

    /// Reads from the stream itself.
    #[cfg(feature = "tower")]
    pub(super) fn poll_stream(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }

    /// Reads until the peer ends its side, and discards the bytes.
    pub(super) fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        scratch::with_scratch(|scratch| {
            loop {
                let mut buffer = ReadBuf::new(scratch);
                let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
                if read.is_err() || buffer.filled().is_empty() {
                    return Poll::Ready(());
                }
            }
        })
    }
}

impl<S: AsyncWrite + Unpin> Buffered<S> {
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.gathered.is_empty() {
            let written = Pin::new(&mut self.stream).poll_write(cx, &self.gathered);
            self.count(&written);
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
            let flushed = Pin::new(&mut self.stream).poll_flush(cx);
            self.flush_blocked = flushed.is_pending();
            ready!(flushed)?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Notes the result of a write.
    fn count(&mut self, written: &Poll<io::Result<usize>>) {
        self.write_blocked = written.is_pending();
        if let Poll::Ready(Ok(written)) = written {
            self.bytes_written += *written as u64;
            self.unflushed = true;
        }
    }

    /// Writes what was gathered, and ends our side.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_flush(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    pub(super) fn poll_write_vectored(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = slices.iter().map(|slice| slice.len()).sum::<usize>();
        if self.gathered.len() + length > GATHERED {
            ready!(self.poll_flush(cx))?;
        }
        if length > GATHERED {
            let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
            self.count(&written);
            return written;
        }
        for slice in slices {
            self.gathered.extend_from_slice(slice);
        }
        Poll::Ready(Ok(length))
    }
}
