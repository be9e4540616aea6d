//! The waker of what a session polls itself: its consumer and its timer.
//!
//! A session that is woken by a new message to its peer need not poll its consumer, if it knows
//! that the consumer was not woken too. So the consumer and the timer are polled with a waker of
//! the session, which notes each call before it wakes the task.
//!
//! 1. The note is set before the task is woken. The poll that follows sees it, and clears it before
//!    it polls the consumer, so that no call is lost.
//! 2. The waker owns the state of the socket. Nothing may keep it for longer than the session that
//!    only the end of the state would release, such as the budget of the server.
//! 3. The lock is not that of the socket's state, under which the waker may be called.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

use super::state::SocketState;

/// The calls of a session's own waker, and the task that it wakes.
#[derive(Debug, Default)]
pub(super) struct OwnWaker {
    called: AtomicBool,
    task: Mutex<Option<Waker>>,
}

impl OwnWaker {
    /// Lets the waker wake the task of `waker`, or none. Returns the waker before.
    pub(super) fn move_to(&self, waker: Option<Waker>) -> Option<Waker> {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *task, waker)
    }

    /// Returns `true` if the waker was called since the last time.
    #[inline]
    pub(super) fn take_call(&self) -> bool {
        self.called.load(Ordering::Relaxed) && self.called.swap(false, Ordering::Acquire)
    }

    fn call(&self) {
        self.called.store(true, Ordering::Release);
        let task = {
            let task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
            task.clone()
        };
        if let Some(task) = task {
            task.wake();
        }
    }
}

impl Wake for SocketState {
    fn wake(self: Arc<Self>) {
        self.own_waker.call();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.own_waker.call();
    }
}
