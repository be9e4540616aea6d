//! Where an application lives while a test talks to it: one thread, which runs only while the test
//! waits for it.
//!
//! A thread of its own, so that a test can be a plain function or run inside any runtime. One for each
//! test thread, so that all clients of a test see one application and one clock.

use std::any::Any;
use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;

use super::engine::{Engine, Time};
use super::idle::Idle;
use super::tasks::Tasks;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A round that takes longer than two of these may block its thread.
const GLANCE: Duration = Duration::from_millis(10);

/// The test runtime of a test thread.
#[derive(Debug, Clone)]
pub(super) struct TestRuntime {
    jobs: mpsc::Sender<Job>,
    engine: Weak<Engine>,
    idle: Arc<Idle>,
    time: Time,
}

thread_local! {
    static RUNTIME: RefCell<Option<TestRuntime>> = const { RefCell::new(None) };
}

impl TestRuntime {
    /// Returns the runtime of this thread.
    pub(super) fn of_this_thread() -> Self {
        RUNTIME.with_borrow_mut(|runtime| {
            runtime
                .get_or_insert_with(|| Self::start(None, Time::DEFAULT))
                .clone()
        })
    }

    /// Starts a test runtime in which a seed decides which task has its turn.
    pub(super) fn seeded(seed: u64) -> Self {
        Self::start(Some(seed), Time::DEFAULT)
    }

    /// Starts a test runtime whose clock is the machine's.
    pub(super) fn in_real_time() -> Self {
        Self::start(None, Time::Real)
    }

    /// Runs `work`, for which this is the test runtime of the thread.
    pub(super) fn around<T>(self, work: impl FnOnce() -> T) -> T {
        let _back = Back(RUNTIME.replace(Some(self)));
        work()
    }

    /// Returns how long a client waits for a message if it is given no limit.
    pub(super) fn patience(&self) -> Duration {
        match self.time {
            #[cfg(feature = "testing")]
            Time::Virtual => Duration::from_secs(2 * 60 * 60),
            Time::Real => Duration::from_secs(5),
        }
    }

    fn start(seed: Option<u64>, time: Time) -> Self {
        let (idle, tasks) = (Arc::new(Idle::default()), Tasks::new(seed));
        let (jobs, queue) = mpsc::channel::<Job>();
        let (started, engine) = mpsc::sync_channel(1);
        let its = Arc::clone(&idle);
        thread::Builder::new()
            .name("http4k-ws test".into())
            .spawn(move || {
                let engine = Arc::new(Engine::new(tasks, its, time));
                // The receiver waits below.
                let _ = started.send(Arc::downgrade(&engine));
                // To block here is meant: between two jobs the test runtime stands still.
                while let Ok(job) = queue.recv() {
                    engine.run(job);
                }
            })
            .expect("a thread can be started");
        Self {
            jobs,
            engine: engine.recv().expect("the thread builds its runtime"),
            idle,
            time,
        }
    }

    /// Runs `work` in this test runtime, and everything it wakes, until it is done.
    ///
    /// # Panics
    ///
    /// If `work` does, with its panic.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let (done, result) = mpsc::sync_channel(1);
        let job = Box::pin(async move {
            let ended = AssertUnwindSafe(work).catch_unwind().await;
            // The receiver waits below, unless its thread is gone.
            let _ = done.send(ended);
        });
        self.jobs
            .send(job)
            .expect("the runtime lives as long as its thread");
        self.outcome(&result)
            .unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn outcome<T>(&self, result: &Receiver<thread::Result<T>>) -> thread::Result<T> {
        let mut seen = None;
        loop {
            match result.recv_timeout(GLANCE) {
                Ok(ended) => return ended,
                Err(RecvTimeoutError::Timeout) => seen = self.glance(seen),
                Err(RecvTimeoutError::Disconnected) => {
                    let ended: Box<dyn Any + Send> = Box::new("the runtime ended before its job");
                    return Err(ended);
                }
            }
        }
    }

    /// Has another thread run the runtime if the round that was `seen` last time goes on.
    fn glance(&self, seen: Option<u64>) -> Option<u64> {
        let engine = self.engine.upgrade()?;
        let running = engine.running_round();
        if running.is_none() || running != seen {
            return running;
        }
        #[cfg(feature = "testing")]
        if let Some(round) = running {
            // This thread may be one of another runtime, which must not run a second one.
            let standing_in = thread::spawn(move || engine.stand_in(round));
            let _ = standing_in.join();
        }
        None
    }

    /// Runs what is ready until the application has nothing left to do. Time stands still.
    pub(super) fn settle(&self) {
        self.run(self.settled());
    }

    /// Waits, inside this test runtime, until there is nothing left to do. Time stands still.
    pub(super) fn settled(&self) -> impl Future<Output = ()> + Send + use<> {
        let idle = Arc::clone(&self.idle);
        async move { idle.settled().await }
    }
}

/// Runs `test` on this thread in a test runtime of its own.
#[cfg(all(feature = "server", feature = "client"))]
pub(crate) fn block_on<T>(test: impl Future<Output = T>) -> T {
    let engine = Engine::new(Tasks::new(None), Arc::default(), Time::DEFAULT);
    engine.run(test)
}

/// Brings back the test runtime that a thread had before.
struct Back(Option<TestRuntime>);

impl Drop for Back {
    fn drop(&mut self) {
        RUNTIME.set(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn settling_runs_what_is_ready_and_moves_no_clock() {
        let runtime = TestRuntime::of_this_thread();
        let count = Arc::new(AtomicU32::new(0));
        let counting = Arc::clone(&count);
        runtime.run(async move {
            tokio::spawn(async move {
                for _ in 0..100 {
                    counting.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
                tokio::time::sleep(Duration::from_secs(3600)).await;
                counting.fetch_add(1, Ordering::Relaxed);
            });
        });
        runtime.settle();
        assert_eq!(count.load(Ordering::Relaxed), 100);
        runtime.settle();
        assert_eq!(count.load(Ordering::Relaxed), 100);
    }

    #[cfg(feature = "testing")]
    #[test]
    fn waiting_moves_the_clock() {
        let runtime = TestRuntime::of_this_thread();
        let waited = runtime.run(async {
            let start = tokio::time::Instant::now();
            tokio::time::sleep(Duration::from_secs(3600)).await;
            start.elapsed()
        });
        assert_eq!(waited.as_secs(), 3600);
    }

    #[test]
    fn it_runs_inside_another_runtime() {
        let outer = tokio::runtime::Runtime::new().expect("a runtime");
        let inner = outer.block_on(async { TestRuntime::of_this_thread().run(async { 7 }) });
        assert_eq!(inner, 7);
    }

    #[test]
    fn a_panic_of_the_work_reaches_the_test_and_the_runtime_goes_on() {
        let runtime = TestRuntime::of_this_thread();
        let failed = std::panic::catch_unwind(AssertUnwindSafe(|| {
            runtime.run(async { panic!("as it should") })
        }));
        let panic = failed.expect_err("a panic");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"as it should"));
        assert_eq!(runtime.run(async { 7 }), 7);
    }

    /// A task of ours and one of the runtime wait for each other without a timer.
    #[test]
    fn a_task_that_yields_lets_spawned_ones_run() {
        let runtime = TestRuntime::of_this_thread();
        let turns = runtime.run(async {
            let done = Arc::new(AtomicU32::new(0));
            let sets = Arc::clone(&done);
            tokio::spawn(async move { sets.store(1, Ordering::Release) });
            let mut turns = 0;
            while done.load(Ordering::Acquire) == 0 {
                tokio::task::yield_now().await;
                turns += 1;
            }
            turns
        });
        // In real time the other task has a thread of its own, which runs when it gets a processor.
        assert!(turns < 1000 || cfg!(not(feature = "testing")), "{turns}");
    }

    #[test]
    fn real_time_has_spawned_tasks_and_settles() {
        let runtime = TestRuntime::in_real_time();
        let count = Arc::new(AtomicU32::new(0));
        let counting = Arc::clone(&count);
        runtime.run(async move {
            tokio::spawn(async move {
                for _ in 0..100 {
                    counting.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
                std::future::pending::<()>().await;
            });
        });
        runtime.settle();
        assert_eq!(count.load(Ordering::Relaxed), 100);
        runtime.settle();
    }
}
