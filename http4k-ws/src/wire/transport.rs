//! The transport of a session over frames.

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

use super::meter::StreamProgress;
use super::reader::{Closing, Reader};
use super::validator::{CloseFrame, Stop, Violation};
use super::writer::Writer;
use super::{ByteStream, Limits};
use crate::message::{WsMessage, WsStatus};
use crate::session::{Gone, Incoming, Outgoing, Progress, Role, Transport};

/// The bytes that are read and discarded after a close frame was sent. Closing a socket with unread
/// bytes resets it, and the reset can overtake the close frame.
const DISCARD: usize = 256 * 1024;

/// tungstenite fills its whole read buffer with zeros at every read, so it gets a small one.
const CODEC_BUFFER: usize = 1024;

/// One end of a WebSocket connection, after its opening handshake.
pub(crate) struct Wire<S> {
    /// `None` once the connection is dropped.
    io: Option<S>,
    role: Role,
    limits: Limits,
    reader: Reader,
    decoder: WebSocketContext,
    /// The number of messages and control frames that the decoder returned.
    decoded: u64,
    writer: Writer,
    progress: StreamProgress,
    /// The peer's close frame, once the session knows that it is next.
    close: Option<CloseFrame>,
    /// The next step of an orderly end.
    shutdown: Shutdown,
    discard: usize,
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
            limits,
            reader: Reader::new(ahead, role, limits),
            decoder: decoder(role, limits),
            decoded: 0,
            writer: Writer::new(role),
            progress,
            close: None,
            shutdown: Shutdown::Flush,
            discard: DISCARD,
        }
    }

    /// Returns the next event that the decoder finds in the bytes that have arrived.
    fn poll_decoded(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let Some(io) = &mut self.io else {
            return Poll::Ready(Incoming::Lost);
        };
        // The decoder clears its buffer before it reads, so it is not called in vain.
        if self.reader.is_decoded(self.decoded) {
            match ready!(self.reader.poll_bytes(io, cx)) {
                Ok(true) => {}
                Ok(false) | Err(_) => return Poll::Ready(Incoming::Lost),
            }
        }
        let mut source = DecoderStream {
            io,
            reader: &mut self.reader,
            cx,
        };
        let decoded = self.decoder.read(&mut source);
        self.decoded += u64::from(decoded.is_ok());
        Poll::Ready(match decoded {
            Ok(Message::Text(text)) => {
                self.message_ended();
                Incoming::Message(WsMessage::new_text(text.as_str()))
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
            // The decoder returns neither while it reads.
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

    /// Releases the buffer that a large message has left in the decoder, which is between two
    /// messages.
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
                Shutdown::Discard => return self.reader.poll_discard(io, cx, &mut self.discard),
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
            bytes_written: self.progress.bytes_written(self.writer.written()),
            bytes_read,
            bytes_resumed: self
                .progress
                .bytes_resumed(bytes_read + self.writer.bytes_resumed()),
            partial: self.reader.partial(),
        }
    }

    fn buffered(&self) -> usize {
        let partial = self.reader.partial().map_or(0, |partial| partial.bytes);
        // The bytes are in memory, so their number fits a `usize`.
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

/// The stream that the decoder reads and writes. Its own responses to pings are discarded, because
/// the writer sends them.
struct DecoderStream<'a, 'cx, S> {
    io: &'a mut S,
    reader: &'a mut Reader,
    cx: &'a mut Context<'cx>,
}

impl<S: AsyncRead + Unpin> Read for DecoderStream<'_, '_, S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.reader.poll_read(self.io, self.cx, out) {
            Poll::Ready(read) => read,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl<S> Write for DecoderStream<'_, '_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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

/// Returns the event for a failure to read. If the peer broke a rule, it carries a close code (RFC
/// 6455 §7.4.1).
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
