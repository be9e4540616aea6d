//! A stream that h2 owns for a while. h2 does not return it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;

use crate::wire::ByteStream;

/// The stream `S`, which is sent back to its owner when this is dropped.
pub(super) struct Reclaim<S> {
    /// `None` only while this is dropped.
    stream: Option<S>,
    back: Option<oneshot::Sender<S>>,
}

/// Wraps `stream`. The receiver resolves to it once the wrapper is dropped.
pub(super) fn reclaimable<S>(stream: S) -> (Reclaim<S>, oneshot::Receiver<S>) {
    let (back, reclaimed) = oneshot::channel();
    let reclaim = Reclaim {
        stream: Some(stream),
        back: Some(back),
    };
    (reclaim, reclaimed)
}

impl<S> Drop for Reclaim<S> {
    fn drop(&mut self) {
        if let (Some(stream), Some(back)) = (self.stream.take(), self.back.take()) {
            let _ = back.send(stream);
        }
    }
}

impl<S: Unpin> Reclaim<S> {
    fn pinned(self: Pin<&mut Self>) -> Pin<&mut S> {
        let stream = self.get_mut().stream.as_mut();
        Pin::new(stream.expect("it is here until this is dropped"))
    }
}

impl<S: ByteStream> AsyncRead for Reclaim<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.pinned().poll_read(cx, buffer)
    }
}

impl<S: ByteStream> AsyncWrite for Reclaim<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.pinned().poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.pinned().poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream
            .as_ref()
            .is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.pinned().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.pinned().poll_shutdown(cx)
    }
}
