//! The consumer and the callbacks: what the inbound queue is for.

use std::task::{Context, Poll};

use super::Session;
use crate::message::{WsStatus, printable};
use crate::panics::guarded;
use crate::session::callbacks::Callbacks;
use crate::session::error::WsError;
use crate::session::transport::Transport;

/// The name of a callback in the log.
pub(in crate::session) const CALLBACK: &str = "a WebSocket callback";

impl<T: Transport> Session<T> {
    /// Polls the consumer; its end may be the socket's.
    pub(super) fn consume(&mut self, cx: &mut Context<'_>) {
        let Some(consumer) = &mut self.consumer else {
            return;
        };
        match guarded("a WebSocket consumer", || consumer.as_mut().poll(cx)) {
            Some(Poll::Pending) => {}
            Some(Poll::Ready(result)) => {
                self.drop_consumer();
                if let Err(error) = result {
                    self.fail(&error);
                }
            }
            None => {
                self.drop_consumer();
                self.shared.close(WsStatus::INTERNAL_ERROR);
            }
        }
    }

    pub(super) fn drop_consumer(&mut self) {
        let consumer = self.consumer.take();
        guarded("the drop of a WebSocket consumer", || drop(consumer));
    }

    fn fail(&self, error: &WsError) {
        if error.status() == &WsStatus::INTERNAL_ERROR {
            log::error!("a WebSocket consumer failed: {}", printable(&error));
        }
        self.shared.close(error.status().clone());
    }

    /// Hands queued messages to the callbacks, as long as there is room for their answers.
    pub(super) fn dispatch(&mut self) {
        loop {
            let mut state = self.shared.lock();
            if state.callbacks.on_message.is_empty()
                || state.outbound.must_wait()
                || state.end().is_some()
            {
                return;
            }
            let Some(message) = state.inbound.pop() else {
                return;
            };
            let mut callbacks = std::mem::take(&mut state.callbacks.on_message);
            drop(state);
            for callback in &mut callbacks {
                let message = message.clone();
                match guarded(CALLBACK, || callback(message)) {
                    Some(Ok(())) => {}
                    Some(Err(error)) => self.callback_failed(&error),
                    None => self.shared.close(WsStatus::INTERNAL_ERROR),
                }
            }
            let mut state = self.shared.lock();
            // Those registered meanwhile come after those that were there.
            callbacks.append(&mut state.callbacks.on_message);
            state.callbacks.on_message = callbacks;
        }
    }

    /// Hands what came before the end of the socket, and found no room for its answers or nobody there, to
    /// its callbacks all the same: whoever receives would get it too.
    pub(super) fn hand_over_rest(&self, callbacks: &mut Callbacks) {
        if callbacks.on_message.is_empty() {
            return;
        }
        while let Some(message) = self.shared.take_received() {
            for callback in &mut callbacks.on_message {
                let message = message.clone();
                if let Some(Err(error)) = guarded(CALLBACK, || callback(message)) {
                    log::warn!(
                        "a callback failed on a socket that is over: {}",
                        printable(&error)
                    );
                }
            }
        }
    }

    /// Tells the callbacks for it, or, where there are none, ends the socket.
    pub(super) fn callback_failed(&self, error: &WsError) {
        let mut callbacks = std::mem::take(&mut self.shared.lock().callbacks.on_error);
        if callbacks.is_empty() {
            return self.fail(error);
        }
        for callback in &mut callbacks {
            if guarded(CALLBACK, || callback(error)).is_none() {
                self.shared.close(WsStatus::INTERNAL_ERROR);
            }
        }
        let mut state = self.shared.lock();
        callbacks.append(&mut state.callbacks.on_error);
        state.callbacks.on_error = callbacks;
    }
}
