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

/// A socket over an upgraded connection, whose session is not running yet.
pub(super) struct UpgradedSocket<S: ByteStream> {
    sender: WsSender,
    session: Session<Wire<S>>,
}

impl<S: ByteStream> UpgradedSocket<S> {
    /// Opens a socket over `stream`, of which the bytes `ahead` were read. `progress` counts what
    /// moves.
    pub(super) fn new(
        stream: S,
        progress: StreamProgress,
        ahead: Bytes,
        handshake: Handshake,
        mut consumer: WsConsumer,
        server: &ServerState,
    ) -> Self {
        let config = consumer.session(&server.session);
        #[cfg_attr(not(feature = "deflate"), allow(unused_mut))]
        let mut wire = Wire::server(stream, progress, ahead, Limits::of(&config));
        #[cfg(feature = "deflate")]
        if let Some(agreed) = &consumer.deflate {
            wire.compress(agreed);
        }
        let (socket, mut session) = open(wire, Role::Server, handshake, config);
        session.belongs_to(&server.refusals, server.budget.as_ref());
        let sender = socket.sender();
        session.set_consumer(consumer.start(socket));
        Self { sender, session }
    }

    /// Returns the task that runs the session.
    pub(super) fn run(self, guard: ConnectionGuard, permit: Option<Permit>) -> SocketTask<S> {
        guard.is_socket(self.sender);
        SocketTask {
            session: self.session,
            _guard: guard,
            _permit: permit,
        }
    }
}

/// The task of a socket, which keeps its permit.
///
/// An `async` block would reserve memory for the session twice: as a captured variable, and while
/// it is awaited.
pub(super) struct SocketTask<S: ByteStream> {
    session: Session<Wire<S>>,
    _guard: ConnectionGuard,
    _permit: Option<Permit>,
}

impl<S: ByteStream> Future for SocketTask<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.session).poll(cx).map(drop)
    }
}
