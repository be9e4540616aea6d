//! A session's transport over frames.

use std::fmt;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::AsyncRead;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{
    Role as CodecRole, WebSocketConfig, WebSocketContext,
};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::meter::Line;
use super::reader::{Closing, Reader};
use super::validator::{CloseFrame, Stop, Violation};
use super::writer::Writer;
use super::{ByteStream, Limits};
use crate::message::{WsMessage, WsStatus};
use crate::session::{Gone, Incoming, Outgoing, Progress, Role, Transport};

/// So many bytes of a peer that was sent a close frame are read and thrown away: to close a socket with
/// unread bytes resets it, and the reset can overtake the close frame.
const DRAIN: usize = 256 * 1024;

/// tungstenite zero-fills its whole read buffer at every read, so it gets a small one.
const CODEC_BUFFER: usize = 1024;

/// One end of a WebSocket connection, after its opening handshake.
pub(crate) struct Wire<S> {
    /// `None` when the connection is dropped.
    io: Option<S>,
    role: Role,
    limits: Limits,
    reader: Reader,
    decoder: WebSocketContext,
    /// The number of messages and control frames that the decoder returned.
    decoded: u64,
    writer: Writer,
    line: Line,
    /// The peer's close frame, once the session was told that it is ahead.
    close: Option<CloseFrame>,
    /// How far an orderly end has come.
    shutdown: Shutdown,
    drain: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shutdown {
    Flush,
    CloseWriteSide,
    Drain,
}

impl<S: ByteStream> Wire<S> {
    /// The server's end of a connection whose opening handshake is done; `ahead` was read along with it.
    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    pub(crate) fn server(io: S, line: Line, ahead: Bytes, limits: Limits) -> Self {
        Self::new(io, line, ahead, limits, Role::Server)
    }

    /// The client's end of a connection whose opening handshake is done; `ahead` was read along with it.
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn client(io: S, line: Line, ahead: Bytes, limits: Limits) -> Self {
        Self::new(io, line, ahead, limits, Role::Client)
    }

    fn new(io: S, line: Line, ahead: Bytes, limits: Limits, role: Role) -> Self {
        Self {
            io: Some(io),
            role,
            limits,
            reader: Reader::new(ahead, role, limits),
            decoder: decoder(role, limits),
            decoded: 0,
            writer: Writer::new(role),
            line,
            close: None,
            shutdown: Shutdown::Flush,
            drain: DRAIN,
        }
    }

    /// What the peer sent, as far as it is decoded from what has come.
    fn poll_decoded(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let Some(io) = &mut self.io else {
            return Poll::Ready(Incoming::Lost);
        };
        // The decoder clears its buffer before it reads, so it is not asked for nothing.
        if self.reader.is_decoded(self.decoded) {
            match ready!(self.reader.poll_bytes(io, cx)) {
                Ok(true) => {}
                Ok(false) | Err(_) => return Poll::Ready(Incoming::Lost),
            }
        }
        let mut source = Source {
            io,
            reader: &mut self.reader,
            cx,
        };
        let decoded = self.decoder.read(&mut source);
        self.decoded += u64::from(decoded.is_ok());
        Poll::Ready(match decoded {
            Ok(Message::Text(text)) => {
                self.message_ended();
                Incoming::Message(WsMessage::from_checked_utf8(text.into()))
            }
            Ok(Message::Binary(bytes)) => {
                self.message_ended();
                Incoming::Message(WsMessage::new_binary(bytes))
            }
            Ok(Message::Ping(payload)) => {
                self.writer.pong(payload);
                Incoming::Ping
            }
            Ok(Message::Pong(payload)) => Incoming::Pong(payload),
            // The decoder gives neither while it reads.
            Ok(Message::Frame(_) | Message::Close(_)) => Incoming::Ping,
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                match self.reader.stopped() {
                    None => return Poll::Pending,
                    Some(Stop::Close) => {
                        self.close = Some(CloseFrame::new());
                        Incoming::CloseAhead
                    }
                    Some(Stop::Broken(violation)) => Incoming::Failed(violation.status()),
                }
            }
            Err(error) => failure(&error, self.limits),
        })
    }

    /// Gives back what a large message has left in the decoder, which stands at the end of it.
    fn message_ended(&mut self) {
        if self.reader.take_large() {
            self.decoder = decoder(self.role, self.limits);
        }
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
                    // The server ends the connection first, so that it keeps TIME_WAIT (RFC 6455 §7.1.1).
                    self.shutdown = match self.role {
                        Role::Server => Shutdown::CloseWriteSide,
                        Role::Client => Shutdown::Drain,
                    };
                }
                Shutdown::CloseWriteSide => {
                    if ready!(Pin::new(&mut *io).poll_shutdown(cx)).is_err() {
                        return Poll::Ready(());
                    }
                    self.shutdown = Shutdown::Drain;
                }
                Shutdown::Drain => return self.reader.poll_drain(io, cx, &mut self.drain),
            }
        }
    }
}

impl<S: ByteStream> Transport for Wire<S> {
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let (Some(io), Some(close)) = (&mut self.io, &mut self.close) else {
            return self.poll_decoded(cx);
        };
        Poll::Ready(match ready!(self.reader.poll_close_frame(io, cx, close)) {
            Closing::Frame(payload) => self.closed(&payload),
            Closing::Broken(violation) => Incoming::Failed(violation.status()),
            Closing::Lost => Incoming::Lost,
        })
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        match &mut self.io {
            Some(io) => self.writer.poll_ready(io, cx),
            None => Poll::Ready(Err(Gone)),
        }
    }

    fn start_send(&mut self, outgoing: Outgoing) -> Result<(), Gone> {
        if self.io.is_none() {
            return Err(Gone);
        }
        match outgoing {
            Outgoing::Message(message) => self.writer.message(message),
            Outgoing::Ping(payload) => {
                self.writer.ping(payload);
                Ok(())
            }
            Outgoing::Close(status) => self.writer.close(status),
        }
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
        let bytes_read = self.reader.bytes_read();
        Progress {
            bytes_written: self.line.bytes_written(self.writer.written()),
            bytes_read,
            bytes_resumed: self
                .line
                .bytes_resumed(bytes_read + self.writer.bytes_resumed()),
            partial: self.reader.partial(),
        }
    }

    fn buffered(&self) -> usize {
        let partial = self.reader.partial().map_or(0, |partial| partial.bytes);
        // Its bytes are in memory, so that they are a `usize`.
        partial as usize + self.writer.pending()
    }

    fn shrink(&mut self) {
        self.reader.shrink();
    }
}

fn decoder(role: Role, limits: Limits) -> WebSocketContext {
    let role = match role {
        Role::Server => CodecRole::Server,
        Role::Client => CodecRole::Client,
    };
    let config = WebSocketConfig::default()
        .read_buffer_size(CODEC_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(limits.max_message))
        .max_frame_size(Some(limits.max_frame));
    WebSocketContext::new(role, Some(config))
}

/// What the decoder reads from. The answers that it would give to pings by itself go nowhere: the writer
/// gives them.
struct Source<'a, 'cx, S> {
    io: &'a mut S,
    reader: &'a mut Reader,
    cx: &'a mut Context<'cx>,
}

impl<S: AsyncRead + Unpin> Read for Source<'_, '_, S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.reader.poll_read(self.io, self.cx, out) {
            Poll::Ready(read) => read,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl<S> Write for Source<'_, '_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a close frame says (RFC 6455 §5.5.1, §7.4).
fn status(payload: &[u8]) -> Result<WsStatus, Violation> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return Ok(WsStatus::NO_STATUS);
    };
    let code = u16::from_be_bytes(*code);
    let reason = std::str::from_utf8(reason).map_err(|_| Violation::CloseReason)?;
    // 1016 to 2999 are the protocol's own, and none of them means anything yet.
    let status = match code {
        1016..=2999 => None,
        _ => WsStatus::new(code, reason.to_owned()).ok(),
    };
    status.ok_or(Violation::CloseCode(code))
}

/// How a failure to read is answered: with a close code where the peer broke a rule (RFC 6455 §7.4.1).
fn failure(error: &Error, limits: Limits) -> Incoming {
    Incoming::Failed(
        match error {
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) | Error::Io(_) => {
                return Incoming::Lost;
            }
            Error::Utf8(_) => Violation::Text,
            Error::Capacity(_) => Violation::MessageTooBig(limits.max_message as u64),
            _ => Violation::Protocol,
        }
        .status(),
    )
}

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("role", &self.role)
            .field("open", &self.io.is_some())
            .finish()
    }
}
