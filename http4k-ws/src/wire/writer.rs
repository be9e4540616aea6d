//! The outgoing half of a connection.
//!
//! 1. The wire order is: the gathered bytes, then the rest of the long payload, then the waiting
//!    control frames. A pong, a ping and the close frame leave in this order.
//! 2. A message is accepted only while there is no long payload, no blocked write and less than
//!    [`GATHERED`](buffers::GATHERED) bytes. So a peer that reads nothing costs at most the
//!    gathered bytes, one long message, the latest pong and the latest ping (RFC 6455 §5.5.3).
//! 3. A payload of at least [`LONG`] bytes is not copied by a server. A client must mask it (RFC
//!    6455 §5.3), so it is copied into the gathered bytes, a piece at a time.
//! 4. Control frames wait while a write is blocked, so that only the latest pong is sent. They are
//!    gathered as soon as the bytes ahead of them are written.
//! 5. Nothing follows a close frame.
//! 6. The buffer of the thread is returned when everything is written, or when a write is blocked.
//!    The rest then waits in a buffer of its own size.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::AsyncWrite;

use super::buffers;
use super::decoder::{COMPRESSED, PING, PONG};
#[cfg(feature = "deflate")]
use super::deflate::Compressor;
use super::mask::MaskKey;
use super::{frame, mask};
use crate::message::{WsMessage, WsStatus};
use crate::session::{Gone, Role};

/// The length from which a payload is not copied.
const LONG: usize = 16 * 1024;

/// The outgoing half of a connection.
#[derive(Debug)]
pub(super) struct Writer {
    role: Role,
    gathered: Vec<u8>,
    /// The number of gathered bytes that are written.
    from: usize,
    /// The payload that follows the gathered bytes. Boxed, as the control frames are, because few
    /// sockets have one at a time.
    long: Option<Box<Long>>,
    /// The control frames that follow.
    control: Option<Box<Control>>,
    /// A close frame is among the control frames or the gathered bytes. Nothing may follow it.
    closed: bool,
    /// The last write was not accepted.
    blocked: bool,
    /// Some written bytes are not flushed yet.
    unflushed: bool,
    written: u64,
    /// The bytes that were written after a write that was not accepted.
    bytes_resumed: u64,
    /// Compresses messages, if the handshake agreed on it.
    #[cfg(feature = "deflate")]
    compressor: Option<Box<Compressor>>,
}

#[derive(Debug)]
struct Long {
    left: Bytes,
    key: MaskKey,
    /// The number of payload bytes that are masked.
    at: usize,
}

#[derive(Debug, Default)]
struct Control {
    pong: Option<Bytes>,
    ping: Option<Bytes>,
    close: Option<WsStatus>,
}

impl Writer {
    pub(super) fn new(role: Role) -> Self {
        Self {
            role,
            gathered: Vec::new(),
            from: 0,
            long: None,
            control: None,
            closed: false,
            blocked: false,
            unflushed: false,
            written: 0,
            bytes_resumed: 0,
            #[cfg(feature = "deflate")]
            compressor: None,
        }
    }

    /// Compresses the messages from now on.
    #[cfg(feature = "deflate")]
    pub(super) fn compress_with(&mut self, compressor: Option<Compressor>) {
        self.compressor = compressor.map(Box::new);
    }

    /// Returns the number of bytes that were written.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Returns the number of bytes that are still to be written.
    pub(super) fn pending(&self) -> usize {
        let long = self.long.as_ref().map_or(0, |long| long.left.len());
        self.gathered.len() - self.from + long
    }

    /// Returns the number of bytes that were written after a write that was not accepted.
    pub(super) fn bytes_resumed(&self) -> u64 {
        self.bytes_resumed
    }

    /// Ready if one more message may be sent.
    #[inline]
    pub(super) fn poll_ready<S: AsyncWrite + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Gone>> {
        // Messages for a peer that reads nothing stay in the session's queue, which can coalesce
        // and drop them.
        let room = self.gathered.len() - self.from < buffers::GATHERED;
        if room && self.long.is_none() && !self.blocked {
            return Poll::Ready(Ok(()));
        }
        self.poll_write(io, cx).map_err(|_| Gone)
    }

    /// Returns `true` if all is written, and messages are neither compressed nor masked.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        #[cfg(feature = "deflate")]
        if self.compressor.is_some() {
            return false;
        }
        self.gathered.is_empty() && !self.has_wait() && !self.closed && self.role == Role::Server
    }

    /// Gathers a short message, if the connection [was plain](Self::is_plain) before the first one
    /// of them.
    #[inline]
    pub(super) fn plain(&mut self, message: &WsMessage) {
        let payload = message.as_bytes();
        debug_assert!(payload.len() < LONG, "a long payload is not copied");
        let out = self.out();
        frame::put_header(out, frame::opcode(message), payload.len(), None);
        out.extend_from_slice(payload);
    }

    /// Gathers a message, after [`poll_ready`](Self::poll_ready) was ready.
    #[inline]
    pub(super) fn message(&mut self, message: &WsMessage) -> Result<(), Gone> {
        if self.closed {
            return Err(Gone);
        }
        let key = self.key();
        let compressed = self.compressed(message);
        let (opcode, payload) = match &compressed {
            Some(compressed) => (frame::opcode(message) | COMPRESSED, compressed),
            None => (frame::opcode(message), message.as_bytes()),
        };
        let out = self.out();
        frame::put_header(out, opcode, payload.len(), key);
        if payload.len() < LONG {
            mask::put_payload(out, payload, key, 0);
        } else {
            let left = payload.clone();
            self.long = Some(Box::new(Long { left, key, at: 0 }));
        }
        Ok(())
    }

    /// Returns the compressed payload of `message`, if it is to be sent compressed.
    #[cfg(feature = "deflate")]
    #[inline]
    fn compressed(&mut self, message: &WsMessage) -> Option<Bytes> {
        self.compressor.as_mut()?.compress(message)
    }

    #[cfg(not(feature = "deflate"))]
    fn compressed(&mut self, _message: &WsMessage) -> Option<Bytes> {
        None
    }

    /// Sends a close frame after everything else. Fails if there is one already.
    pub(super) fn close(&mut self, status: WsStatus) -> Result<(), Gone> {
        if self.closed {
            return Err(Gone);
        }
        self.closed = true;
        if self.has_wait() {
            self.control.get_or_insert_default().close = Some(status);
        } else {
            let key = self.key();
            frame::put_close(self.out(), &status, key);
        }
        Ok(())
    }

    /// Sends a ping with the next write. Of several that wait the latest is sent, and one with an
    /// empty payload only if it is alone.
    pub(super) fn ping(&mut self, payload: Bytes) {
        let Some(Control { ping, .. }) = self.control() else {
            return;
        };
        if !payload.is_empty() || ping.is_none() {
            *ping = Some(payload);
        }
    }

    /// Responds to a ping. Of several that wait only the latest is sent.
    pub(super) fn pong(&mut self, payload: Bytes) {
        // A newer pong must be able to replace it, which it could not in `gathered`.
        if self.closed || self.has_wait() {
            if let Some(Control { pong, .. }) = self.control() {
                *pong = Some(payload);
            }
        } else {
            let key = self.key();
            frame::put_control(self.out(), PONG, &payload, key);
        }
    }

    /// Returns `true` if a control frame must wait behind a payload, a write or another one (1, 4).
    fn has_wait(&self) -> bool {
        self.blocked || self.long.is_some() || self.control.is_some()
    }

    /// Returns the control frames that wait, for another one in front of a close frame. `None` if
    /// that is gathered (5).
    fn control(&mut self) -> Option<&mut Control> {
        match self.closed {
            true => self.control.as_deref_mut(),
            false => Some(self.control.get_or_insert_default()),
        }
    }

    /// Writes and flushes everything.
    pub(super) fn poll_flush<S: AsyncWrite + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Gone>> {
        if ready!(self.poll_write(io, cx)).is_err() {
            return Poll::Ready(Err(Gone));
        }
        if self.unflushed {
            ready!(Pin::new(io).poll_flush(cx)).map_err(|_| Gone)?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write<S: AsyncWrite + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            self.gather();
            let ahead = &self.gathered[self.from..];
            // The payload of a client's frame must be masked, so it leaves through `gathered`.
            let long = match (&self.long, self.role) {
                (Some(long), Role::Server) => &long.left[..],
                _ => &[],
            };
            if ahead.is_empty() && long.is_empty() {
                self.return_buffer();
                return Poll::Ready(Ok(()));
            }
            let polled = if long.is_empty() {
                Pin::new(&mut *io).poll_write(cx, ahead)
            } else {
                let slices = [IoSlice::new(ahead), IoSlice::new(long)];
                let first = usize::from(ahead.is_empty());
                Pin::new(&mut *io).poll_write_vectored(cx, &slices[first..])
            };
            match polled {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => self.advance(written),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.blocked = true;
                    self.keep_rest();
                    return Poll::Pending;
                }
            }
        }
    }

    /// Gathers the bytes to write next: a piece of a client's long payload, or the control frames.
    #[inline]
    fn gather(&mut self) {
        // Mostly there is neither.
        if self.long.is_some() || self.control.is_some() {
            self.gather_next();
        }
    }

    fn gather_next(&mut self) {
        let all_written = self.from == self.gathered.len();
        if let Some(long) = &mut self.long {
            if long.left.is_empty() {
                // The payload is written, so the control frames may follow.
                self.long = None;
            } else if all_written && self.role == Role::Client {
                // A client masks a copy of the next piece. The piece before it is written, so its
                // memory is free.
                let piece = long.left.split_to(long.left.len().min(buffers::GATHERED));
                let (key, at) = (long.key, long.at);
                long.at += piece.len();
                self.from = 0;
                self.gathered.clear();
                mask::put_payload(self.out(), &piece, key, at);
                return;
            } else {
                // A server writes the payload without a copy, and nothing may come before its end.
                return;
            }
        }
        // Behind a blocked write a newer pong may still replace the one that waits.
        if all_written || !self.blocked {
            self.gather_control();
        }
    }

    fn gather_control(&mut self) {
        let Some(control) = self.control.take() else {
            return;
        };
        let Control { pong, ping, close } = *control;
        if let Some(payload) = pong {
            let key = self.key();
            frame::put_control(self.out(), PONG, &payload, key);
        }
        if let Some(payload) = ping {
            let key = self.key();
            frame::put_control(self.out(), PING, &payload, key);
        }
        if let Some(status) = close {
            let key = self.key();
            frame::put_close(self.out(), &status, key);
        }
    }

    fn advance(&mut self, written: usize) {
        self.written += written as u64;
        if std::mem::take(&mut self.blocked) {
            self.bytes_resumed += written as u64;
        }
        self.unflushed = true;
        // The gathered bytes leave first, and what is beyond them is of the long payload.
        let here = written.min(self.gathered.len() - self.from);
        self.from += here;
        if let Some(long) = &mut self.long {
            long.left.advance(written - here);
        }
    }

    #[inline]
    fn key(&self) -> MaskKey {
        match self.role {
            Role::Server => None,
            Role::Client => Some(mask::new_key()),
        }
    }

    #[inline]
    fn out(&mut self) -> &mut Vec<u8> {
        if self.gathered.capacity() == 0 {
            self.gathered = buffers::for_writing();
        }
        &mut self.gathered
    }

    fn return_buffer(&mut self) {
        self.from = 0;
        buffers::return_written(std::mem::take(&mut self.gathered));
    }

    /// Returns the buffer of the thread, and moves the rest to a buffer of its own size.
    fn keep_rest(&mut self) {
        if buffers::is_lent(&self.gathered) {
            let rest = self.gathered[self.from..].to_vec();
            self.return_buffer();
            self.gathered = rest;
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.return_buffer();
    }
}

#[cfg(test)]
mod tests;
