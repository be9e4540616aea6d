//! A TCP connection that can be watched while another task owns it.
//!
//! The end of the peer's bytes is behind all bytes that it sent. While these are not read, such as
//! a pipelined request or a body that the handler does not read yet, only the kernel knows that the
//! peer has left. A second descriptor per connection, or a timer that polls its state, would cost
//! more.

use std::io::{self, IoSlice, Read};
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
use tokio::net::TcpStream;

/// The bytes of a connection.
#[derive(Debug)]
pub(super) struct Tcp(Arc<TcpStream>);

/// A second handle to a connection, which notices that its peer left.
#[derive(Debug, Clone)]
pub(super) struct PeerWatch(Arc<TcpStream>);

/// The way in which a peer left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Departure {
    /// The peer ended its side of the connection, and may still read. A peer that closed its socket
    /// looks the same until something is sent to it.
    HalfClosed,
    /// The peer reset the connection.
    Reset,
}

impl Tcp {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(stream))
    }

    pub(super) fn watch(&self) -> PeerWatch {
        PeerWatch(Arc::clone(&self.0))
    }
}

impl PeerWatch {
    /// Waits until the peer leaves or, if it is half-closed `before`, until it resets the
    /// connection.
    ///
    /// The end of the peer's bytes is noticed if all bytes before it fit into the kernel's buffer.
    pub(super) async fn left(self, before: Option<Departure>) -> Departure {
        let wanted = match before {
            None => end_of_stream(),
            Some(_) => Interest::ERROR,
        };
        match self.0.ready(wanted).await {
            Ok(ready) if is_reset(ready) => Departure::Reset,
            Ok(_) => Departure::HalfClosed,
            // The runtime is shutting down.
            Err(_) => Departure::Reset,
        }
    }
}

/// The end of the peer's bytes triggers this interest, and bytes before it do not.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn end_of_stream() -> Interest {
    Interest::PRIORITY | Interest::ERROR
}

/// On other systems the end is noticed when the bytes before it are read.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn end_of_stream() -> Interest {
    Interest::ERROR
}

fn is_reset(ready: Ready) -> bool {
    ready.is_error()
}

impl AsyncRead for Tcp {
    #[inline]
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.poll_read_ready(cx))?;
            let space = buffer.initialize_unfilled();
            let wanted = space.len();
            let mut arrived = None;
            let read = self.0.try_io(Interest::READABLE, || {
                let mut socket = &*SockRef::from(&*self.0);
                let length = socket.read(space)?;
                arrived = Some(length);
                // A short read empties the kernel's buffer. Reporting that saves the call that
                // would only find it empty, as tokio itself does.
                if cfg!(target_os = "linux") && (1..wanted).contains(&length) {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                Ok(())
            });
            match (arrived, read) {
                (Some(length), _) => {
                    buffer.advance(length);
                    return Poll::Ready(Ok(()));
                }
                (None, Err(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
                (None, read) => return Poll::Ready(read),
            }
        }
    }
}

impl Tcp {
    /// Calls `write` as soon as the stream is writable.
    #[inline]
    fn poll_writing(
        &self,
        cx: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_write_ready(cx))?;
            match write(&self.0) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }
}

impl AsyncWrite for Tcp {
    #[inline]
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_writing(cx, |stream| stream.try_write(bytes))
    }

    #[inline]
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_writing(cx, |stream| stream.try_write_vectored(slices))
    }

    #[inline]
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&*self.0).shutdown(Shutdown::Write))
    }
}
