//! The tasks of an application under test, and a tokio runtime beside them.
//!
//! tokio's clock can be paused only in a runtime of one thread, and a task of such a runtime may not
//! call `block_in_place`. So the application's tasks are polled here, on the same thread, and the
//! runtime has the timers, the sockets, and the tasks that the application spawns itself.
//!
//! 1. Tasks are polled inside `Handle::block_on`, as in a runtime of several threads: timers, `spawn`
//!    and `block_in_place` work, and what may not block an asynchronous thread panics.
//! 2. The work that the test waits for is polled when no task is ready. So the test goes on when
//!    everything else has been done.
//! 3. The runtime has a turn in each round, if it has tasks of its own, and whenever no task of ours
//!    is ready.
//! 4. The clock moves only while the runtime parks. So it stands still until nothing is ready on
//!    either side, and while [`Outside`] sees work that may still wake a task.
//! 5. If a task blocks the thread, [`Engine::stand_in`] runs the runtime from another thread.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
#[cfg(feature = "testing")]
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

use super::idle::Idle;
#[cfg(feature = "testing")]
use super::outside::{Looks, Outside};
use super::tasks::Tasks;

/// The clock of a test runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// Moves on to the next timer when nothing is left to do.
    #[cfg(feature = "testing")]
    Virtual,
    /// Moves by itself.
    Real,
}

impl Time {
    #[cfg(feature = "testing")]
    pub(super) const DEFAULT: Self = Self::Virtual;
    #[cfg(not(feature = "testing"))]
    pub(super) const DEFAULT: Self = Self::Real;
}

/// The most turns before the test goes on. It is tokio's number of tasks between two polls of what a
/// `block_on` waits for.
const TURNS: usize = 61;

/// For so long the clock stands still while a task blocks the thread; then it runs in real time, for
/// the task may wait for a timer.
#[cfg(feature = "testing")]
const BLOCKED: Duration = Duration::from_millis(500);

pub(super) struct Engine {
    runtime: Runtime,
    tasks: Tasks,
    idle: Arc<Idle>,
    /// The number of the round; odd while tasks are polled.
    round: AtomicU64,
    /// Notified at the end of each round that something waits for.
    round_ended: Notify,
    /// In real time: the next parking of the runtime's thread counts.
    armed: Arc<AtomicBool>,
    /// In virtual time: the parks at which the clock may have to be held.
    #[cfg(feature = "testing")]
    looks: Arc<Looks>,
    time: Time,
}

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// The tasks that run on a thread.
#[derive(Clone)]
struct Current {
    tasks: Tasks,
    #[cfg(feature = "testing")]
    looks: Arc<Looks>,
}

/// Spawns a task among the tasks that run on this thread, or else in the current runtime.
#[cfg(all(feature = "server", feature = "client"))]
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    let mut work = Box::pin(work);
    spawn_session(std::future::poll_fn(move |cx| {
        application_runs();
        work.as_mut().poll(cx)
    }));
}

/// Spawns the task of a session, which calls [`application_runs`] by itself.
pub(super) fn spawn_session(work: impl Future<Output = ()> + Send + 'static) {
    match CURRENT.with_borrow(Clone::clone) {
        Some(current) => current.tasks.spawn(work),
        None => drop(tokio::spawn(work)),
    }
}

/// Reports that code of the application runs on this thread, or is about to. It may start work that
/// holds the clock.
pub(super) fn application_runs() {
    #[cfg(feature = "testing")]
    CURRENT.with_borrow(|current| {
        if let Some(current) = current {
            current.looks.request();
        }
    });
}

/// The future of a consumer that reports each poll it was woken for.
///
/// A session polls its consumer whenever it is polled itself: also for a ping, which a consumer does
/// not notice.
pub(super) fn reporting<T: 'static>(
    consumer: Pin<Box<dyn Future<Output = T> + Send>>,
) -> Pin<Box<dyn Future<Output = T> + Send>> {
    let mut consumer = consumer;
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    Box::pin(std::future::poll_fn(move |cx| {
        woken.forward_to(cx.waker());
        if woken.take() {
            application_runs();
        }
        consumer.as_mut().poll(&mut Context::from_waker(&waker))
    }))
}

/// A waker that remembers that it was called.
#[derive(Default)]
struct Woken {
    /// No waking was seen yet: the first poll needs none.
    idle: AtomicBool,
    session: Mutex<Option<Waker>>,
}

impl Woken {
    fn forward_to(&self, waker: &Waker) {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *session {
            Some(session) => session.clone_from(waker),
            None => *session = Some(waker.clone()),
        }
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

impl Engine {
    /// Builds an engine for this thread.
    pub(super) fn new(tasks: Tasks, idle: Arc<Idle>, time: Time) -> Self {
        let armed = Arc::default();
        #[cfg(feature = "testing")]
        let looks = Arc::default();
        let runtime = match time {
            #[cfg(feature = "testing")]
            Time::Virtual => virtual_time(&idle, &looks),
            Time::Real => real_time(&idle, &armed),
        };
        Self {
            runtime: runtime.expect("a runtime of one thread can be built"),
            tasks,
            idle,
            round: AtomicU64::new(0),
            round_ended: Notify::new(),
            armed,
            #[cfg(feature = "testing")]
            looks,
            time,
        }
    }

    fn current(&self) -> Current {
        Current {
            tasks: self.tasks.clone(),
            #[cfg(feature = "testing")]
            looks: Arc::clone(&self.looks),
        }
    }

    /// Runs the tasks until `main` is done.
    pub(super) fn run<F: Future>(&self, main: F) -> F::Output {
        let _restore = Restore(CURRENT.replace(Some(self.current())));
        let mut main = pin!(main);
        let waker = self.tasks.main_waker();
        waker.wake_by_ref();
        loop {
            if self.has_spawned() {
                // The tasks that they wake have their turns before the test goes on.
                self.enter(|| self.turns());
                self.runtime.block_on(tokio::task::yield_now());
            }
            let mut cx = Context::from_waker(&waker);
            let polled = self.enter(|| {
                self.turns();
                match self.tasks.take_main() {
                    true => {
                        application_runs();
                        main.as_mut().poll(&mut cx)
                    }
                    false => Poll::Pending,
                }
            });
            if let Poll::Ready(output) = polled {
                return output;
            }
            let is_settled = || !self.has_spawned() && self.idle.reached();
            if !self.tasks.is_ready() && !is_settled() {
                self.wait();
            }
        }
    }

    /// Gives tasks their turns until none is ready, or the test has waited for long enough.
    fn turns(&self) {
        for _ in 0..TURNS {
            if !self.tasks.turn() {
                return;
            }
        }
    }

    /// Calls `poll` as a runtime of several threads polls its tasks.
    fn enter<T>(&self, poll: impl FnOnce() -> T) -> T {
        let _running = Running::new(self);
        self.runtime.handle().block_on(async { poll() })
    }

    /// Runs the runtime until a task of ours is ready.
    fn wait(&self) {
        #[cfg(feature = "testing")]
        // Its own tasks run during the wait.
        self.looks.at_every_park(self.has_spawned());
        if self.time == Time::Real && self.idle.is_awaited() {
            // Another thread runs its tasks, and parks again behind this one and all before it.
            let armed = Arc::clone(&self.armed);
            drop(
                self.runtime
                    .spawn(async move { armed.store(true, Ordering::Release) }),
            );
        }
        self.runtime.block_on(self.tasks.woken());
    }

    /// Returns `true` if the application has spawned tasks that are not done.
    fn has_spawned(&self) -> bool {
        self.runtime.metrics().num_alive_tasks() > 0
    }
}

/// A runtime whose clock moves only while it parks.
#[cfg(feature = "testing")]
fn virtual_time(idle: &Arc<Idle>, looks: &Arc<Looks>) -> std::io::Result<Runtime> {
    let (idle, outside) = (Arc::clone(idle), Outside::new(Arc::clone(looks)));
    Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .on_thread_park(move || {
            if !idle.reached() {
                outside.hold_the_clock();
            }
        })
        .build()
}

/// A runtime as a server has it.
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

impl Engine {
    /// Returns the number of the round whose tasks are polled now.
    pub(super) fn running_round(&self) -> Option<u64> {
        let round = self.round.load(Ordering::Acquire);
        (round % 2 == 1).then_some(round)
    }

    /// Runs the runtime on this thread until `round` ends, whose thread a task blocks.
    ///
    /// The task may wait for a timer, a socket or a task of the runtime, as `block_in_place` allows.
    #[cfg(feature = "testing")]
    pub(super) fn stand_in(&self, round: u64) {
        if self.time == Time::Real {
            // Its runtime has a thread of its own.
            return;
        }
        self.looks.at_every_park(true);
        let (release, released) = std::sync::mpsc::channel::<()>();
        self.runtime.block_on(async move {
            let ended = self.ended(round);
            // The clock of tokio stands still while such a task runs.
            let held = tokio::task::spawn_blocking(move || {
                let _ = released.recv_timeout(BLOCKED);
            });
            let mut ended = pin!(ended);
            tokio::select! {
                biased;
                () = &mut ended => {
                    drop(release);
                    return;
                }
                _ = held => {}
            }
            tokio::time::resume();
            ended.await;
            tokio::time::pause();
        });
    }

    #[cfg(feature = "testing")]
    async fn ended(&self, round: u64) {
        loop {
            let mut notified = pin!(self.round_ended.notified());
            // Registered before the check, so that the end is not missed.
            notified.as_mut().enable();
            if self.running_round() != Some(round) {
                return;
            }
            notified.await;
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Timers and sockets of the tasks are dropped in their runtime.
        let _runtime = self.runtime.enter();
        self.tasks.clear();
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("time", &self.time)
            .field("tasks", &self.tasks)
            .finish_non_exhaustive()
    }
}

/// A round whose tasks are polled.
struct Running<'e>(&'e Engine);

impl<'e> Running<'e> {
    fn new(engine: &'e Engine) -> Self {
        engine.round.fetch_add(1, Ordering::AcqRel);
        Self(engine)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.round.fetch_add(1, Ordering::AcqRel);
        self.0.round_ended.notify_waiters();
    }
}

/// Brings back the tasks that ran on a thread before.
struct Restore(Option<Current>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;
    use crate::testing::Offline as _;
    use crate::{WebSocket, WsResult};

    /// tokio parks some ten times a minute here: the pings of two ends, and the levels of its wheel.
    #[test]
    fn no_look_is_taken_while_only_pings_travel() {
        async fn silent(_ws: WebSocket) -> WsResult {
            std::future::pending().await
        }
        let engine = Engine::new(Tasks::new(None), Arc::default(), Time::Virtual);
        engine.run(async {
            let socket = silent.connect_ws("/").await.expect("a socket");
            tokio::time::sleep(Duration::from_secs(60)).await;
            let before = engine.looks.taken();
            tokio::time::sleep(Duration::from_secs(60 * 60)).await;
            assert!(engine.looks.taken() - before <= 2);
            drop(socket);
        });
    }

    #[test]
    fn a_look_is_taken_behind_each_poll_of_a_woken_consumer() {
        async fn beats(_ws: WebSocket) -> WsResult {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        let engine = Engine::new(Tasks::new(None), Arc::default(), Time::Virtual);
        engine.run(async {
            let socket = beats.connect_ws("/").await.expect("a socket");
            let before = engine.looks.taken();
            tokio::time::sleep(Duration::from_millis(10_500)).await;
            assert!((10..=13).contains(&(engine.looks.taken() - before)));
            drop(socket);
        });
    }
}
