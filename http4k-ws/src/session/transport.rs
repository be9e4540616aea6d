//! What a session asks of whatever carries its messages.

use std::task::{Context, Poll};

use bytes::Bytes;

use super::error::WsError;
use crate::message::{WsMessage, WsStatus};

/// What comes from the peer.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A whole message.
    Message(WsMessage),
    /// A ping, whose pong the transport has queued.
    Ping,
    /// A pong, with its payload.
    Pong(Bytes),
    /// The peer's close frame is next. It comes with the next call, and nothing can be sent after that:
    /// what came before it is to be answered first.
    CloseAhead,
    /// The peer's close frame; the transport has queued the echo where one is due.
    Close(WsStatus),
    /// The peer broke the protocol or a limit: the session closes with this status.
    Failed(WsStatus),
    /// Something else is wrong, and the connection stands. Only a test client tells of such.
    Error(WsError),
    /// The connection is gone.
    Lost,
}

/// What goes to the peer.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A whole message.
    Message(WsMessage),
    /// A ping with this payload, which may be sent at any time; the peer's transport answers it. If
    /// several wait, the latest is sent, and one with an empty payload only if it is alone.
    Ping(Bytes),
    /// A close frame; nothing may follow it.
    Close(WsStatus),
}

/// The connection is gone: nothing more can be written.
#[derive(Debug)]
pub(crate) struct Gone;

/// A pipe to the peer. Every method is called by one task only, the session's.
pub(crate) trait Transport: Send + Unpin + 'static {
    /// The next thing from the peer. After [`Incoming::Failed`] or [`Incoming::Lost`] it is not called again.
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming>;

    /// Whether [`start_send`](Self::start_send) may be called.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>>;

    /// Queues `outgoing`; it leaves with the next flush.
    fn start_send(&mut self, outgoing: Outgoing) -> Result<(), Gone>;

    /// Brings everything queued on its way.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>>;

    /// Ends the connection so that a close frame just sent still arrives: flushes, shuts the write side,
    /// and reads until the peer ends it too. The session bounds the time.
    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Drops the connection at once; calling it again is nothing.
    fn abort(&mut self);

    /// Returns how far the bytes have come, in both directions.
    fn progress(&mut self) -> Progress;

    /// Returns the bytes that it holds of messages, in both directions.
    fn buffered(&self) -> usize;

    /// Returns buffers that are much larger than what they hold, for nothing is read for a while.
    fn shrink(&mut self) {}
}

/// How far the bytes of a connection have come. Its counts only grow, and stand still when nothing moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Bytes that the connection has taken. If it is blocked, the peer must take some first.
    pub(crate) bytes_written: u64,
    /// Bytes that came from the peer.
    pub(crate) bytes_read: u64,
    /// Bytes of which the connection cannot have taken any before the peer took others: like bytes that
    /// came, they prove that the peer lives.
    pub(crate) bytes_resumed: u64,
    /// The message that has begun to come and not ended.
    pub(crate) partial: Option<Partial>,
}

/// A message of which a part has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Partial {
    /// Its number: no two messages of a connection have the same.
    pub(crate) number: u64,
    /// Its bytes that have come.
    pub(crate) bytes: u64,
}
