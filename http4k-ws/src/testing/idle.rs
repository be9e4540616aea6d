//! The moment at which a test runtime has nothing left to do.

use std::future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// Reports that a test runtime has nothing left to run.
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

    /// Returns `true` if a test waits for the test runtime to be idle.
    pub(super) fn is_awaited(&self) -> bool {
        matches!(*self.lock(), Watch::Waiting(_))
    }

    /// Reports that nothing is left to run. Returns `true` if a test waited for it: it is woken, which
    /// keeps the runtime from parking, and so keeps a paused clock from moving on to the next timer.
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
