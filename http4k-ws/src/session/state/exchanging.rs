//! The messages that a consumer receives and sends without the lock (`exchange.rs`).

use std::collections::VecDeque;

use super::{Inner, SocketState, wake};
use crate::message::WsMessage;
use crate::session::exchange::{self, Exchange};

impl SocketState {
    /// Returns `true` if the consumer may exchange messages, because no other task has used the
    /// socket since the last look.
    pub(in crate::session) fn may_exchange(&self) -> bool {
        !self.published.is_interrupted()
    }

    /// Adds `messages` to the inbound queue, then lends all that is there to the consumer. Another
    /// task that waits for one, or another waker inside of the consumer, is woken.
    pub(in crate::session) fn lend(&self, messages: &mut VecDeque<WsMessage>) {
        let mut inner = self.lock_outside();
        if inner.end().is_some() {
            drop(inner);
            return messages.clear();
        }
        inner.inbound.append(messages);
        if !inner.inbound.is_empty() {
            wake(&mut inner.receiver);
            inner.inbound.lend(messages);
        }
    }

    /// Ends the exchange of this socket, if there is one on this thread.
    #[inline]
    pub(in crate::session) fn end_exchange(&self) {
        let ended = exchange::end(self.id, |exchange| {
            let mut inner = self.lock_outside();
            self.settle(&mut inner, exchange);
            let accepts = inner.accepts_sent();
            let (at, sent) = (inner.synced_len, exchange.sent_amount);
            if accepts {
                inner.outbound.insert(at, &mut exchange.sent, sent);
            }
            inner.unnumbered = false;
            drop(inner);
            // What is left is dropped by the caller, outside of the exchange.
            (
                std::mem::take(&mut exchange.received),
                std::mem::take(&mut exchange.sent),
            )
        });
        drop(ended);
    }

    /// Returns what the consumer has not received to the inbound queue.
    pub(super) fn settle(&self, inner: &mut Inner, exchange: &mut Exchange) {
        inner.inbound.count_lent(exchange.unqueued);
        if inner.closing.is_some() {
            // Nothing more is received.
            inner.inbound.forget_lent();
        } else {
            inner.inbound.take_back(&mut exchange.received);
            if !inner.inbound.is_empty() {
                wake(&mut inner.receiver);
            }
        }
        self.published.queued();
    }
}

impl Inner {
    /// Returns `true` if the messages that the consumer has sent are to be queued.
    pub(super) fn accepts_sent(&self) -> bool {
        self.closed.is_none() && !self.shed
    }
}
