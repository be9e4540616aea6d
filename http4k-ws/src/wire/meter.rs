//! The bytes of a connection, counted at the system's side.
//!
//! A layer between a socket and its connection (TLS, HTTP/2) takes bytes that the peer has not seen, in
//! steps of its own. Whether the peer lives, and takes what it is sent, shows below all of them:
//!
//! 1. [`Metered`] wraps the stream that the system gave, and counts what it takes and gives.
//! 2. Bytes taken at once prove nothing, for the system has buffers. Bytes taken after it had refused
//!    some prove that the peer took as many before: these are counted a second time, as *resumed*.
//! 3. Streams of HTTP/2 share a connection. While that is full, its progress counts for a stream that
//!    waits, up to a share: past that the stream itself should have had its turn, and its own progress
//!    is what counts.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::ByteStream;

/// The counts of one connection, for the tasks that depend on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
    bytes_resumed: AtomicU64,
}

impl Meter {
    /// Bytes that came from the peer.
    #[cfg_attr(not(feature = "http2"), allow(dead_code))]
    pub(crate) fn bytes_read(&self) -> u64 {
        self.0.bytes_read.load(Ordering::Relaxed)
    }

    /// Bytes that the system took. It stands still while the peer takes nothing and the system's
    /// buffers are full.
    #[inline]
    pub(crate) fn bytes_written(&self) -> u64 {
        self.0.bytes_written.load(Ordering::Relaxed)
    }

    /// Bytes that the system took after it had refused some, which proves that the peer takes them.
    #[inline]
    pub(crate) fn bytes_resumed(&self) -> u64 {
        self.0.bytes_resumed.load(Ordering::Relaxed)
    }
}

/// Adds to a count that one task alone writes, which saves the bus lock of `fetch_add`.
#[inline]
fn add(count: &AtomicU64, bytes: usize) {
    let sum = count.load(Ordering::Relaxed).wrapping_add(bytes as u64);
    count.store(sum, Ordering::Relaxed);
}

/// The stream `S`, whose bytes are counted.
#[derive(Debug)]
pub(crate) struct Metered<S> {
    stream: S,
    /// The last write was refused.
    refused: bool,
    meter: Meter,
}

impl<S> Metered<S> {
    /// Counts the bytes of `stream` from now on.
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            refused: false,
            meter: Meter::default(),
        }
    }

    /// The counts, which live as long as anyone holds them.
    pub(crate) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    fn note(&mut self, written: &Poll<io::Result<usize>>) {
        match written {
            Poll::Ready(Ok(bytes)) => {
                add(&self.meter.0.bytes_written, *bytes);
                if std::mem::take(&mut self.refused) {
                    add(&self.meter.0.bytes_resumed, *bytes);
                }
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.refused = true,
        }
    }
}

impl<S: ByteStream> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        add(&self.meter.0.bytes_read, buffer.filled().len() - before);
        read
    }
}

impl<S: ByteStream> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The progress of one stream of bytes on its connection.
///
/// Its counts only grow, and stand still when nothing moves; they are no exact numbers of bytes.
#[derive(Debug)]
pub(crate) struct Line {
    meter: Meter,
    share: Option<Box<Share>>,
}

/// A stream's part of a connection that others use too.
#[derive(Debug)]
struct Share {
    /// The bytes of the connection that count as progress of a stream which waits for its turn.
    most: u64,
    bytes_written: Counter,
    bytes_resumed: Counter,
}

#[derive(Debug)]
struct Counter {
    own: u64,
    all: u64,
    /// What is left of the share.
    left: u64,
    counted: u64,
}

impl Line {
    /// The line of a stream that has its connection for itself.
    pub(crate) fn alone(meter: Meter) -> Self {
        Self { meter, share: None }
    }

    /// The line of one stream of several: up to `most` bytes of the connection count as its progress
    /// while it makes none itself.
    #[cfg_attr(not(feature = "http2"), allow(dead_code))]
    pub(crate) fn shared(meter: Meter, most: u64) -> Self {
        let share = Some(Box::new(Share {
            most,
            bytes_written: Counter::new(meter.bytes_resumed(), most),
            bytes_resumed: Counter::new(meter.bytes_resumed(), most),
        }));
        Self { meter, share }
    }

    /// How much was taken, of which the stream itself wrote `own` bytes.
    #[inline]
    pub(crate) fn bytes_written(&mut self, own: u64) -> u64 {
        match &mut self.share {
            None => self.meter.bytes_written(),
            // A connection that refuses nothing is not what the stream waits for.
            Some(share) => share
                .bytes_written
                .count(own, self.meter.bytes_resumed(), share.most),
        }
    }

    /// How much was taken after a refusal. `own` counts what the stream itself saw of its peer.
    #[inline]
    pub(crate) fn bytes_resumed(&mut self, own: u64) -> u64 {
        let all = self.meter.bytes_resumed();
        match &mut self.share {
            None => all,
            Some(share) => share.bytes_resumed.count(own, all, share.most),
        }
    }
}

impl Counter {
    fn new(all: u64, most: u64) -> Self {
        Self {
            own: 0,
            all,
            left: most,
            counted: 0,
        }
    }

    fn count(&mut self, own: u64, all: u64, most: u64) -> u64 {
        if own != self.own {
            self.counted += own - self.own;
            self.own = own;
            self.left = most;
        }
        let others = (all - self.all).min(self.left);
        self.all = all;
        self.left -= others;
        self.counted += others;
        self.counted
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn bytes_taken_after_a_refusal_are_counted_twice() {
        let (ours, mut theirs) = duplex(10);
        let mut ours = Metered::new(ours);
        let meter = ours.meter();
        ours.write_all(b"0123456789").await.expect("room");
        assert_eq!((meter.bytes_written(), meter.bytes_resumed()), (10, 0));
        let mut read = [0; 4];
        let (written, _) = tokio::join!(ours.write_all(b"abc"), theirs.read_exact(&mut read));
        written.expect("room");
        assert_eq!((meter.bytes_written(), meter.bytes_resumed()), (13, 3));
        ours.write_all(b"d").await.expect("room");
        assert_eq!((meter.bytes_written(), meter.bytes_resumed()), (14, 3));
        theirs.write_all(b"heard").await.expect("room");
        ours.read_exact(&mut read).await.expect("bytes");
        assert_eq!(meter.bytes_read(), 4);
    }

    #[test]
    fn a_stream_that_waits_has_its_share_of_the_progress() {
        let meter = Meter::default();
        let mut line = Line::shared(meter.clone(), 100);
        assert_eq!(line.bytes_written(0), 0);
        add(&meter.0.bytes_resumed, 60);
        assert_eq!(line.bytes_written(0), 60);
        add(&meter.0.bytes_resumed, 60);
        assert_eq!(line.bytes_written(0), 100, "no more than the share");
        add(&meter.0.bytes_resumed, 60);
        assert_eq!(line.bytes_written(0), 100);
        // Its own progress counts, and earns it a new share.
        assert_eq!(line.bytes_written(5), 105);
        add(&meter.0.bytes_resumed, 60);
        assert_eq!(line.bytes_written(5), 165);
    }

    #[test]
    fn a_stream_that_is_alone_has_all_of_it() {
        let meter = Meter::default();
        let mut line = Line::alone(meter.clone());
        add(&meter.0.bytes_written, 1 << 40);
        add(&meter.0.bytes_resumed, 7);
        assert_eq!((line.bytes_written(3), line.bytes_resumed(0)), (1 << 40, 7));
    }
}
