//! The tasks of the test runtime that runs on the current thread.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};

#[cfg(feature = "testing")]
use super::outside::Scans;
use super::schedule::Scheduler;
use crate::session::stand_in;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Current>>> = const { RefCell::new(None) };
}

/// The parts of a test runtime that its tasks use.
pub(super) struct Current {
    pub(super) scheduler: Scheduler,
    #[cfg(feature = "testing")]
    pub(super) scans: Arc<Scans>,
}

impl Current {
    /// Makes this the test runtime of the thread until the guard is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> Restore {
        Restore(CURRENT.replace(Some(Arc::clone(self))))
    }
}

/// Returns `true` if this thread polls a task of `scheduler`.
pub(super) fn is_inside(scheduler: &Scheduler) -> bool {
    CURRENT.with_borrow(|current| {
        let current = current.as_ref();
        current.is_some_and(|current| current.scheduler.is_same(scheduler))
    })
}

/// Restores the test runtime that the thread had before.
pub(super) struct Restore(Option<Arc<Current>>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// Spawns a task in the test runtime of this thread, or else in the current tokio runtime.
pub(super) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    let mut work = Box::pin(work);
    spawn_session(std::future::poll_fn(move |cx| {
        application_runs();
        work.as_mut().poll(cx)
    }));
}

/// Spawns the task of a session, which calls [`application_runs`] itself.
pub(super) fn spawn_session(work: impl Future<Output = ()> + Send + 'static) {
    match CURRENT.with_borrow(Clone::clone) {
        Some(current) => current.scheduler.spawn(work),
        None => drop(tokio::spawn(work)),
    }
}

/// Reports that code of the application runs on this thread, or will run next. It may start work
/// that holds the clock.
pub(super) fn application_runs() {
    #[cfg(feature = "testing")]
    CURRENT.with_borrow(|current| {
        if let Some(current) = current {
            current.scans.request();
        }
    });
}

/// Returns the future of a consumer that reports each poll for which the consumer itself was woken.
///
/// A session polls its consumer whenever it is polled itself, for example for a ping, which the
/// consumer does not notice.
pub(super) fn reporting<T: 'static>(
    consumer: Pin<Box<dyn Future<Output = T> + Send>>,
) -> Pin<Box<dyn Future<Output = T> + Send>> {
    let mut consumer = consumer;
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut session = Waker::noop().clone();
    Box::pin(std::future::poll_fn(move |cx| {
        if !session.will_wake(cx.waker()) {
            session.clone_from(cx.waker());
            woken.forward_to(session.clone());
        }
        if woken.take() {
            application_runs();
        }
        stand_in(cx.waker(), &waker);
        consumer.as_mut().poll(&mut Context::from_waker(&waker))
    }))
}

/// A waker that records its calls and forwards them to the session.
#[derive(Default)]
struct Woken {
    /// No call since the last poll. `false` at first, because the first poll counts as woken.
    idle: AtomicBool,
    session: Mutex<Option<Waker>>,
}

impl Woken {
    fn forward_to(&self, waker: Waker) {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        *session = Some(waker);
    }

    fn take(&self) -> bool {
        !self.idle.swap(true, Ordering::AcqRel)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.idle.store(false, Ordering::Release);
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = &*session {
            session.wake_by_ref();
        }
    }
}
