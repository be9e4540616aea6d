//! A socket over an upgraded connection.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::admission::Permit;
use super::shutdown::ConnectionGuard;
use super::state::ServerState;
use crate::handler::WsConsumer;
use crate::session::{Handshake, Role, Session, WsSender, open};
use crate::wire::{ByteStream, Limits, StreamProgress, Wire};

/// An upgraded connection, over which a socket is to be opened.
///
/// It is much smaller than the session, which is created in its place in the task.
pub(super) struct UpgradedStream<S: ByteStream> {
    pub(super) stream: S,
    /// Counts what moves.
    pub(super) progress: StreamProgress,
    /// The bytes that were read of the stream.
    pub(super) ahead: Bytes,
    pub(super) handshake: Handshake,
    pub(super) consumer: WsConsumer,
}

impl<S: ByteStream> UpgradedStream<S> {
    /// Opens the socket. Returns its session, and a sender.
    fn open(mut self, server: &ServerState) -> (Session<Wire<S>>, WsSender) {
        let config = self.consumer.session(&server.session);
        let limits = Limits::of(&config);
        #[cfg_attr(not(feature = "deflate"), allow(unused_mut))]
        let mut wire = Wire::server(self.stream, self.progress, self.ahead, limits);
        #[cfg(feature = "deflate")]
        if let Some(agreed) = &self.consumer.deflate {
            wire.compress(agreed);
        }
        let (socket, mut session) = open(wire, Role::Server, self.handshake, config);
        session.belongs_to(&server.refusals, server.budget.as_ref());
        let sender = socket.sender();
        session.set_consumer(self.consumer.start(socket));
        (session, sender)
    }
}

/// The task of a socket, which keeps its permit.
///
/// An `async` block would reserve memory for the session twice: as a captured variable, and while
/// it is awaited.
pub(super) struct SocketTask<S: ByteStream> {
    session: Session<Wire<S>>,
    _guard: ConnectionGuard,
    /// One that permits nothing if the connection needs none, which takes less memory than `None`.
    _permit: Permit,
}

impl<S: ByteStream> SocketTask<S> {
    /// Opens a socket over `upgraded`.
    pub(super) fn new(
        upgraded: UpgradedStream<S>,
        server: &ServerState,
        guard: ConnectionGuard,
        permit: Option<Permit>,
    ) -> Self {
        let (session, sender) = upgraded.open(server);
        guard.is_socket(sender);
        Self {
            session,
            _guard: guard,
            _permit: permit.unwrap_or_default(),
        }
    }
}

impl<S: ByteStream> Future for SocketTask<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.session).poll(cx).map(drop)
    }
}
