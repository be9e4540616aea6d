//! The way of a message out of the inbound queue, and the turn of a consumer in another task before
//! a connection fails.

use std::collections::VecDeque;
use std::sync::MutexGuard;
use std::task::{Context, Poll};

use super::{Inner, SocketState, wake};
use crate::message::WsMessage;
use crate::session::exchange::{self, Received};
use crate::session::queue::Space;

impl SocketState {
    /// Adds messages from the peer to the inbound queue.
    pub(in crate::session) fn receive(&self, messages: &mut VecDeque<WsMessage>) {
        let mut inner = self.lock_outside();
        if inner.end().is_none() {
            inner.inbound.append(messages);
            wake(&mut inner.receiver);
        }
        drop(inner);
        messages.clear();
    }

    /// Polls the next message. Ready with `None` if the socket is over or closing.
    #[inline]
    pub(in crate::session) fn poll_recv(&self, cx: &mut Context<'_>) -> Poll<Option<WsMessage>> {
        match exchange::receive(self.id, &self.published, cx.waker()) {
            Received::Message(message) => Poll::Ready(Some(message)),
            Received::Waits => Poll::Pending,
            // Nothing arrives before the end of the exchange, which goes on.
            Received::Empty => poll_queued(self.lock_outside(), cx),
            Received::Elsewhere => poll_queued(self.lock(), cx),
        }
    }

    /// Removes the oldest received message, for callbacks of a socket that is over.
    pub(in crate::session) fn pop_received(&self) -> Option<WsMessage> {
        self.lock().inbound.pop()
    }

    /// Lets a consumer in another task respond to the messages before a violation, before the
    /// connection fails.
    pub(in crate::session) fn begin_failing(&self) {
        let mut inner = self.lock_outside();
        let received = inner.inbound.popped() > 0 || !inner.inbound.is_empty();
        inner.failing = received && inner.may_respond();
    }

    /// Returns `true` while that consumer may respond, or its latest response is not taken yet.
    pub(in crate::session) fn awaits_responses(&self) -> bool {
        let mut inner = self.lock_outside();
        let failing = inner.failing;
        inner.failing = failing && inner.may_respond();
        failing && (inner.failing || !inner.all_sent())
    }

    /// Ends the time for responses. Returns `false` if that was over.
    pub(in crate::session) fn end_failing(&self) -> bool {
        std::mem::take(&mut self.lock_outside().failing)
    }
}

/// Polls the next message in the inbound queue.
fn poll_queued(mut inner: MutexGuard<'_, Inner>, cx: &mut Context<'_>) -> Poll<Option<WsMessage>> {
    if inner.closing.is_none() {
        let had_space = inner.inbound.space() != Space::None;
        if let Some(message) = inner.inbound.pop() {
            // Only a session that stopped reading needs to know.
            if !had_space {
                inner.wake_session();
            }
            return Poll::Ready(Some(message));
        }
    }
    if inner.end().is_some() {
        return Poll::Ready(None);
    }
    inner.receiver = Some(cx.waker().clone());
    if inner.failing {
        // The consumer has responded to all messages.
        inner.wake_session();
    }
    Poll::Pending
}

impl Inner {
    /// Returns `true` if a consumer in another task has messages to receive or to respond to. One
    /// that has received all of them and waits for another has responded.
    pub(super) fn may_respond(&self) -> bool {
        let waits = self.inbound.is_empty() && self.receiver.is_some();
        self.handles > 0 && !self.callbacks.are_registered() && self.end().is_none() && !waits
    }

    /// Returns how many messages the consumer has received, if the socket waits for the consumer
    /// alone: its queue is full, and its responses have space.
    pub(in crate::session) fn consumer_progress(&self) -> Option<u64> {
        let waits = self.inbound.is_full() && !self.must_wait();
        waits.then(|| self.inbound.popped())
    }
}
