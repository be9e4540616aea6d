//! Notification that a test runtime has nothing left to do.

use std::future;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// No test waits.
const OFF: u8 = 0;
/// A test waits, and its waker is stored.
const WAITING: u8 = 1;
/// The runtime was idle since the test began to wait.
const SEEN: u8 = 2;

/// A notification for a test that waits until its runtime is idle.
#[derive(Debug, Default)]
pub(super) struct Idle {
    /// Becomes [`WAITING`] or [`SEEN`] only under the lock.
    watch: AtomicU8,
    test: Mutex<Option<Waker>>,
}

impl Idle {
    fn lock(&self) -> MutexGuard<'_, Option<Waker>> {
        self.test.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns `true` if a test waits for the runtime to be idle.
    pub(super) fn is_awaited(&self) -> bool {
        self.watch.load(Ordering::SeqCst) == WAITING
    }

    /// Reports that nothing is left to run. Returns `true` if a test waited for that.
    ///
    /// The test is woken, which keeps the runtime from parking. So a paused clock does not move to
    /// the next timer.
    pub(super) fn reached(&self) -> bool {
        if !self.is_awaited() {
            return false;
        }
        let waiting = {
            let mut test = self.lock();
            if !self.is_awaited() {
                return false;
            }
            self.watch.store(SEEN, Ordering::SeqCst);
            test.take()
        };
        if let Some(test) = waiting {
            test.wake();
        }
        true
    }

    /// Waits until nothing is left to run.
    pub(super) async fn settled(&self) {
        self.watch.store(OFF, Ordering::SeqCst);
        future::poll_fn(|cx| {
            let mut test = self.lock();
            if self.watch.load(Ordering::SeqCst) == SEEN {
                self.watch.store(OFF, Ordering::SeqCst);
                return Poll::Ready(());
            }
            *test = Some(cx.waker().clone());
            self.watch.store(WAITING, Ordering::SeqCst);
            Poll::Pending
        })
        .await;
    }
}
