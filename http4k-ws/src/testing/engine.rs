//! The executor of a test runtime: a scheduler for the application's tasks, and a tokio runtime
//! beside it.
//!
//! tokio's clock can be paused only in a runtime of one thread, and a task of such a runtime may
//! not call `block_in_place`. So the application's tasks are polled here, on the same thread. The
//! tokio runtime has the timers, the sockets, and the tasks that the application spawns itself.
//!
//! Invariants:
//!
//! 1. Tasks are polled inside `Handle::block_on`, as in a runtime of several threads. Timers,
//!    `spawn` and `block_in_place` work, and a call that may not block an asynchronous thread
//!    panics.
//! 2. The test's future is polled when no task is ready. So the test continues after everything
//!    else has been done.
//! 3. The tokio runtime runs after each batch of steps if it has tasks of its own, and whenever no
//!    task of the scheduler is ready.
//! 4. The clock moves only while the tokio runtime parks. So it stands still until nothing is ready
//!    on either side, and while [`OutsideWork`] finds work that may still wake a task.
//! 5. If a task blocks the thread, [`Engine::stand_in`] runs the tokio runtime from another thread.
//! 6. Any thread outside a runtime may run the engine, one thread at a time.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
#[cfg(feature = "testing")]
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Builder, Runtime, RuntimeMetrics};
#[cfg(feature = "testing")]
use tokio::sync::Notify;

#[cfg(feature = "testing")]
use super::blocked;
use super::current::{Current, application_runs, is_inside};
use super::idle::Idle;
#[cfg(feature = "testing")]
use super::outside::{OutsideWork, Scans, ThreadName};
use super::schedule::{Scheduler, Stepped};

/// The clock of a test runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// Moves to the next timer when nothing is left to do.
    #[cfg(feature = "testing")]
    Virtual,
    /// The clock of the machine.
    Real,
}

impl Time {
    #[cfg(feature = "testing")]
    pub(super) const DEFAULT: Self = Self::Virtual;
    #[cfg(not(feature = "testing"))]
    pub(super) const DEFAULT: Self = Self::Real;
}

/// The largest number of steps in a batch, before the test's future is polled. tokio polls the
/// future of a `block_on` after as many tasks.
const STEPS: usize = 61;

pub(super) struct Engine {
    runtime: Runtime,
    metrics: RuntimeMetrics,
    scheduler: Scheduler,
    current: Arc<Current>,
    /// The waker of the test's future.
    main_waker: Waker,
    idle: Arc<Idle>,
    /// The number of batches that started and ended; odd while tasks are polled.
    batch: Arc<AtomicU64>,
    /// The threads that wait for the end of a batch.
    #[cfg(feature = "testing")]
    pub(super) stand_ins: AtomicUsize,
    #[cfg(feature = "testing")]
    pub(super) batch_ended: Notify,
    /// In real time: reports the runtime as idle when its thread parks next.
    armed: Arc<AtomicBool>,
    /// In virtual time: the parks at which the clock may have to be held.
    #[cfg(feature = "testing")]
    pub(super) scans: Arc<Scans>,
    /// In virtual time: the name by which the threads of the application are found.
    #[cfg(feature = "testing")]
    thread_name: Arc<ThreadName>,
    time: Time,
}

impl Engine {
    pub(super) fn new(scheduler: Scheduler, idle: Arc<Idle>, time: Time) -> Self {
        let (batch, armed) = (Arc::default(), Arc::default());
        #[cfg(feature = "testing")]
        let (scans, thread_name) = (Arc::default(), Arc::default());
        let runtime = match time {
            #[cfg(feature = "testing")]
            Time::Virtual => {
                let outside = OutsideWork::new(Arc::clone(&scans), Arc::clone(&thread_name));
                virtual_time(&idle, &batch, outside)
            }
            Time::Real => real_time(&idle, &armed),
        };
        let runtime = runtime.expect("a runtime of one thread can be built");
        Self {
            metrics: runtime.metrics(),
            runtime,
            main_waker: scheduler.main_waker(),
            current: Arc::new(Current {
                scheduler: scheduler.clone(),
                #[cfg(feature = "testing")]
                scans: Arc::clone(&scans),
            }),
            scheduler,
            idle,
            batch,
            #[cfg(feature = "testing")]
            stand_ins: AtomicUsize::new(0),
            #[cfg(feature = "testing")]
            batch_ended: Notify::new(),
            armed,
            #[cfg(feature = "testing")]
            scans,
            #[cfg(feature = "testing")]
            thread_name,
            time,
        }
    }

    #[cfg(feature = "testing")]
    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Returns `true` if this thread runs the engine.
    pub(super) fn runs_here(&self) -> bool {
        is_inside(&self.scheduler)
    }

    pub(super) fn time(&self) -> Time {
        self.time
    }

    /// Runs the tasks on this thread until `main` is done.
    pub(super) fn run<F: Future>(&self, main: F) -> F::Output {
        let _restore = self.current.enter();
        #[cfg(feature = "testing")]
        let _named = (self.time == Time::Virtual).then(|| self.thread_name.give());
        let mut main = pin!(main);
        self.main_waker.wake_by_ref();
        loop {
            if self.has_spawned() {
                // Spawned tasks run before the test continues, and so do the tasks that they wake.
                if self.enter(|| self.batch()) == Stepped::Main {
                    self.main_waker.wake_by_ref();
                }
                self.runtime.block_on(tokio::task::yield_now());
            }
            let polled = self.enter(|| {
                // Often the first poll sends a message, and the second one finds it handled.
                let polled = self.poll_main(main.as_mut());
                match polled.is_pending() && !self.has_spawned() {
                    true => self.poll_main(main.as_mut()),
                    false => polled,
                }
            });
            if let Poll::Ready(output) = polled {
                return output;
            }
            // Parking would move a virtual clock.
            if !self.scheduler.is_ready() && !self.report_idle() {
                self.wait();
            }
        }
    }

    /// Polls a batch of tasks, then the test's future, which so sees everything done.
    fn poll_main<F: Future>(&self, main: Pin<&mut F>) -> Poll<F::Output> {
        let stepped = self.batch();
        if stepped == Stepped::Nothing {
            self.report_idle();
        }
        if stepped != Stepped::Main && !self.scheduler.take_main() {
            return Poll::Pending;
        }
        application_runs();
        main.poll(&mut Context::from_waker(&self.main_waker))
    }

    /// Wakes a test that waits for idleness, if nothing else can run. Returns `true` if one waited.
    fn report_idle(&self) -> bool {
        !self.has_spawned() && self.idle.reached()
    }

    /// Polls tasks until none is ready, or the test has waited for long enough. Returns the result
    /// of the last step.
    fn batch(&self) -> Stepped {
        let mut stepped = Stepped::Nothing;
        for _ in 0..STEPS {
            stepped = self.scheduler.step();
            if stepped != Stepped::Task {
                break;
            }
        }
        stepped
    }

    /// Calls `poll` in a context as a runtime of several threads has it.
    fn enter<T>(&self, poll: impl FnOnce() -> T) -> T {
        let _batch = Batch::start(self);
        self.runtime.handle().block_on(async { poll() })
    }

    /// Runs the tokio runtime until a task of the scheduler is ready.
    fn wait(&self) {
        #[cfg(feature = "testing")]
        // Tasks of the tokio runtime run during the wait and may start work.
        self.scans.at_every_park(self.has_spawned());
        if self.time == Time::Real && self.idle.is_awaited() {
            // The worker thread runs this task after all tasks before it, and then parks.
            let armed = Arc::clone(&self.armed);
            drop(
                self.runtime
                    .spawn(async move { armed.store(true, Ordering::Release) }),
            );
        }
        self.runtime.block_on(self.scheduler.woken());
    }

    /// Returns `true` if the application has spawned tasks that are not done.
    fn has_spawned(&self) -> bool {
        self.metrics.num_alive_tasks() > 0
    }
}

/// Returns the number of the batch whose tasks are polled now, of a count that is odd meanwhile.
#[cfg(feature = "testing")]
fn running(batch: &AtomicU64) -> Option<u64> {
    let batch = batch.load(Ordering::SeqCst);
    (batch % 2 == 1).then_some(batch)
}

/// Builds a runtime whose clock moves only while it parks.
#[cfg(feature = "testing")]
fn virtual_time(
    idle: &Arc<Idle>,
    batch: &Arc<AtomicU64>,
    outside: OutsideWork,
) -> std::io::Result<Runtime> {
    let (idle, batch) = (Arc::clone(idle), Arc::clone(batch));
    Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .on_thread_park(move || {
            // A stand-in also parks while a task blocks its thread, and that is not idle.
            if running(&batch).is_some() || !idle.reached() {
                outside.hold_the_clock();
            }
        })
        .build()
}

/// Builds a runtime as a server has it.
fn real_time(idle: &Arc<Idle>, armed: &Arc<AtomicBool>) -> std::io::Result<Runtime> {
    #[cfg(any(feature = "server", feature = "client"))]
    let mut builder = Builder::new_multi_thread();
    #[cfg(any(feature = "server", feature = "client"))]
    builder.worker_threads(1);
    #[cfg(not(any(feature = "server", feature = "client")))]
    let mut builder = Builder::new_current_thread();
    let (idle, armed) = (Arc::clone(idle), Arc::clone(armed));
    builder
        .enable_all()
        .on_thread_park(move || {
            if armed.swap(false, Ordering::AcqRel) {
                idle.reached();
            }
        })
        .build()
}

#[cfg(feature = "testing")]
impl Engine {
    /// Returns the number of the batch whose tasks are polled now.
    pub(super) fn running_batch(&self) -> Option<u64> {
        running(&self.batch)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // The timers and sockets of the tasks must be dropped in their runtime.
        let _runtime = self.runtime.enter();
        self.scheduler.clear();
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("time", &self.time)
            .field("scheduler", &self.scheduler)
            .finish_non_exhaustive()
    }
}

/// A guard for a batch whose tasks are polled.
struct Batch<'e>(&'e Engine);

impl<'e> Batch<'e> {
    fn start(engine: &'e Engine) -> Self {
        engine.batch.fetch_add(1, Ordering::SeqCst);
        #[cfg(feature = "testing")]
        blocked::batch_started();
        Self(engine)
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.0.batch.fetch_add(1, Ordering::SeqCst);
        #[cfg(feature = "testing")]
        if self.0.stand_ins.load(Ordering::SeqCst) > 0 {
            self.0.batch_ended.notify_waiters();
        }
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::Offline as _;
    use crate::{WebSocket, WsResult};

    /// tokio parks some ten times a minute here: the pings of two ends, and the levels of its
    /// wheel.
    #[test]
    fn pings_alone_cause_no_scans() {
        async fn silent(_ws: WebSocket) -> WsResult {
            std::future::pending().await
        }
        let engine = Engine::new(Scheduler::new(None), Arc::default(), Time::Virtual);
        engine.run(async {
            let socket = silent.connect_ws("/").await.expect("a socket");
            tokio::time::sleep(Duration::from_secs(60)).await;
            let before = engine.scans.count();
            tokio::time::sleep(Duration::from_secs(60 * 60)).await;
            assert!(engine.scans.count() - before <= 2);
            drop(socket);
        });
    }

    #[test]
    fn each_poll_of_a_woken_consumer_causes_a_scan() {
        async fn beats(_ws: WebSocket) -> WsResult {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        let engine = Engine::new(Scheduler::new(None), Arc::default(), Time::Virtual);
        engine.run(async {
            let socket = beats.connect_ws("/").await.expect("a socket");
            let before = engine.scans.count();
            tokio::time::sleep(Duration::from_millis(10_500)).await;
            assert!((10..=13).contains(&(engine.scans.count() - before)));
            drop(socket);
        });
    }
}
