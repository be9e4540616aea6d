//! A socket that is open.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::admission::Seat;
use super::shared::Shared;
use super::shutdown::Ticket;
use crate::handler::WsConsumer;
use crate::session::{Handshake, Role, Session, WsSender, open};
use crate::wire::{ByteStream, Limits, Line, Wire};

/// A socket that is open, and the session that it lives by.
pub(super) struct Opened<S: ByteStream> {
    sender: WsSender,
    session: Session<Wire<S>>,
}

impl<S: ByteStream> Opened<S> {
    /// Opens a socket over `stream`, of which the bytes `ahead` were read, and whose progress `line`
    /// knows.
    pub(super) fn new(
        stream: S,
        line: Line,
        ahead: Bytes,
        handshake: Handshake,
        mut consumer: WsConsumer,
        shared: &Shared,
    ) -> Self {
        let config = consumer.session(shared.config.session.clone());
        let wire = Wire::server(stream, line, ahead, Limits::of(&config));
        let (socket, mut session) = open(wire, Role::Server, handshake, config);
        session = session.with_refusal_log(&shared.refusals);
        if let Some(budget) = &shared.budget {
            session = session.with_budget(budget);
        }
        Self {
            sender: socket.sender(),
            session: session.with_consumer(consumer.start(socket)),
        }
    }

    pub(super) fn run(self, ticket: Ticket, seat: Option<Seat>) -> Running<S> {
        ticket.is_socket(self.sender);
        Running {
            session: self.session,
            _ticket: ticket,
            _seat: seat,
        }
    }
}

/// A socket at work, which keeps its seat. An `async` block would have room for the session twice: where
/// it is captured, and where it is awaited.
pub(super) struct Running<S: ByteStream> {
    session: Session<Wire<S>>,
    _ticket: Ticket,
    _seat: Option<Seat>,
}

impl<S: ByteStream> Future for Running<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.session).poll(cx).map(drop)
    }
}
