//! Reading and writing the sockets of the system that several handles share.

use std::io::{self, Read};
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{Interest, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

/// The methods that tokio's sockets have in common.
pub(super) trait Socket {
    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
    fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
    fn try_read_by(&self, read: impl FnOnce() -> io::Result<()>) -> io::Result<()>;
    fn try_read_uninit(&self, buffer: &mut ReadBuf<'_>) -> io::Result<usize>;
    fn as_socket(&self) -> SockRef<'_>;
}

macro_rules! socket {
    ($stream:ty) => {
        impl Socket for $stream {
            #[inline]
            fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.poll_read_ready(cx)
            }

            #[inline]
            fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.poll_write_ready(cx)
            }

            #[inline]
            fn try_read_by(&self, read: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
                self.try_io(Interest::READABLE, read)
            }

            fn try_read_uninit(&self, buffer: &mut ReadBuf<'_>) -> io::Result<usize> {
                self.try_read_buf(buffer)
            }

            #[inline]
            fn as_socket(&self) -> SockRef<'_> {
                SockRef::from(self)
            }
        }
    };
}

socket!(TcpStream);
#[cfg(unix)]
socket!(UnixStream);

/// Reads into `buffer` as soon as bytes have arrived.
#[inline]
pub(super) fn poll_reading(
    stream: &impl Socket,
    cx: &mut Context<'_>,
    buffer: &mut ReadBuf<'_>,
) -> Poll<io::Result<()>> {
    loop {
        ready!(stream.poll_readable(cx))?;
        let wanted = buffer.remaining();
        let mut arrived = None;
        let read = stream.try_read_by(|| {
            let length = read_once(stream, buffer)?;
            arrived = Some(length);
            // A short read empties the kernel's buffer. Reporting that saves the call that would
            // only find it empty, as tokio itself does.
            if cfg!(target_os = "linux") && (1..wanted).contains(&length) {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            Ok(())
        });
        match (arrived, read) {
            (Some(_), _) => return Poll::Ready(Ok(())),
            (None, Err(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
            (None, read) => return Poll::Ready(read),
        }
    }
}

#[inline]
fn read_once(stream: &impl Socket, buffer: &mut ReadBuf<'_>) -> io::Result<usize> {
    if buffer.initialized().len() < buffer.capacity() {
        // The memory of a long message, which is not set to zeros first.
        return stream.try_read_uninit(buffer);
    }
    let mut socket = &*stream.as_socket();
    let length = socket.read(buffer.initialize_unfilled())?;
    buffer.advance(length);
    Ok(length)
}

/// Calls `write` as soon as the stream is writable.
#[inline]
pub(super) fn poll_writing<S: Socket>(
    stream: &S,
    cx: &mut Context<'_>,
    write: impl Fn(&S) -> io::Result<usize>,
) -> Poll<io::Result<usize>> {
    loop {
        ready!(stream.poll_writable(cx))?;
        match write(stream) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            written => return Poll::Ready(written),
        }
    }
}
