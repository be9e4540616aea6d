//! The stream of an accepted connection, and a watch for its peer while another task owns it.
//!
//! The end of the peer's bytes is behind all bytes that it sent. While these are not read, such as
//! a pipelined request or a body that the handler does not read yet, only the kernel knows that the
//! peer has left. A second descriptor per connection, or a timer that polls its state, would cost
//! more.

use std::fmt;
use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use super::long_writes::LongWrites;
use super::socket::{poll_reading, poll_writing};
use crate::wire::{ByteStream, socket};

/// The bytes of a connection.
pub(super) enum Stream {
    Tcp(Arc<TcpStream>, LongWrites),
    #[cfg(unix)]
    Unix(Arc<UnixStream>),
    /// A stream of a listener of the user, which cannot be watched.
    Other(Box<dyn ByteStream>),
}

/// A second handle to a connection, which notices that its peer left.
#[derive(Debug, Clone)]
pub(super) enum PeerWatch {
    Tcp(Arc<TcpStream>),
    #[cfg(unix)]
    Unix(Arc<UnixStream>),
}

/// The way in which a peer left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Departure {
    /// The peer ended its side of the connection, and may still read. A peer that closed its socket
    /// looks the same until something is sent to it.
    HalfClosed,
    /// The peer reset the connection.
    Reset,
}

impl Stream {
    /// Sets the options that a connection of a server needs. The kernel holds about `unsent` bytes
    /// of a TCP connection that are not sent yet.
    ///
    /// # Errors
    ///
    /// Fails if the connection is lost already.
    pub(super) fn prepare(&self, unsent: u32) -> io::Result<()> {
        match self {
            Self::Tcp(stream, _) => socket::prepare_tcp(stream, unsent),
            #[cfg(unix)]
            Self::Unix(stream) => {
                socket::prepare_unix(stream);
                Ok(())
            }
            Self::Other(_) => Ok(()),
        }
    }

    /// Returns a watch for the peer, or `None` if the stream is not a socket of the system.
    pub(super) fn watch(&self) -> Option<PeerWatch> {
        match self {
            Self::Tcp(stream, _) => Some(PeerWatch::Tcp(Arc::clone(stream))),
            #[cfg(unix)]
            Self::Unix(stream) => Some(PeerWatch::Unix(Arc::clone(stream))),
            Self::Other(_) => None,
        }
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
        let ready = match &self {
            Self::Tcp(stream) => stream.ready(wanted).await,
            #[cfg(unix)]
            Self::Unix(stream) => stream.ready(wanted).await,
        };
        match ready {
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

impl AsyncRead for Stream {
    #[inline]
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream, _) => poll_reading(&**stream, cx, buffer),
            #[cfg(unix)]
            Self::Unix(stream) => poll_reading(&**stream, cx, buffer),
            Self::Other(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    #[inline]
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream, long) if long.concern(bytes.len()) => {
                long.poll_write(&**stream, cx, &[IoSlice::new(bytes)])
            }
            Self::Tcp(stream, _) => poll_writing(&**stream, cx, |stream| stream.try_write(bytes)),
            #[cfg(unix)]
            Self::Unix(stream) => poll_writing(&**stream, cx, |stream| stream.try_write(bytes)),
            Self::Other(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    #[inline]
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream, long)
                if long.concern(slices.iter().map(|slice| slice.len()).sum()) =>
            {
                long.poll_write(&**stream, cx, slices)
            }
            Self::Tcp(stream, _) => {
                poll_writing(&**stream, cx, |stream| stream.try_write_vectored(slices))
            }
            #[cfg(unix)]
            Self::Unix(stream) => {
                poll_writing(&**stream, cx, |stream| stream.try_write_vectored(slices))
            }
            Self::Other(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    #[inline]
    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(..) => true,
            #[cfg(unix)]
            Self::Unix(_) => true,
            Self::Other(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Other(stream) => Pin::new(stream).poll_flush(cx),
            _ => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream, _) => Poll::Ready(SockRef::from(&**stream).shutdown(Shutdown::Write)),
            #[cfg(unix)]
            Self::Unix(stream) => Poll::Ready(SockRef::from(&**stream).shutdown(Shutdown::Write)),
            Self::Other(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp(..) => "Tcp",
            #[cfg(unix)]
            Self::Unix(_) => "Unix",
            Self::Other(_) => "Other",
        })
    }
}
