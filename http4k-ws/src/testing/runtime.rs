//! The runtime in which an application runs during a test.
//!
//! 1. Each test thread has one test runtime, so all clients of a test share one application and one
//!    clock.
//! 2. The application runs only while a call of a client waits for it. Between two calls it stands
//!    still, and so does a virtual clock. In real time, the tasks that the application spawns have
//!    a thread of their own, which continues.
//! 3. It runs on the thread of the caller, so a call costs no change of threads. A caller that may
//!    not block on a runtime uses a thread of the test runtime instead ([`OwnThread`]): one that is
//!    inside a runtime, and one that unwinds. Calls from several threads run one after another.
//! 4. A handler may call another application in memory. That one has a test runtime of its own.
//! 5. The application is dropped on a thread of its own, because its last client may be dropped
//!    anywhere.

use std::cell::RefCell;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;

#[cfg(feature = "testing")]
use super::blocked;
use super::engine::{Engine, Time};
use super::idle::Idle;
use super::own_thread::OwnThread;
use super::schedule::Scheduler;

#[cfg(test)]
mod tests;

/// A handle to the runtime in which the applications of one test thread run.
#[derive(Debug, Clone)]
pub(super) struct TestRuntime(Arc<Shared>);

#[derive(Debug)]
pub(super) struct Shared {
    /// `None` only when it is dropped.
    engine: Option<Engine>,
    idle: Arc<Idle>,
    /// The test runtime for calls of the application itself. It is locked while a thread runs the
    /// engine.
    inner: Mutex<Option<TestRuntime>>,
    thread: OwnThread,
}

thread_local! {
    static RUNTIME: RefCell<Option<TestRuntime>> = const { RefCell::new(None) };
}

impl TestRuntime {
    /// Returns the test runtime of this thread, and starts it at the first call.
    pub(super) fn of_this_thread() -> Self {
        RUNTIME.with_borrow_mut(|runtime| {
            runtime
                .get_or_insert_with(|| Self::start(None, Time::DEFAULT))
                .clone()
        })
    }

    /// Starts a test runtime. With a seed, it decides which task is polled next.
    pub(super) fn start(seed: Option<u64>, time: Time) -> Self {
        let idle = Arc::<Idle>::default();
        let engine = Engine::new(Scheduler::new(seed), Arc::clone(&idle), time);
        let shared = Arc::new(Shared {
            engine: Some(engine),
            idle,
            inner: Mutex::default(),
            thread: OwnThread::default(),
        });
        #[cfg(feature = "testing")]
        if time == Time::Virtual {
            blocked::watch(Arc::downgrade(&shared));
        }
        Self(shared)
    }

    /// Calls `work`, for which this is the test runtime of the thread.
    pub(super) fn around<T>(self, work: impl FnOnce() -> T) -> T {
        let _restore = Restore(RUNTIME.replace(Some(self)));
        work()
    }

    /// Returns the time for which a client without a limit waits for a message.
    pub(super) fn patience(&self) -> Duration {
        match self.0.engine().time() {
            #[cfg(feature = "testing")]
            Time::Virtual => Duration::from_secs(2 * 60 * 60),
            Time::Real => Duration::from_secs(5),
        }
    }

    /// Runs `work` and all tasks that it wakes, until `work` is done.
    ///
    /// # Panics
    ///
    /// Panics with the panic of `work`, and if the application calls a client of its own test
    /// runtime, which would wait for itself.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        if may_block() {
            return self.0.run(work);
        }
        assert!(
            !self.0.engine().runs_here(),
            "the application uses a client that the test opened: the client waits for the \
             application, and the application for the client"
        );
        let shared = Arc::clone(&self.0);
        self.0.thread.call(move || {
            let ended = shared.run(work);
            // The caller still has a handle, so the thread does not drop its own sender.
            drop(shared);
            ended
        })
    }

    /// Runs the application until it has nothing left to do. A virtual clock stands still.
    pub(super) fn settle(&self) {
        self.run(self.settled());
    }

    /// Moves a virtual clock forward by `time`, and runs the application until it has nothing left
    /// to do.
    #[cfg(feature = "testing")]
    pub(super) fn advance(&self, time: Duration) {
        let settled = self.settled();
        self.run(async move {
            tokio::time::sleep(time).await;
            settled.await;
        });
    }

    /// Returns a future that waits, inside this test runtime, until nothing is left to do. A
    /// virtual clock stands still.
    pub(super) fn settled(&self) -> impl Future<Output = ()> + Send + use<> {
        let idle = self.idle();
        async move { idle.settled().await }
    }

    /// Returns the notification that nothing is left to do.
    pub(super) fn idle(&self) -> Arc<Idle> {
        Arc::clone(&self.0.idle)
    }
}

/// Returns `true` if this thread may run an application.
fn may_block() -> bool {
    let is_outside = Handle::try_current().is_err_and(|error| error.is_missing_context());
    // A thread that ends has no place for the test runtime of the application.
    is_outside && !thread::panicking() && RUNTIME.try_with(|_| ()).is_ok()
}

impl Shared {
    pub(super) fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("only `drop` takes the engine")
    }

    /// Runs the application on this thread until `work` is done.
    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let _running = Running::start(self);
        self.engine().run(work)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let engine = self.engine.take();
        let thread = thread::Builder::new().name("http4k-ws drop".into());
        // Without a thread it is dropped here.
        let _ = thread.spawn(move || drop(engine));
    }
}

/// A guard for a thread that runs the engine. Calls of the application use the inner test runtime.
struct Running<'s> {
    inner: MutexGuard<'s, Option<TestRuntime>>,
    outer: Option<TestRuntime>,
}

impl<'s> Running<'s> {
    fn start(shared: &'s Shared) -> Self {
        let mut inner = shared.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let outer = RUNTIME.replace(inner.take());
        Self { inner, outer }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        *self.inner = RUNTIME.replace(self.outer.take());
    }
}

/// Runs `test` on this thread, in a test runtime of its own.
#[cfg(all(feature = "server", feature = "client"))]
pub(super) fn block_on<T>(test: impl Future<Output = T>) -> T {
    let engine = Engine::new(Scheduler::new(None), Arc::default(), Time::DEFAULT);
    engine.run(test)
}

/// Restores the test runtime that the thread had before.
struct Restore(Option<TestRuntime>);

impl Drop for Restore {
    fn drop(&mut self) {
        RUNTIME.set(self.0.take());
    }
}
