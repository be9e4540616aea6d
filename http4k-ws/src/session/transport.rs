//! The connection under a session: its handshake, its role, and the [`Transport`] of its messages.
//!
//! The frame codec over a byte stream is one transport, and a pipe between two sessions in memory
//! is the other. A session treats both alike, so that a test sees what a client sees.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;

use super::error::WsError;
use crate::message::{KeptRequest, WsMessage, WsStatus};

/// The end of a connection. A client masks what it sends (RFC 6455 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// One of many connections, with peers that the program did not choose. It buffers little.
    #[cfg_attr(not(any(feature = "server", feature = "testing")), allow(dead_code))]
    Server,
    /// The program chose this peer, and sets its own bounds.
    #[cfg_attr(not(any(feature = "client", feature = "testing")), allow(dead_code))]
    Client,
}

/// The result of an opening handshake.
#[derive(Debug)]
pub(crate) struct Handshake {
    pub(crate) request: KeptRequest,
    pub(crate) subprotocol: Option<String>,
    /// The template of the route that matched the request.
    pub(crate) route: Option<Cow<'static, str>>,
    /// The fields of the response, except those of the handshake itself. `None` saves memory if
    /// there are none.
    pub(crate) response: Option<Box<HeaderMap>>,
}

/// Returns an empty map of header fields.
pub(crate) fn no_headers() -> &'static HeaderMap {
    static NONE: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);
    &NONE
}

/// An event that a transport reads from its peer.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A whole message.
    Message(WsMessage),
    /// A ping, whose pong the transport has queued.
    Ping,
    /// A pong, with its payload.
    Pong(Bytes),
    /// The peer's close frame is next, and the next call returns it. Nothing can be sent after
    /// that, so the consumer must respond to earlier messages first.
    CloseAhead,
    /// The peer's close frame. The transport has queued the echo if one is due.
    Close(WsStatus),
    /// The peer broke the protocol or exceeded a limit. The session closes with this status.
    Failed(WsStatus),
    /// Another error, after which the connection stands. Only test clients produce it.
    Error(WsError),
    /// The connection is lost.
    Lost,
}

/// A frame or message for the peer.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A whole message.
    Message(WsMessage),
    /// A ping with this payload, which may be sent at any time. The peer's transport responds to
    /// it. If several wait, the latest is sent, and one with an empty payload only if it is alone.
    Ping(Bytes),
    /// A close frame. Nothing may follow it.
    Close(WsStatus),
}

/// The connection is lost, and accepts no more bytes.
#[derive(Debug)]
pub(crate) struct Gone;

/// The bytes of messages that a transport gathers at once.
pub(crate) const GATHERS: usize = 16 * 1024;

/// A connection that carries messages. Only the task of its session calls it.
pub(crate) trait Transport: Send + Unpin + 'static {
    /// Polls the next event from the peer. Not called again after [`Incoming::Failed`] or
    /// [`Incoming::Lost`].
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming>;

    /// Returns `true` if more has arrived behind a message, for
    /// [`take_arrived`](Self::take_arrived).
    fn has_arrived(&self) -> bool {
        false
    }

    /// Passes messages that have arrived to `receive` while that returns `true`. Returns the event
    /// that ends them, if it was met.
    fn take_arrived(&mut self, _receive: impl FnMut(WsMessage) -> bool) -> Option<Incoming> {
        None
    }

    /// Polls until [`start_send`](Self::start_send) may be called.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>>;

    /// Queues `outgoing`, which leaves with the next flush.
    fn start_send(&mut self, outgoing: Outgoing) -> Result<(), Gone>;

    /// Returns `true` if up to [`GATHERS`] bytes of messages may be passed to
    /// [`gather`](Self::gather), because that only copies them.
    fn gathers(&self) -> bool {
        false
    }

    /// Queues a message as [`start_send`](Self::start_send) does, but copies it at once.
    fn gather(&mut self, _message: &WsMessage) {}

    /// Writes everything queued to the connection.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Gone>>;

    /// Ends the connection in order, so that a close frame just sent still arrives: flushes, shuts
    /// down the write side, and reads until the peer does the same. The session bounds the time.
    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Drops the connection at once. Calling it again has no effect.
    fn abort(&mut self);

    /// Returns how many bytes the connection has moved, in both directions.
    fn progress(&mut self) -> Progress;

    /// Returns the bytes of messages that the transport buffers, in both directions.
    fn buffered(&self) -> usize;

    /// Releases buffers that are much larger than their content, because reading pauses.
    fn shrink(&mut self) {}
}

/// The byte counts of a connection. They only grow, and stand still while nothing moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Bytes that the connection accepted. A blocked connection accepts more only after its peer
    /// has read some.
    pub(crate) bytes_written: u64,
    /// Bytes that arrived from the peer.
    pub(crate) bytes_read: u64,
    /// Bytes that the connection accepted after it had refused some. Their acceptance proves, as
    /// bytes that arrive do, that the peer is alive.
    pub(crate) bytes_resumed: u64,
    /// The message that has arrived in part.
    pub(crate) partial: Option<Partial>,
}

impl Progress {
    /// Returns a number that grows with the bytes that prove the peer alive.
    #[inline]
    pub(crate) fn activity(&self) -> u64 {
        // Neither gets smaller, so their sum stands still only if both do.
        self.bytes_read.wrapping_add(self.bytes_resumed)
    }
}

/// A message that has arrived in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Partial {
    /// Its number. No two messages of a connection have the same number.
    pub(crate) number: u64,
    /// The bytes that have arrived.
    pub(crate) bytes: u64,
}
