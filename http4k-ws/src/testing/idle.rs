//! Notification that a test runtime has nothing left to do.

use std::future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// A notification for a test that waits until its runtime is idle.
#[derive(Debug, Default)]
pub(super) struct Idle {
    watch: Mutex<Watch>,
    /// `true` while a test waits. It is set under the lock, and looked at before the lock is taken.
    awaited: AtomicBool,
}

#[derive(Debug, Default)]
enum Watch {
    #[default]
    Off,
    Waiting(Waker),
    Seen,
}

impl Idle {
    fn lock(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns `true` if a test waits for the runtime to be idle.
    pub(super) fn is_awaited(&self) -> bool {
        self.awaited.load(Ordering::SeqCst)
    }

    /// Reports that nothing is left to run. Returns `true` if a test waited for that.
    ///
    /// The test is woken, which keeps the runtime from parking. So a paused clock does not move to
    /// the next timer.
    pub(super) fn reached(&self) -> bool {
        if !self.is_awaited() {
            return false;
        }
        let mut watch = self.lock();
        if !self.awaited.swap(false, Ordering::SeqCst) {
            return false;
        }
        let waiting = std::mem::replace(&mut *watch, Watch::Seen);
        drop(watch);
        if let Watch::Waiting(waker) = waiting {
            waker.wake();
        }
        true
    }

    /// Forgets what was seen, and the test that waited.
    fn forget(&self) {
        let mut watch = self.lock();
        *watch = Watch::Off;
        self.awaited.store(false, Ordering::SeqCst);
    }

    /// Waits until nothing is left to run.
    pub(super) async fn settled(&self) {
        self.forget();
        future::poll_fn(|cx| {
            let mut watch = self.lock();
            match *watch {
                Watch::Seen => {
                    *watch = Watch::Off;
                    Poll::Ready(())
                }
                Watch::Off | Watch::Waiting(_) => {
                    *watch = Watch::Waiting(cx.waker().clone());
                    self.awaited.store(true, Ordering::SeqCst);
                    Poll::Pending
                }
            }
        })
        .await;
    }
}
