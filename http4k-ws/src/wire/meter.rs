//! Counts of the bytes of a connection, at the border to the system.
//!
//! A layer between a socket and its connection (TLS, HTTP/2) accepts bytes that the peer has not
//! received, in steps of its own. Only the counts below all layers show that the peer is alive and
//! reads.
//!
//! 1. [`Metered`] wraps the stream of the system, and counts the bytes in both directions.
//! 2. Bytes that the system accepts at once prove nothing, because it has buffers. Bytes that it
//!    accepts after it had refused some prove that the peer received as many before. These are
//!    counted a second time, as *resumed*.
//! 3. Streams of HTTP/2 share a connection. While it is full, its progress counts for a stream that
//!    waits, up to a share. Beyond that share the stream itself should have been served, and only
//!    its own progress counts.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::ByteStream;

/// The counts of one connection, for the tasks that depend on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter(Arc<ByteCounts>);

#[derive(Debug, Default)]
struct ByteCounts {
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
    bytes_resumed: AtomicU64,
}

impl Meter {
    /// Returns the number of bytes that were received from the peer.
    #[cfg_attr(not(feature = "http2"), allow(dead_code))]
    pub(crate) fn bytes_read(&self) -> u64 {
        self.0.bytes_read.load(Ordering::Relaxed)
    }

    /// Returns the number of bytes that the system accepted. It stands still while the peer reads
    /// nothing and the system's buffers are full.
    #[inline]
    pub(crate) fn bytes_written(&self) -> u64 {
        self.0.bytes_written.load(Ordering::Relaxed)
    }

    /// Returns the number of bytes that the system accepted after it had refused some. They prove
    /// that the peer reads.
    #[inline]
    pub(crate) fn bytes_resumed(&self) -> u64 {
        self.0.bytes_resumed.load(Ordering::Relaxed)
    }
}

/// Adds to a count that only one task writes, which saves the bus lock of `fetch_add`.
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

    /// Returns a handle to the counts.
    pub(crate) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    #[inline]
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
    #[inline]
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
    #[inline]
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
/// Its counts only grow, and stand still without progress. They are not exact numbers of bytes.
#[derive(Debug)]
pub(crate) struct StreamProgress {
    meter: Meter,
    share: Option<Box<Share>>,
}

/// A stream's share of a connection that other streams use too.
#[derive(Debug)]
struct Share {
    /// The bytes of the connection that count as progress of a stream which waits.
    most: u64,
    bytes_written: Counter,
    bytes_resumed: Counter,
}

#[derive(Debug)]
struct Counter {
    own: u64,
    all: u64,
    /// The rest of the share.
    left: u64,
    counted: u64,
}

impl StreamProgress {
    /// Creates the progress of a stream that has its connection for itself.
    pub(crate) fn alone(meter: Meter) -> Self {
        Self { meter, share: None }
    }

    /// Creates the progress of one stream of several. Up to `most` bytes of the connection count as
    /// its progress while it makes none itself.
    #[cfg_attr(not(feature = "http2"), allow(dead_code))]
    pub(crate) fn shared(meter: Meter, most: u64) -> Self {
        let share = Some(Box::new(Share {
            most,
            bytes_written: Counter::new(meter.bytes_resumed(), most),
            bytes_resumed: Counter::new(meter.bytes_resumed(), most),
        }));
        Self { meter, share }
    }

    /// Returns the progress in writing. The stream itself wrote `own` bytes.
    #[inline]
    pub(crate) fn bytes_written(&mut self, own: u64) -> u64 {
        match &mut self.share {
            None => self.meter.bytes_written(),
            // A connection that refuses nothing does not hold the stream up.
            Some(share) => share
                .bytes_written
                .count(own, self.meter.bytes_resumed(), share.most),
        }
    }

    /// Returns the progress that proves a peer which reads. The stream itself saw `own` bytes of
    /// proof.
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
    async fn bytes_accepted_after_a_refusal_are_counted_twice() {
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
        let mut progress = StreamProgress::shared(meter.clone(), 100);
        assert_eq!(progress.bytes_written(0), 0);
        add(&meter.0.bytes_resumed, 60);
        assert_eq!(progress.bytes_written(0), 60);
        add(&meter.0.bytes_resumed, 60);
        assert_eq!(progress.bytes_written(0), 100, "no more than the share");
        add(&meter.0.bytes_resumed, 60);
        assert_eq!(progress.bytes_written(0), 100);
        // Its own progress counts, and renews its share.
        assert_eq!(progress.bytes_written(5), 105);
        add(&meter.0.bytes_resumed, 60);
        assert_eq!(progress.bytes_written(5), 165);
    }

    #[test]
    fn a_single_stream_has_all_the_progress() {
        let meter = Meter::default();
        let mut progress = StreamProgress::alone(meter.clone());
        add(&meter.0.bytes_written, 1 << 40);
        add(&meter.0.bytes_resumed, 7);
        assert_eq!(
            (progress.bytes_written(3), progress.bytes_resumed(0)),
            (1 << 40, 7)
        );
    }
}
