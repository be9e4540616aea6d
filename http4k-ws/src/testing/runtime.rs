//! The thread on which an application runs during a test.
//!
//! 1. The application has a thread of its own, so a test can be a plain function or run inside any
//!    runtime.
//! 2. Each test thread has one test runtime, so all clients of a test share one application and one
//!    clock.
//! 3. The thread runs only while the test waits for it. Between two calls the application stands
//!    still, and so does a virtual clock.

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
use super::schedule::Scheduler;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The pause between two checks for a task that blocks the thread. A batch of tasks that lasts for
/// two of them may be blocked.
const CHECK: Duration = Duration::from_millis(10);

/// A handle to the runtime in which the applications of one test thread run.
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
    /// Returns the test runtime of this thread, and starts it at the first call.
    pub(super) fn of_this_thread() -> Self {
        RUNTIME.with_borrow_mut(|runtime| {
            runtime
                .get_or_insert_with(|| Self::start(None, Time::DEFAULT))
                .clone()
        })
    }

    /// Starts a test runtime in which a seed decides which task is polled next.
    fn seeded(seed: u64) -> Self {
        Self::start(Some(seed), Time::DEFAULT)
    }

    /// Starts a test runtime whose clock is the machine's.
    fn in_real_time() -> Self {
        Self::start(None, Time::Real)
    }

    /// Calls `work`, for which this is the test runtime of the thread.
    fn around<T>(self, work: impl FnOnce() -> T) -> T {
        let _restore = Restore(RUNTIME.replace(Some(self)));
        work()
    }

    /// Returns the time for which a client without a limit waits for a message.
    pub(super) fn patience(&self) -> Duration {
        match self.time {
            #[cfg(feature = "testing")]
            Time::Virtual => Duration::from_secs(2 * 60 * 60),
            Time::Real => Duration::from_secs(5),
        }
    }

    fn start(seed: Option<u64>, time: Time) -> Self {
        let (idle, scheduler) = (Arc::new(Idle::default()), Scheduler::new(seed));
        let (jobs, queue) = mpsc::channel::<Job>();
        let (started, engine) = mpsc::sync_channel(1);
        let engines_idle = Arc::clone(&idle);
        thread::Builder::new()
            .name("http4k-ws test".into())
            .spawn(move || {
                let engine = Arc::new(Engine::new(scheduler, engines_idle, time));
                // The receiver waits at the end of this function.
                let _ = started.send(Arc::downgrade(&engine));
                // This blocks the thread on purpose: the application stands still between two jobs.
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

    /// Runs `work` and all tasks that it wakes, until `work` is done.
    ///
    /// # Panics
    ///
    /// Panics with the panic of `work`.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let (done, result) = mpsc::sync_channel(1);
        let job = Box::pin(async move {
            let ended = AssertUnwindSafe(work).catch_unwind().await;
            // The receiver waits in `outcome`, unless its thread has ended.
            let _ = done.send(ended);
        });
        self.jobs
            .send(job)
            .expect("the runtime lives as long as its thread");
        self.outcome(&result)
            .unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Waits for the result of a job.
    fn outcome<T>(&self, result: &Receiver<thread::Result<T>>) -> thread::Result<T> {
        let mut seen = None;
        loop {
            match result.recv_timeout(CHECK) {
                Ok(ended) => return ended,
                Err(RecvTimeoutError::Timeout) => seen = self.unblock(seen),
                Err(RecvTimeoutError::Disconnected) => {
                    let ended: Box<dyn Any + Send> = Box::new("the runtime ended before its job");
                    return Err(ended);
                }
            }
        }
    }

    /// Lets another thread run the tokio runtime if the batch that was `seen` at the last check
    /// still runs. Returns the batch that runs now.
    fn unblock(&self, seen: Option<u64>) -> Option<u64> {
        let engine = self.engine.upgrade()?;
        let running = engine.running_batch();
        if running.is_none() || running != seen {
            return running;
        }
        #[cfg(feature = "testing")]
        if let Some(batch) = running {
            // A thread of another tokio runtime must not run a second one, and the test's may be
            // such.
            let standing_in = thread::spawn(move || engine.stand_in(batch));
            let _ = standing_in.join();
        }
        None
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
        let idle = Arc::clone(&self.idle);
        async move { idle.settled().await }
    }
}

/// Runs `test` in a test runtime of its own, in which `seed` decides which of several ready sockets
/// runs next.
///
/// The same seed always leads to the same order, so a seed that reveals a race reveals it again. A
/// test that fails prints its seed. Without a seed, sockets run in the order in which they were
/// woken.
///
/// The clients must be opened inside `test`, and the clock starts anew. The seed does not decide:
///
/// - the order of tasks that the application spawns itself; they run in the order in which they are
///   woken,
/// - the branches of `tokio::select!` without `biased`, which picks one at random,
/// - `block_in_place`, which stops the whole test runtime,
/// - the end of a thread, of work on a real socket, and of a closure of `spawn_blocking`.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::with_seed;
/// use tokio::sync::Notify;
///
/// type First = Arc<Mutex<Option<String>>>;
///
/// async fn race(ws: WebSocket, name: String, start: Arc<Notify>, first: First) -> WsResult {
///     start.notified().await;
///     first.lock().unwrap().get_or_insert(name);
///     Ok(ws.send("done").await?)
/// }
///
/// /// Returns the name of the runner that comes first.
/// fn winner() -> Option<String> {
///     let (start, first) = (Arc::<Notify>::default(), First::default());
///     let app = routes! { "/<name>" => ws(race(ws, name, start, first)) };
///     let mut runners = ["/ann", "/bob"].map(|path| app.test_ws(path));
///     start.notify_waiters();
///     for runner in &mut runners {
///         assert_eq!(runner.received().next().unwrap().unwrap().text(), "done");
///     }
///     first.lock().unwrap().clone()
/// }
///
/// assert_eq!(with_seed(1, winner), with_seed(1, winner));
/// assert!((2..100).any(|seed| with_seed(seed, winner) != with_seed(1, winner)));
/// ```
pub fn with_seed<T>(seed: u64, test: impl FnOnce() -> T) -> T {
    let _report = ReportSeed(seed);
    TestRuntime::seeded(seed).around(test)
}

/// Prints the seed of a test that fails.
struct ReportSeed(u64);

impl Drop for ReportSeed {
    fn drop(&mut self) {
        if thread::panicking() {
            let seed = self.0;
            eprintln!("this was seed {seed}: `with_seed({seed}, ..)` runs it again");
        }
    }
}

/// Runs `test` in a test runtime of its own whose time is real, also with feature `testing`.
///
/// The test runtime has two threads, as a server has several. Use it in these cases:
///
/// - The application waits for a thread, on a system other than Linux, or for a thread with a name.
/// - A task that the application spawns itself calls `block_in_place`.
/// - Another process or a device is at the other end.
///
/// `advance` then waits for the whole time. A client waits at most five seconds for a message. The
/// clients must be opened inside `test`. Without feature `testing` time is always real.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::testing::with_real_time;
///
/// async fn slow(_request: Request) -> &'static str {
///     tokio::time::sleep(Duration::from_millis(20)).await;
///     "at last"
/// }
///
/// let started = Instant::now();
/// assert_eq!(with_real_time(|| slow.test_http("/")).body(), "at last");
/// assert!(started.elapsed() >= Duration::from_millis(20));
/// ```
pub fn with_real_time<T>(test: impl FnOnce() -> T) -> T {
    TestRuntime::in_real_time().around(test)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    async fn count_to_100(count: &AtomicU32) {
        for _ in 0..100 {
            count.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    }

    #[test]
    fn settling_runs_ready_tasks_without_moving_the_clock() {
        let runtime = TestRuntime::of_this_thread();
        let count = Arc::new(AtomicU32::new(0));
        let counting = Arc::clone(&count);
        runtime.run(async move {
            tokio::spawn(async move {
                count_to_100(&counting).await;
                tokio::time::sleep(Duration::from_secs(3600)).await;
                counting.fetch_add(1, Ordering::Relaxed);
            });
        });
        runtime.settle();
        assert_eq!(count.load(Ordering::Relaxed), 100);
        runtime.settle();
        assert_eq!(count.load(Ordering::Relaxed), 100);
    }

    /// Another thread runs the tokio runtime meanwhile, and parks.
    #[test]
    fn settling_waits_for_a_task_that_blocks_its_thread() {
        use crate::testing::{Offline as _, WsClient as _};

        let done = Arc::<AtomicU32>::default();
        let blocking = Arc::clone(&done);
        let app = move |mut ws: crate::WebSocket| {
            let done = Arc::clone(&blocking);
            async move {
                while ws.recv().await?.is_some() {
                    thread::sleep(CHECK * 10);
                    // More than one batch of tasks.
                    count_to_100(&done).await;
                }
                crate::WsResult::Ok(())
            }
        };
        let mut client = app.test_ws("/");
        for handled in 1..=3 {
            client.send("block").expect("an open socket");
            assert_eq!(done.load(Ordering::Relaxed), handled * 100);
        }
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
    fn a_test_runtime_works_inside_another_runtime() {
        let outer = tokio::runtime::Runtime::new().expect("a runtime");
        let inner = outer.block_on(async { TestRuntime::of_this_thread().run(async { 7 }) });
        assert_eq!(inner, 7);
    }

    #[test]
    fn a_panic_of_the_work_reaches_the_test_and_the_runtime_survives() {
        let runtime = TestRuntime::of_this_thread();
        let failed = std::panic::catch_unwind(AssertUnwindSafe(|| {
            runtime.run(async { panic!("on purpose") })
        }));
        let panic = failed.expect_err("a panic");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"on purpose"));
        assert_eq!(runtime.run(async { 7 }), 7);
    }

    /// A task of the scheduler and one of the tokio runtime wait for each other without a timer.
    #[test]
    fn a_task_that_yields_lets_spawned_ones_run() {
        let runtime = TestRuntime::of_this_thread();
        let yields = runtime.run(async {
            let done = Arc::new(AtomicU32::new(0));
            let sets = Arc::clone(&done);
            tokio::spawn(async move { sets.store(1, Ordering::Release) });
            let mut yields = 0;
            while done.load(Ordering::Acquire) == 0 {
                tokio::task::yield_now().await;
                yields += 1;
            }
            yields
        });
        // In real time the other task has a thread of its own, which runs when it gets a processor.
        assert!(yields < 1000 || cfg!(not(feature = "testing")), "{yields}");
    }

    #[test]
    fn real_time_has_spawned_tasks_and_settles() {
        let runtime = TestRuntime::in_real_time();
        let count = Arc::new(AtomicU32::new(0));
        let counting = Arc::clone(&count);
        runtime.run(async move {
            tokio::spawn(async move {
                count_to_100(&counting).await;
                std::future::pending::<()>().await;
            });
        });
        runtime.settle();
        assert_eq!(count.load(Ordering::Relaxed), 100);
        runtime.settle();
    }
}
