//! The transport of a session over frames.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::decoder::{Decoded, Decoder, Violation};
#[cfg(feature = "deflate")]
use super::deflate::{Compressor, Inflater};
use super::meter::StreamProgress;
use super::writer::Writer;
use super::{ByteStream, Limits};
use crate::message::{WsMessage, WsStatus};
#[cfg(feature = "deflate")]
use crate::session::DeflateTerms;
use crate::session::{Gone, Incoming, Outgoing, Progress, Role, Transport};

/// The bytes that are read and discarded after a close frame was sent. Closing a socket with unread
/// bytes resets it, and the reset can overtake the close frame.
const DISCARD: u32 = 256 * 1024;

/// One end of a WebSocket connection, after its opening handshake.
pub(crate) struct Wire<S> {
    /// `None` once the connection is dropped.
    io: Option<S>,
    role: Role,
    decoder: Decoder,
    writer: Writer,
    progress: StreamProgress,
    /// The next step of an orderly end.
    shutdown: Shutdown,
    discard: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shutdown {
    Flush,
    CloseWriteSide,
    Discard,
}

impl<S: ByteStream> Wire<S> {
    /// Creates the server's end of a connection. `ahead` was read with the opening handshake.
    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    pub(crate) fn server(io: S, progress: StreamProgress, ahead: Bytes, limits: Limits) -> Self {
        Self::new(io, progress, ahead, limits, Role::Server)
    }

    /// Creates the client's end of a connection. `ahead` was read with the opening handshake.
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn client(io: S, progress: StreamProgress, ahead: Bytes, limits: Limits) -> Self {
        Self::new(io, progress, ahead, limits, Role::Client)
    }

    fn new(io: S, progress: StreamProgress, ahead: Bytes, limits: Limits, role: Role) -> Self {
        Self {
            io: Some(io),
            role,
            decoder: Decoder::new(ahead, role, limits),
            writer: Writer::new(role),
            progress,
            shutdown: Shutdown::Flush,
            discard: DISCARD,
        }
    }

    /// Compresses messages in both directions, as the opening handshake agreed.
    #[cfg(feature = "deflate")]
    pub(crate) fn compress(&mut self, agreed: &DeflateTerms) {
        self.writer.compress_with(Compressor::new(agreed));
        self.decoder.inflate_with(Inflater::new(agreed));
    }

    fn closed(&mut self, payload: &[u8]) -> Incoming {
        match status(payload) {
            Ok(status) => {
                // The echo, unless this side has closed first (RFC 6455 §5.5.1).
                let _ = self.writer.close(status.clone());
                Incoming::Close(status)
            }
            Err(violation) => Incoming::Failed(violation.status()),
        }
    }

    fn poll_orderly_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(io) = &mut self.io else {
            return Poll::Ready(());
        };
        loop {
            match self.shutdown {
                Shutdown::Flush => {
                    if ready!(self.writer.poll_flush(io, cx)).is_err() {
                        return Poll::Ready(());
                    }
                    // The server ends the connection first, so that it keeps TIME_WAIT (RFC 6455
                    // §7.1.1).
                    self.shutdown = match self.role {
                        Role::Server => Shutdown::CloseWriteSide,
                        Role::Client => Shutdown::Discard,
                    };
                }
                Shutdown::CloseWriteSide => {
                    if ready!(Pin::new(&mut *io).poll_shutdown(cx)).is_err() {
                        return Poll::Ready(());
                    }
                    self.shutdown = Shutdown::Discard;
                }
                Shutdown::Discard => return self.decoder.poll_discard(io, cx, &mut self.discard),
            }
        }
    }
}

impl<S: ByteStream> Transport for Wire<S> {
    #[inline]
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let Some(io) = &mut self.io else {
            return Poll::Ready(Incoming::Lost);
        };
        Poll::Ready(match ready!(self.decoder.poll_next(io, cx)) {
            Decoded::Message(message) => Incoming::Message(message),
            Decoded::Ping(payload) => {
                self.writer.pong(payload);
                Incoming::Ping
            }
            Decoded::Pong(payload) => Incoming::Pong(payload),
            Decoded::CloseAhead => Incoming::CloseAhead,
            Decoded::Close(payload) => self.closed(&payload),
            Decoded::Broken(violation) => Incoming::Failed(violation.status()),
            Decoded::Lost => Incoming::Lost,
        })
    }

    #[inline]
    fn has_arrived(&self) -> bool {
        self.decoder.has_started()
    }

    #[inline]
    fn take_arrived(&mut self, receive: impl FnMut(WsMessage) -> bool) -> Option<Incoming> {
        let violation = self.decoder.take_whole(receive).err()?;
        Some(Incoming::Failed(violation.status()))
    }

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        match &mut self.io {
            Some(io) => self.writer.poll_ready(io, cx),
            None => Poll::Ready(Err(Gone)),
        }
    }

    #[inline]
    fn start_send(&mut self, outgoing: Outgoing) -> Result<(), Gone> {
        if self.io.is_none() {
            return Err(Gone);
        }
        match outgoing {
            Outgoing::Message(message) => self.writer.message(&message),
            Outgoing::Ping(payload) => {
                self.writer.ping(payload);
                Ok(())
            }
            Outgoing::Close(status) => self.writer.close(status),
        }
    }

    #[inline]
    fn gathers(&self) -> bool {
        self.io.is_some() && self.writer.is_plain()
    }

    #[inline]
    fn gather(&mut self, message: &WsMessage) {
        self.writer.plain(message);
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        match &mut self.io {
            Some(io) => self.writer.poll_flush(io, cx),
            None => Poll::Ready(Err(Gone)),
        }
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        ready!(self.poll_orderly_end(cx));
        self.abort();
        Poll::Ready(())
    }

    fn abort(&mut self) {
        self.io = None;
    }

    fn progress(&mut self) -> Progress {
        let bytes_read = self.decoder.bytes_read();
        Progress {
            bytes_written: self.progress.bytes_written(self.writer.written()),
            bytes_read,
            bytes_resumed: self
                .progress
                .bytes_resumed(bytes_read + self.writer.bytes_resumed()),
            partial: self.decoder.partial(),
        }
    }

    fn buffered(&self) -> usize {
        let partial = self.decoder.partial().map_or(0, |partial| partial.bytes);
        // The bytes are in memory, so their number fits a `usize`.
        partial as usize + self.writer.pending()
    }

    fn shrink(&mut self) {
        self.decoder.shrink();
    }
}

/// Parses the payload of a close frame (RFC 6455 §5.5.1, §7.4).
fn status(payload: &[u8]) -> Result<WsStatus, Violation> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return Ok(WsStatus::NO_STATUS);
    };
    let code = u16::from_be_bytes(*code);
    let reason = std::str::from_utf8(reason).map_err(|_| Violation::CloseReason)?;
    // 1016 to 2999 are reserved for the protocol, and none of them is defined yet.
    let status = match code {
        1016..=2999 => None,
        _ => WsStatus::new(code, reason.to_owned()).ok(),
    };
    status.ok_or(Violation::CloseCode(code))
}

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("role", &self.role)
            .field("open", &self.io.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests;
