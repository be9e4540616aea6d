//! The [`Transport`] of a session over a connection of tungstenite.
//!
//! 1. tungstenite responds to a close frame when it reads it, and then sends no message. So the
//!    session must respond to each message before the next frame is read: after a message,
//!    [`Incoming::CloseAhead`] lets the consumer run and its responses leave.
//! 2. The bytes of the connection are out of sight. Progress is counted in whole messages.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::message::{WsMessage, WsStatus};
use crate::session::{Gone, Incoming, Outgoing, Progress, Transport};

/// The bytes that are read and discarded after a close frame was sent, so that a reset does not
/// overtake it.
const DISCARD: usize = 256 * 1024;

/// The bytes of a frame beside its payload, so that an empty one is progress, too.
const HEADER: u64 = 2;

pub(super) struct Adapter<S> {
    /// `None` once the connection is dropped.
    stream: Option<WebSocketStream<S>>,
    max_message: usize,
    /// The consumer must run before the next frame is read.
    yields: bool,
    bytes_read: u64,
    bytes_written: u64,
    /// The bytes that wait for a flush.
    unflushed: u64,
    /// A flush was not complete at once, so its end proves that the peer is alive.
    blocked: bool,
    bytes_resumed: u64,
    write_side_closed: bool,
    discard: usize,
}

impl<S> Adapter<S> {
    pub(super) fn new(stream: WebSocketStream<S>, max_message: usize) -> Self {
        Self {
            stream: Some(stream),
            max_message,
            yields: false,
            bytes_read: 0,
            bytes_written: 0,
            unflushed: 0,
            blocked: false,
            bytes_resumed: 0,
            write_side_closed: false,
            discard: DISCARD,
        }
    }

    fn received(&mut self, message: Message) -> Incoming {
        self.bytes_read += HEADER + message.len() as u64;
        match message {
            Message::Text(text) => self.message(WsMessage::text_from_utf8(text.into())),
            Message::Binary(bytes) => self.message(Ok(WsMessage::new_binary(bytes))),
            // tungstenite has queued the pong, which leaves with the next read or flush.
            Message::Ping(_) | Message::Frame(_) => Incoming::Ping,
            Message::Pong(payload) => Incoming::Pong(payload),
            Message::Close(frame) => Incoming::Close(frame.map_or(WsStatus::NO_STATUS, status)),
        }
    }

    fn message(&mut self, message: Result<WsMessage, std::str::Utf8Error>) -> Incoming {
        self.yields = true;
        match message {
            Ok(message) if message.as_bytes().len() > self.max_message => too_big(self.max_message),
            Ok(message) => Incoming::Message(message),
            Err(_) => Incoming::Failed(WsStatus::INVALID_PAYLOAD),
        }
    }

    fn flushed(&mut self) {
        let bytes = std::mem::take(&mut self.unflushed);
        self.bytes_written += bytes;
        if std::mem::take(&mut self.blocked) {
            self.bytes_resumed += bytes;
        }
    }
}

impl<S> Adapter<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    fn poll_orderly_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // A failed flush is the end of the connection, too.
        if ready!(self.poll_written(cx)).is_err() {
            return Poll::Ready(());
        }
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(());
        };
        let io = stream.get_mut();
        if !self.write_side_closed {
            if ready!(Pin::new(&mut *io).poll_shutdown(cx)).is_err() {
                return Poll::Ready(());
            }
            self.write_side_closed = true;
        }
        let mut buffer = [0; 1024];
        loop {
            let mut read = ReadBuf::new(&mut buffer);
            let polled = ready!(Pin::new(&mut *io).poll_read(cx, &mut read));
            self.discard = self.discard.saturating_sub(read.filled().len());
            if polled.is_err() || read.filled().is_empty() || self.discard == 0 {
                return Poll::Ready(());
            }
        }
    }

    fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(Err(Gone));
        };
        match Pin::new(stream).poll_flush(cx) {
            Poll::Ready(Ok(())) => {
                self.flushed();
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(_)) => Poll::Ready(Err(Gone)),
            Poll::Pending => {
                self.blocked = true;
                Poll::Pending
            }
        }
    }
}

impl<S> Transport for Adapter<S>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        if std::mem::take(&mut self.yields) {
            return Poll::Ready(Incoming::CloseAhead);
        }
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(Incoming::Lost);
        };
        Poll::Ready(match ready!(Pin::new(stream).poll_next(cx)) {
            Some(Ok(message)) => self.received(message),
            Some(Err(error)) => failure(&error, self.max_message),
            None => Incoming::Lost,
        })
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(Err(Gone));
        };
        let polled = Pin::new(stream).poll_ready(cx);
        self.blocked |= polled.is_pending();
        polled.map_err(|_| Gone)
    }

    fn start_send(&mut self, outgoing: Outgoing) -> Result<(), Gone> {
        let stream = self.stream.as_mut().ok_or(Gone)?;
        let message = match outgoing {
            Outgoing::Message(message) => encoded(message),
            Outgoing::Ping(payload) => Message::Ping(payload),
            Outgoing::Close(status) => Message::Close(close_frame(&status)),
        };
        self.unflushed += HEADER + message.len() as u64;
        Pin::new(stream).start_send(message).map_err(|_| Gone)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        self.poll_written(cx)
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        ready!(self.poll_orderly_end(cx));
        self.abort();
        Poll::Ready(())
    }

    fn abort(&mut self) {
        self.stream = None;
    }

    fn progress(&mut self) -> Progress {
        Progress {
            bytes_written: self.bytes_written,
            bytes_read: self.bytes_read,
            bytes_resumed: self.bytes_resumed,
            partial: None,
        }
    }

    fn buffered(&self) -> usize {
        // They are in memory, so their number fits a `usize`.
        self.unflushed as usize
    }
}

fn encoded(message: WsMessage) -> Message {
    let is_text = message.is_text();
    let bytes: Bytes = message.into_bytes();
    if !is_text {
        return Message::Binary(bytes);
    }
    match Utf8Bytes::try_from(bytes.clone()) {
        Ok(text) => Message::Text(text),
        // The text of a message was checked when it was created.
        Err(_) => Message::Binary(bytes),
    }
}

fn close_frame(status: &WsStatus) -> Option<CloseFrame> {
    status.is_sendable().then(|| CloseFrame {
        code: status.code().into(),
        reason: status.reason().into(),
    })
}

/// Returns the status of a close frame. tungstenite has replaced the codes that must not be sent.
fn status(frame: CloseFrame) -> WsStatus {
    let status = WsStatus::new(frame.code.into(), frame.reason.as_str().to_owned());
    status.unwrap_or(WsStatus::PROTOCOL_ERROR)
}

fn too_big(max_message: usize) -> Incoming {
    let reason = format!("a message may have at most {max_message} bytes");
    let status = WsStatus::TOO_BIG.with_reason(reason);
    Incoming::Failed(status.unwrap_or(WsStatus::TOO_BIG))
}

/// Returns the event for a failure to read. If the peer broke a rule, it carries a close code (RFC
/// 6455 §7.4.1).
fn failure(error: &Error, max_message: usize) -> Incoming {
    match error {
        Error::Utf8(_) => Incoming::Failed(WsStatus::INVALID_PAYLOAD),
        Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
            too_big(max_message.min(*max_size))
        }
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Incoming::Lost,
        Error::Protocol(error) => {
            let status = WsStatus::PROTOCOL_ERROR.with_reason(error.to_string());
            Incoming::Failed(status.unwrap_or(WsStatus::PROTOCOL_ERROR))
        }
        _ => Incoming::Lost,
    }
}

impl<S> fmt::Debug for Adapter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adapter")
            .field("open", &self.stream.is_some())
            .finish_non_exhaustive()
    }
}
