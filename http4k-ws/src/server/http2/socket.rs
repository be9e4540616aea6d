//! A stream that has become a socket.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use h2::{RecvStream, SendStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The bytes that are sent at a time: the largest frame that every peer accepts (RFC 9113 §4.2).
pub(super) const FRAME: usize = 16 * 1024;

/// The bytes of one stream in both directions.
///
/// Its orderly end is END_STREAM. A stream that is dropped before is reset with CANCEL (RFC 8441
/// §5).
pub(super) struct SocketStream {
    send: SendStream<Bytes>,
    receive: RecvStream,
    /// The bytes that arrived and were not read yet.
    unread: Bytes,
    ended: bool,
}

impl SocketStream {
    pub(super) fn new(send: SendStream<Bytes>, receive: RecvStream) -> Self {
        Self {
            send,
            receive,
            unread: Bytes::new(),
            ended: false,
        }
    }
}

/// Waits until the peer accepts bytes, and returns how many of `length` bytes may be sent now.
pub(super) fn poll_capacity(
    send: &mut SendStream<Bytes>,
    cx: &mut Context<'_>,
    length: usize,
) -> Poll<Result<usize, h2::Error>> {
    let wanted = length.min(FRAME);
    send.reserve_capacity(wanted);
    while send.capacity() == 0 {
        match ready!(send.poll_capacity(cx)) {
            Some(Ok(_)) => {}
            Some(Err(error)) => return Poll::Ready(Err(error)),
            None => return Poll::Ready(Err(h2::Reason::STREAM_CLOSED.into())),
        }
    }
    Poll::Ready(Ok(send.capacity().min(wanted)))
}

impl AsyncRead for SocketStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut taken = 0;
        // Reads all bytes that have arrived, which may be many short frames.
        while buffer.remaining() > 0 {
            if self.unread.is_empty() {
                match self.receive.poll_data(cx) {
                    Poll::Ready(Some(Ok(data))) => self.unread = data,
                    Poll::Pending if taken == 0 => return Poll::Pending,
                    Poll::Ready(Some(Err(error))) if taken == 0 => {
                        return Poll::Ready(Err(io::Error::other(error)));
                    }
                    _ => break,
                }
            }
            let length = self.unread.len().min(buffer.remaining());
            buffer.put_slice(&self.unread[..length]);
            self.unread.advance(length);
            taken += length;
        }
        if self.unread.is_empty() {
            // Releases the frame that it was a part of.
            self.unread = Bytes::new();
        }
        let released = self.receive.flow_control().release_capacity(taken);
        Poll::Ready(released.map_err(io::Error::other))
    }
}

impl AsyncWrite for SocketStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let capacity = ready!(poll_capacity(&mut self.send, cx, bytes.len()));
        let capacity = capacity.map_err(io::Error::other)?;
        let data = Bytes::copy_from_slice(&bytes[..capacity]);
        let sent = self.send.send_data(data, false);
        Poll::Ready(sent.map(|()| capacity).map_err(io::Error::other))
    }

    /// Does nothing but release capacity: the task of the connection writes by itself.
    fn poll_flush(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The capacity that is not needed now is for other streams.
        self.send.reserve_capacity(0);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ended {
            return Poll::Ready(Ok(()));
        }
        self.ended = true;
        let ended = self.send.send_data(Bytes::new(), true);
        Poll::Ready(ended.map_err(io::Error::other))
    }
}
