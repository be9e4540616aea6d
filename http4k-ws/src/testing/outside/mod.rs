//! Work that tokio cannot see and that may still wake a task of the application: a socket to a real
//! peer, and a thread that the application started.
//!
//! tokio's paused clock moves to the next timer when the runtime has nothing to run. A timeout
//! would then expire before a real server had a chance to respond. So the clock is held during such
//! work. (A closure of `spawn_blocking` holds it by itself.)
//!
//! On Linux, both kinds are read from `/proc` (`linux.rs`). On other systems nothing is
//! found, and such a test needs real time.
//!
//! A scan costs system calls, and tokio parks several times before one timer. Only a task that runs
//! can start such work, so a park needs no scan unless a task ran before it ([`Scans`]).

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod name;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use linux::Process;
#[cfg(target_os = "linux")]
pub(super) use name::ThreadName;

/// The longest time for which work that does not change holds the clock. A socket may stay open for
/// ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pause between two scans, in real time.
const PAUSE: Duration = Duration::from_millis(1);

/// The parks before which work may have started that the last scan did not see.
#[derive(Debug, Default)]
pub(super) struct Scans {
    /// A task has run since the last scan.
    due: AtomicBool,
    /// The runtime has tasks of its own, which run between two parks.
    always: AtomicBool,
    #[cfg(test)]
    count: std::sync::atomic::AtomicU32,
}

impl Scans {
    /// Requests a scan at the next park, because a task may have started work.
    pub(super) fn request(&self) {
        self.due.store(true, Ordering::Release);
    }

    /// Requests a scan at every park, or with `false` only at those that [`request`](Self::request)
    /// names.
    pub(super) fn at_every_park(&self, always: bool) {
        self.always.store(always, Ordering::Release);
    }

    fn is_due(&self) -> bool {
        let due = self.due.swap(false, Ordering::AcqRel) || self.always.load(Ordering::Acquire);
        #[cfg(test)]
        self.count.fetch_add(u32::from(due), Ordering::Relaxed);
        due
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }
}

/// Finds the application's work outside the runtime, and holds the clock during it.
#[derive(Debug, Clone)]
pub(super) struct OutsideWork {
    watched: Arc<Mutex<Watched>>,
    scans: Arc<Scans>,
}

#[derive(Debug)]
struct Watched {
    process: Process,
    held: bool,
    /// Work that did not change for [`PATIENCE`]; it holds the clock no longer.
    stale: Option<Work>,
}

/// Work that was found: descriptors of sockets and thread ids.
#[derive(Debug, Default, PartialEq, Eq)]
struct Work {
    sockets: Vec<u32>,
    threads: Vec<u32>,
}

impl OutsideWork {
    /// Finds the work of an application whose threads have `name`.
    pub(super) fn new(scans: Arc<Scans>, name: Arc<ThreadName>) -> Self {
        let watched = Watched {
            process: Process::new(name),
            held: false,
            stale: None,
        };
        Self {
            watched: Arc::new(Mutex::new(watched)),
            scans,
        }
    }

    /// Holds the clock of the current runtime for as long as work is found. Called before each
    /// park.
    pub(super) fn hold_the_clock(&self) {
        if !self.scans.is_due() {
            return;
        }
        let mut watched = self.lock();
        if watched.held || watched.work().is_none() {
            // Stale work may start other work at any time, without a task that runs.
            if watched.stale.is_some() {
                self.scans.request();
            }
            return;
        }
        watched.held = true;
        drop(watched);
        let outside = self.clone();
        // tokio holds its clock while a blocking task runs.
        drop(tokio::task::spawn_blocking(move || outside.wait()));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the work is done, or has not changed for [`PATIENCE`].
    fn wait(&self) {
        self.wait_for_work();
        self.scans.request();
    }

    fn wait_for_work(&self) {
        let (mut last, mut since) = (Work::default(), Instant::now());
        loop {
            let mut watched = self.lock();
            // The runtime was dropped, because the test is over.
            let is_over = Arc::strong_count(&self.watched) == 1;
            let Some(work) = watched.work().filter(|_| !is_over) else {
                watched.held = false;
                return;
            };
            if work != last {
                (last, since) = (work, Instant::now());
            } else if since.elapsed() >= PATIENCE {
                log::warn!(
                    "virtual time continues, although the application has open work: {work:?}"
                );
                watched.stale = Some(work);
                watched.held = false;
                return;
            }
            drop(watched);
            std::thread::sleep(PAUSE);
        }
    }
}

impl Watched {
    fn work(&mut self) -> Option<Work> {
        let work = self.process.work();
        let is_none = work == Work::default();
        (!is_none && self.stale.as_ref() != Some(&work)).then_some(work)
    }
}

#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
struct Process;

#[cfg(not(target_os = "linux"))]
impl Process {
    fn new(_name: Arc<ThreadName>) -> Self {
        Self
    }

    fn work(&mut self) -> Work {
        Work::default()
    }
}

/// The name by which the threads of an application are found.
#[cfg(not(target_os = "linux"))]
#[derive(Debug, Default)]
pub(super) struct ThreadName;

#[cfg(not(target_os = "linux"))]
impl ThreadName {
    pub(super) fn give(&self) {}
}
