//! Tasks that block the thread of a test runtime in virtual time.
//!
//! A task may wait for a timer, a socket or a task of the tokio runtime, as `block_in_place`
//! allows. Another thread must then run the tokio runtime, because the thread of the task cannot.
//!
//! 1. One thread of the process, the watcher, checks every [`CHECK`] which batch each test runtime
//!    runs. A batch that is still the same is blocked, and a thread of its own stands in.
//! 2. When no test runtime has run anything for [`QUIET`] checks, the watcher sleeps, and the next
//!    batch wakes it. It announces its sleep before its last check, and a batch is counted before
//!    it looks for a sleeper. So one of the two sees the other.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::engine::Engine;
use super::runtime::Shared;

/// The pause between two checks. A batch of tasks that lasts for two of them may be blocked.
const CHECK: Duration = Duration::from_millis(10);

/// The number of checks without a batch after which the watcher sleeps.
const QUIET: u32 = 20;

/// The time for which the clock stands still while a task blocks the thread. After that it runs in
/// real time, because the task may wait for a timer.
const BLOCKED: Duration = Duration::from_millis(500);

static WATCHED: Mutex<Watched> = Mutex::new(Watched {
    runtimes: Vec::new(),
    is_watching: false,
});
static WAKE: Condvar = Condvar::new();
static IS_ASLEEP: AtomicBool = AtomicBool::new(false);

struct Watched {
    runtimes: Vec<Runtime>,
    /// The thread of the watcher has been started.
    is_watching: bool,
}

/// A test runtime, and what the last check found.
struct Runtime {
    shared: Weak<Shared>,
    seen: Option<u64>,
    stand_in: Option<JoinHandle<()>>,
}

fn watched() -> MutexGuard<'static, Watched> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches the batches of a test runtime for as long as it lives.
pub(super) fn watch(shared: Weak<Shared>) {
    let mut watched = watched();
    watched.runtimes.push(Runtime {
        shared,
        seen: None,
        stand_in: None,
    });
    if !watched.is_watching {
        let thread = thread::Builder::new().name("http4k-ws watch".into());
        thread.spawn(run).expect("a thread can be started");
        watched.is_watching = true;
    }
}

/// Wakes the watcher if it sleeps. The batch must have been counted before.
pub(super) fn batch_started() {
    if IS_ASLEEP.load(Ordering::SeqCst) {
        let _watched = watched();
        WAKE.notify_one();
    }
}

/// Watches all test runtimes of the process.
fn run() {
    let (mut watched, mut quiet) = (watched(), 0);
    loop {
        IS_ASLEEP.store(quiet >= QUIET, Ordering::SeqCst);
        let is_any_running = watched.check();
        watched = if quiet >= QUIET && !is_any_running {
            WAKE.wait(watched).unwrap_or_else(PoisonError::into_inner)
        } else {
            let waited = WAKE.wait_timeout(watched, CHECK);
            waited.unwrap_or_else(PoisonError::into_inner).0
        };
        // A sleeper that was woken starts anew.
        quiet = if is_any_running || quiet >= QUIET {
            0
        } else {
            quiet + 1
        };
    }
}

impl Watched {
    /// Checks every test runtime. Returns `true` if one of them runs a batch.
    fn check(&mut self) -> bool {
        self.runtimes
            .retain(|runtime| runtime.shared.strong_count() > 0);
        let running = self.runtimes.iter_mut().map(Runtime::check);
        running.fold(false, |any, is_running| any | is_running)
    }
}

impl Runtime {
    /// Starts a stand-in if the batch of the last check still runs.
    fn check(&mut self) -> bool {
        let Some(shared) = self.shared.upgrade() else {
            return false;
        };
        let running = shared.engine().running_batch();
        let seen = std::mem::replace(&mut self.seen, running);
        if let (Some(batch), true) = (running, running == seen) {
            let is_standing_in = self.stand_in.as_ref().is_some_and(|one| !one.is_finished());
            if !is_standing_in {
                let stand_in = move || shared.engine().stand_in(batch);
                let thread = thread::Builder::new().name("http4k-ws stand-in".into());
                // Without a thread, the task continues to block.
                self.stand_in = thread.spawn(stand_in).ok();
            }
        }
        running.is_some()
    }
}

impl Engine {
    /// Runs the tokio runtime on this thread until `batch` ends, a task of which blocks its thread.
    fn stand_in(&self, batch: u64) {
        self.scans.at_every_park(true);
        let (release, released) = std::sync::mpsc::channel::<()>();
        self.runtime().block_on(async move {
            let ended = self.ended(batch);
            // tokio holds its clock while a blocking task runs.
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
            // The task blocks for longer. It may wait for a timer, so time runs from here on.
            tokio::time::resume();
            ended.await;
            tokio::time::pause();
        });
    }

    async fn ended(&self, batch: u64) {
        let _standing_in = StandingIn::start(self);
        loop {
            let mut notified = pin!(self.batch_ended.notified());
            // Registered before the check, so that the end is not missed.
            notified.as_mut().enable();
            if self.running_batch() != Some(batch) {
                return;
            }
            notified.await;
        }
    }
}

/// A guard for a thread that waits for the end of a batch.
struct StandingIn<'e>(&'e Engine);

impl<'e> StandingIn<'e> {
    fn start(engine: &'e Engine) -> Self {
        engine.stand_ins.fetch_add(1, Ordering::SeqCst);
        Self(engine)
    }
}

impl Drop for StandingIn<'_> {
    fn drop(&mut self) {
        self.0.stand_ins.fetch_sub(1, Ordering::SeqCst);
    }
}
