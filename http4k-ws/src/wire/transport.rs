//! A session's transport over frames.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{FutureExt, Sink, Stream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message, protocol::Role};

use super::guard::FrameGuard;
use super::stream::FrameStream;
use super::{ByteStream, Limits};
use crate::handler::{Gone, Incoming, Outgoing, Transport};
use crate::message::{WsMessage, WsStatus};

/// So many bytes of a peer that was sent a close frame are read and thrown away: to close a socket with
/// unread bytes resets it, and the reset can overtake the close frame.
const DRAIN: usize = 256 * 1024;

/// One end of a WebSocket connection, after its opening handshake.
pub(crate) struct Wire<S> {
    /// `None` when the connection is dropped.
    frames: Option<WebSocketStream<FrameStream<S>>>,
    role: Role,
    /// How far an orderly end has come.
    shutdown: Shutdown,
    drain: usize,
    written: u64,
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
    pub(crate) fn server(io: S, ahead: Bytes, limits: Limits) -> Self {
        Self::new(io, ahead, limits, Role::Server)
    }

    /// The client's end of a connection whose opening handshake is done; `ahead` was read along with it.
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn client(io: S, ahead: Bytes, limits: Limits) -> Self {
        Self::new(io, ahead, limits, Role::Client)
    }

    fn new(io: S, ahead: Bytes, limits: Limits, role: Role) -> Self {
        let stream = FrameStream::new(io, ahead, FrameGuard::new());
        let frames = WebSocketStream::from_raw_socket(stream, role, Some(limits.config()))
            .now_or_never()
            .expect("to wrap a stream takes no waiting");
        Self {
            frames: Some(frames),
            role,
            shutdown: Shutdown::Flush,
            drain: DRAIN,
            written: 0,
        }
    }

    fn poll_orderly_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(frames) = &mut self.frames else {
            return Poll::Ready(());
        };
        loop {
            match self.shutdown {
                Shutdown::Flush => {
                    if ready!(Pin::new(&mut *frames).poll_flush(cx)).is_err() {
                        return Poll::Ready(());
                    }
                    // The server ends the connection first, so that it keeps TIME_WAIT (RFC 6455 §7.1.1).
                    self.shutdown = match self.role {
                        Role::Server => Shutdown::CloseWriteSide,
                        Role::Client => Shutdown::Drain,
                    };
                }
                Shutdown::CloseWriteSide => {
                    if ready!(Pin::new(frames.get_mut().io_mut()).poll_shutdown(cx)).is_err() {
                        return Poll::Ready(());
                    }
                    self.shutdown = Shutdown::Drain;
                }
                Shutdown::Drain => return frames.get_mut().poll_drain(cx, &mut self.drain),
            }
        }
    }
}

impl<S: ByteStream> Transport for Wire<S> {
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let Some(frames) = &mut self.frames else {
            return Poll::Ready(Incoming::Lost);
        };
        loop {
            let next = match Pin::new(&mut *frames).poll_next(cx) {
                Poll::Ready(next) => next,
                Poll::Pending if frames.get_mut().release_close() => {
                    return Poll::Ready(Incoming::CloseAhead);
                }
                Poll::Pending => return Poll::Pending,
            };
            return Poll::Ready(match next {
                Some(Ok(Message::Text(text))) => {
                    Incoming::Message(WsMessage::from_checked_utf8(text.into()))
                }
                Some(Ok(Message::Binary(bytes))) => Incoming::Message(WsMessage::new_binary(bytes)),
                // tungstenite has queued the pong (RFC 6455 §5.5.2).
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Close(frame))) => Incoming::Close(status(frame)),
                Some(Err(error)) => failure(&error),
                None => Incoming::Lost,
            });
        }
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let Some(frames) = &mut self.frames else {
            return Poll::Ready(Err(Gone));
        };
        Pin::new(frames).poll_ready(cx).map_err(|_| Gone)
    }

    fn start_send(&mut self, outgoing: Outgoing) -> Result<(), Gone> {
        let Some(frames) = &mut self.frames else {
            return Err(Gone);
        };
        Pin::new(frames)
            .start_send(frame(outgoing))
            .map_err(|_| Gone)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let Some(frames) = &mut self.frames else {
            return Poll::Ready(Err(Gone));
        };
        Pin::new(frames).poll_flush(cx).map_err(|_| Gone)
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        ready!(self.poll_orderly_end(cx));
        self.cut();
        Poll::Ready(())
    }

    fn cut(&mut self) {
        self.written = self.taken();
        self.frames = None;
    }

    fn taken(&self) -> u64 {
        self.frames
            .as_ref()
            .map_or(self.written, |frames| frames.get_ref().written())
    }
}

/// The message as tungstenite sends it. Text goes as a frame of bytes, for it was checked already.
fn frame(outgoing: Outgoing) -> Message {
    match outgoing {
        Outgoing::Message(message) => {
            let data = if message.is_text() {
                Data::Text
            } else {
                Data::Binary
            };
            Message::Frame(Frame::message(
                message.into_bytes(),
                OpCode::Data(data),
                true,
            ))
        }
        Outgoing::Close(status) => Message::Close(Some(CloseFrame {
            code: status.code().into(),
            reason: status.reason().into(),
        })),
    }
}

fn status(frame: Option<CloseFrame>) -> WsStatus {
    match frame {
        Some(frame) => WsStatus::received(frame.code.into(), frame.reason.as_str().to_owned()),
        None => WsStatus::NO_STATUS,
    }
}

/// How a failure to read is answered: with a close code where the peer broke a rule (RFC 6455 §7.4.1).
fn failure(error: &Error) -> Incoming {
    let code = match error {
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => return Incoming::Lost,
        Error::Protocol(_) => WsStatus::PROTOCOL_ERROR,
        Error::Utf8(_) => WsStatus::INVALID_PAYLOAD,
        Error::Capacity(_) => WsStatus::TOO_BIG,
        _ => return Incoming::Lost,
    };
    let explained = WsStatus::new(code.code(), error.to_string());
    Incoming::Failed(explained.unwrap_or(code))
}

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("role", &self.role)
            .field("open", &self.frames.is_some())
            .finish()
    }
}
