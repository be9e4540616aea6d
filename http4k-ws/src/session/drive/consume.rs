//! The consumer and the callbacks, which empty the inbound queue.

use std::task::{Context, Poll};

use super::Session;
use super::poll_state::PollState;
use crate::message::{WsStatus, printable};
use crate::panics::guarded;
use crate::session::callbacks::{CallbackLists, Callbacks};
use crate::session::error::WsError;
use crate::session::exchange;
use crate::session::queue::Amount;
use crate::session::transport::Transport;

/// The name of a callback in the log.
pub(in crate::session) const CALLBACK: &str = "a WebSocket callback";

impl<T: Transport> Session<T> {
    /// Passes the messages from the peer to the consumer, and polls it. If it fails or panics, the
    /// socket closes.
    pub(super) fn consume(&mut self, poll: &mut PollState) {
        self.pass_on(poll);
        let Some(consumer) = &mut self.consumer else {
            return;
        };
        let mut cx = Context::from_waker(&self.own_waker);
        match guarded("a WebSocket consumer", || consumer.as_mut().poll(&mut cx)) {
            Some(Poll::Pending) => {}
            Some(Poll::Ready(result)) => {
                self.drop_consumer();
                if let Err(error) = result {
                    self.close_with(&error);
                }
            }
            None => {
                self.drop_consumer();
                self.state.close(WsStatus::INTERNAL_ERROR);
            }
        }
    }

    /// Begins the exchange with the consumer. If there is none, queues the messages.
    fn pass_on(&self, poll: &mut PollState) {
        let moving = &mut poll.moving;
        let unqueued = std::mem::take(&mut moving.received_amount);
        let exchange = poll.seen.exchange.filter(|_| self.state.may_exchange());
        // A session that is polled inside of the exchange of another one has none.
        if let Some(space) = exchange.filter(|_| exchange::is_free()) {
            let unqueued = match poll.seen.queues {
                true => {
                    self.state.lend(&mut moving.received);
                    Amount::default()
                }
                false => unqueued,
            };
            let received = &mut moving.received;
            let waker = &self.own_waker;
            exchange::begin(self.state.id, waker, received, unqueued, space);
        } else if !moving.received.is_empty() {
            self.state.receive(&mut moving.received);
        }
    }

    pub(super) fn drop_consumer(&mut self) {
        let consumer = self.consumer.take();
        guarded("the drop of a WebSocket consumer", || drop(consumer));
    }

    /// Closes the socket with the status of `error`.
    fn close_with(&self, error: &WsError) {
        if error.status() == &WsStatus::INTERNAL_ERROR {
            log::error!("a WebSocket consumer failed: {}", printable(&error));
        }
        self.state.close(error.status().clone());
    }

    /// Passes queued messages to the callbacks while there is space for their responses.
    pub(super) fn dispatch(&mut self) {
        loop {
            let mut inner = self.state.lock();
            if !inner.callbacks.receive() || inner.must_wait() || inner.end().is_some() {
                return;
            }
            let Some(message) = inner.inbound.pop() else {
                return;
            };
            // The callbacks run without the lock, so that they may use the socket.
            let mut callbacks = std::mem::take(&mut inner.callbacks.register().on_message);
            drop(inner);
            for callback in &mut callbacks {
                let message = message.clone();
                match guarded(CALLBACK, || callback(message)) {
                    Some(Ok(())) => {}
                    Some(Err(error)) => self.callback_failed(&error),
                    None => self.state.close(WsStatus::INTERNAL_ERROR),
                }
            }
            let mut inner = self.state.lock();
            // Callbacks that were registered meanwhile come after the others.
            let lists = inner.callbacks.register();
            callbacks.append(&mut lists.on_message);
            lists.on_message = callbacks;
        }
    }

    /// Passes `error` to the error callbacks. Without any, it closes the socket.
    pub(super) fn callback_failed(&self, error: &WsError) {
        let mut callbacks = match self.state.lock().callbacks.lists() {
            Some(lists) => std::mem::take(&mut lists.on_error),
            None => Vec::new(),
        };
        if callbacks.is_empty() {
            return self.close_with(error);
        }
        for callback in &mut callbacks {
            if guarded(CALLBACK, || callback(error)).is_none() {
                self.state.close(WsStatus::INTERNAL_ERROR);
            }
        }
        let mut inner = self.state.lock();
        let lists = inner.callbacks.register();
        callbacks.append(&mut lists.on_error);
        lists.on_error = callbacks;
    }

    /// Calls and drops the callbacks of a socket that is over with `status`.
    pub(super) fn end_callbacks(&self, callbacks: Callbacks, status: &WsStatus) {
        let mut callbacks = callbacks.into_lists();
        self.deliver_remaining(&mut callbacks);
        for callback in callbacks.on_close {
            let status = status.clone();
            guarded(CALLBACK, || callback(status));
        }
        for callback in callbacks.on_message {
            guarded("the drop of a WebSocket callback", || drop(callback));
        }
        for callback in callbacks.on_error {
            guarded("the drop of a WebSocket callback", || drop(callback));
        }
    }

    /// Passes the messages that arrived before the end to the callbacks, as `recv` would return
    /// them. They were still queued because there was no space for responses, or no callback.
    fn deliver_remaining(&self, callbacks: &mut CallbackLists) {
        if callbacks.on_message.is_empty() {
            return;
        }
        while let Some(message) = self.state.pop_received() {
            for callback in &mut callbacks.on_message {
                let message = message.clone();
                if let Some(Err(error)) = guarded(CALLBACK, || callback(message)) {
                    log::warn!(
                        "a callback failed on a closed socket: {}",
                        printable(&error)
                    );
                }
            }
        }
    }
}
