//! The frames that go out: short ones are gathered and leave in one write, the payload of a long one is
//! written as it is, without a copy.
//!
//! What a peer that never reads can make this side keep is bounded: the gathered bytes, one long message,
//! and of its pings the latest (RFC 6455 §5.5.3).

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::AsyncWrite;

use super::buffers;
use super::frame::{self, Key};
use super::validator::{PING, PONG};
use crate::message::{WsMessage, WsStatus};
use crate::session::{Gone, Role};

/// From here on a payload is not copied.
const LONG: usize = 16 * 1024;

/// The outgoing half of a connection.
#[derive(Debug)]
pub(super) struct Writer {
    role: Role,
    gathered: Vec<u8>,
    /// How much of it is written.
    from: usize,
    /// The payload that follows what is gathered.
    long: Option<Long>,
    /// The control frames that follow.
    control: Control,
    /// The last write could not go on.
    blocked: bool,
    /// What is written is not yet flushed.
    unflushed: bool,
    written: u64,
    /// What was written after a write that could not go on.
    bytes_resumed: u64,
}

#[derive(Debug)]
struct Long {
    left: Bytes,
    key: Key,
    /// How much of the payload is masked.
    at: usize,
}

#[derive(Debug, Default)]
struct Control {
    pong: Option<Bytes>,
    ping: Option<Bytes>,
    close: Close,
}

#[derive(Debug, Default)]
enum Close {
    #[default]
    NotYet,
    Waiting(WsStatus),
    /// Nothing may follow.
    Gathered,
}

impl Writer {
    pub(super) fn new(role: Role) -> Self {
        Self {
            role,
            gathered: Vec::new(),
            from: 0,
            long: None,
            control: Control::default(),
            blocked: false,
            unflushed: false,
            written: 0,
            bytes_resumed: 0,
        }
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

    /// Returns how many of them were written after a write that could not go on.
    pub(super) fn bytes_resumed(&self) -> u64 {
        self.bytes_resumed
    }

    /// Whether there is room for one more message.
    pub(super) fn poll_ready<S: AsyncWrite + Unpin>(
        &mut self,
        io: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Gone>> {
        // What waits for a peer that takes nothing waits in the queue, where it may be shared and left out.
        let room = self.gathered.len() - self.from < buffers::GATHERED;
        if room && self.long.is_none() && !self.blocked {
            return Poll::Ready(Ok(()));
        }
        self.poll_write(io, cx).map_err(|_| Gone)
    }

    /// Takes a message for which there is room.
    pub(super) fn message(&mut self, message: WsMessage) -> Result<(), Gone> {
        if self.is_closed() {
            return Err(Gone);
        }
        let key = self.key();
        let opcode = frame::opcode(&message);
        let payload = message.into_bytes();
        let out = self.out();
        frame::put_header(out, opcode, payload.len(), key);
        if payload.len() < LONG {
            frame::put_payload(out, &payload, key, 0);
        } else {
            self.long = Some(Long {
                left: payload,
                key,
                at: 0,
            });
        }
        Ok(())
    }

    /// Sends a close frame after everything else; where one is on its way, it stays the only one.
    pub(super) fn close(&mut self, status: WsStatus) -> Result<(), Gone> {
        if self.is_closed() {
            return Err(Gone);
        }
        self.control.close = Close::Waiting(status);
        Ok(())
    }

    /// Sends a ping with the next write. Of several that wait the latest is sent, and one with an
    /// empty payload only if it is alone.
    pub(super) fn ping(&mut self, payload: Bytes) {
        if !payload.is_empty() || self.control.ping.is_none() {
            self.control.ping = Some(payload);
        }
    }

    /// Answers a ping; where the peer takes nothing, the one that comes last.
    pub(super) fn pong(&mut self, payload: Bytes) {
        let waits = self.blocked || self.long.is_some() || self.control.pong.is_some();
        if waits || self.is_closed() {
            self.control.pong = Some(payload);
        } else {
            let key = self.key();
            frame::put_control(self.out(), PONG, &payload, key);
        }
    }

    fn is_closed(&self) -> bool {
        !matches!(self.control.close, Close::NotYet)
    }

    /// Writes everything, and brings it on its way.
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
            let long = match (&self.long, self.role) {
                (Some(long), Role::Server) => &long.left[..],
                _ => &[],
            };
            if ahead.is_empty() && long.is_empty() {
                self.give_back();
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
                    self.keep_the_rest();
                    return Poll::Pending;
                }
            }
        }
    }

    /// Gathers what may be written next and is not yet: a part of a client's long message, or the control
    /// frames. These wait while the peer takes nothing, so that the latest pong is the one that is sent.
    fn gather(&mut self) {
        let all_written = self.from == self.gathered.len();
        if let Some(long) = &mut self.long {
            if long.left.is_empty() {
                self.long = None;
            } else if all_written && self.role == Role::Client {
                let piece = long.left.split_to(long.left.len().min(buffers::GATHERED));
                let (key, at) = (long.key, long.at);
                long.at += piece.len();
                self.from = 0;
                self.gathered.clear();
                frame::put_payload(self.out(), &piece, key, at);
                return;
            } else {
                return;
            }
        }
        if all_written || !self.blocked {
            self.gather_control();
        }
    }

    fn gather_control(&mut self) {
        if matches!(self.control.close, Close::Gathered) {
            return;
        }
        let Control { pong, ping, close } = std::mem::take(&mut self.control);
        if let Some(payload) = pong {
            let key = self.key();
            frame::put_control(self.out(), PONG, &payload, key);
        }
        if let Some(payload) = ping {
            let key = self.key();
            frame::put_control(self.out(), PING, &payload, key);
        }
        if let Close::Waiting(status) = close {
            let key = self.key();
            frame::put_close(self.out(), &status, key);
            self.control.close = Close::Gathered;
        }
    }

    fn advance(&mut self, written: usize) {
        self.written += written as u64;
        if std::mem::take(&mut self.blocked) {
            self.bytes_resumed += written as u64;
        }
        self.unflushed = true;
        let here = written.min(self.gathered.len() - self.from);
        self.from += here;
        if let Some(long) = &mut self.long {
            long.left.advance(written - here);
        }
    }

    fn key(&self) -> Key {
        match self.role {
            Role::Server => None,
            Role::Client => Some(frame::new_key()),
        }
    }

    fn out(&mut self) -> &mut Vec<u8> {
        if self.gathered.capacity() == 0 {
            self.gathered = buffers::to_write();
        }
        &mut self.gathered
    }

    fn give_back(&mut self) {
        self.from = 0;
        buffers::written(std::mem::take(&mut self.gathered));
    }

    /// Gives back the thread's buffer: what is left of it waits in one of its own size.
    fn keep_the_rest(&mut self) {
        if buffers::is_lent(&self.gathered) {
            let rest = self.gathered[self.from..].to_vec();
            self.give_back();
            self.gathered = rest;
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests;
