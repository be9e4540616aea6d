//! Notification that a test runtime has nothing left to do.

use std::future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// A notification for a test that waits until its runtime is idle.
#[derive(Debug, Default)]
pub(super) struct Idle(Mutex<Watch>);

#[derive(Debug, Default)]
enum Watch {
    #[default]
    Off,
    Waiting(Waker),
    Seen,
}

impl Idle {
    fn lock(&self) -> MutexGuard<'_, Watch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns `true` if a test waits for the runtime to be idle.
    pub(super) fn is_awaited(&self) -> bool {
        matches!(*self.lock(), Watch::Waiting(_))
    }

    /// Reports that nothing is left to run. Returns `true` if a test waited for that.
    ///
    /// The test is woken, which keeps the runtime from parking. So a paused clock does not move to
    /// the next timer.
    pub(super) fn reached(&self) -> bool {
        let mut watch = self.lock();
        if !matches!(*watch, Watch::Waiting(_)) {
            return false;
        }
        let waiting = std::mem::replace(&mut *watch, Watch::Seen);
        drop(watch);
        if let Watch::Waiting(waker) = waiting {
            waker.wake();
        }
        true
    }

    /// Waits until nothing is left to run.
    pub(super) async fn settled(&self) {
        *self.lock() = Watch::Off;
        future::poll_fn(|cx| {
            let mut watch = self.lock();
            match *watch {
                Watch::Seen => {
                    *watch = Watch::Off;
                    Poll::Ready(())
                }
                Watch::Off | Watch::Waiting(_) => {
                    *watch = Watch::Waiting(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await;
    }
}
