use std::task::{Context, Poll};

use super::*;
use crate::message::Body;
use crate::session::config::SessionConfig;
use crate::session::drive::open;
use crate::session::transport::{Gone, Incoming, Outgoing, Progress, Role, Transport};

/// A transport that moves nothing.
struct Stuck;

impl Transport for Stuck {
    fn poll_incoming(&mut self, _: &mut Context<'_>) -> Poll<Incoming> {
        Poll::Pending
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Poll::Pending
    }

    fn start_send(&mut self, _: Outgoing) -> Result<(), Gone> {
        Err(Gone)
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Poll::Pending
    }

    fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn abort(&mut self) {}

    fn progress(&mut self) -> Progress {
        Progress::default()
    }

    fn buffered(&self) -> usize {
        0
    }
}

#[test]
fn unsent_messages_can_be_recovered_if_they_are_kept() {
    for kept in [false, true] {
        let handshake = Handshake {
            request: Request::new(Body::empty()).into(),
            subprotocol: None,
            route: None,
            response: Default::default(),
        };
        let config = Arc::new(SessionConfig::default());
        let (socket, session) = open(Stuck, Role::Client, handshake, config);
        if kept {
            socket.keep_unsent();
        }
        for text in ["a", "", "b"] {
            socket.try_send(text).expect("queue space");
        }
        drop(session);
        let expected: &[&str] = if kept { &["a", "", "b"] } else { &[] };
        assert_eq!(socket.take_unsent(), expected);
        assert!(socket.take_unsent().is_empty());
    }
}
