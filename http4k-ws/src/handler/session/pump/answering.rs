//! The consumer and the callbacks: what the inbound queue is for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};

use super::Session;
use crate::handler::session::callbacks::Callbacks;
use crate::handler::session::error::WsError;
use crate::handler::session::transport::Transport;
use crate::message::{WsStatus, printable};

impl<T: Transport> Session<T> {
    /// Polls the consumer; its end may be the socket's.
    pub(super) fn consume(&mut self, cx: &mut Context<'_>) {
        let Some(consumer) = &mut self.consumer else {
            return;
        };
        match catch_unwind(AssertUnwindSafe(|| consumer.as_mut().poll(cx))) {
            Ok(Poll::Pending) => {}
            Ok(Poll::Ready(result)) => {
                self.consumer = None;
                if let Err(error) = result {
                    self.fail(&error);
                }
            }
            Err(_panic) => {
                self.consumer = None;
                log::error!("a WebSocket consumer panicked");
                self.shared.close(WsStatus::INTERNAL_ERROR);
            }
        }
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
                match catch_unwind(AssertUnwindSafe(|| callback(message))) {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => self.callback_failed(&error),
                    Err(_panic) => self.callback_panicked(),
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
                match catch_unwind(AssertUnwindSafe(|| callback(message))) {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        log::warn!(
                            "a callback failed on a socket that is over: {}",
                            printable(&error)
                        )
                    }
                    Err(_panic) => log::error!("a WebSocket callback panicked"),
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
            if catch_unwind(AssertUnwindSafe(|| callback(error))).is_err() {
                self.callback_panicked();
            }
        }
        let mut state = self.shared.lock();
        callbacks.append(&mut state.callbacks.on_error);
        state.callbacks.on_error = callbacks;
    }

    fn callback_panicked(&self) {
        log::error!("a WebSocket callback panicked");
        self.shared.close(WsStatus::INTERNAL_ERROR);
    }
}
