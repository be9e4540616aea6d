//! The thread that runs a test runtime for a caller that cannot.
//!
//! A thread inside a runtime must not block on a second one, and a thread that unwinds must not run
//! the application.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

type Job = Box<dyn FnOnce() + Send>;

/// A thread that is started when it is first used. It ends with its owner.
#[derive(Default)]
pub(super) struct OwnThread(Mutex<Option<mpsc::Sender<Job>>>);

impl OwnThread {
    /// Calls `work` on the thread, and waits for its result.
    ///
    /// # Panics
    ///
    /// Panics with the panic of `work`.
    pub(super) fn call<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (done, result) = mpsc::sync_channel(1);
        self.send(Box::new(move || {
            let ended = catch_unwind(AssertUnwindSafe(work));
            // The receiver waits below.
            let _ = done.send(ended);
        }));
        let ended = result.recv().expect("each job reports its end");
        ended.unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn send(&self, job: Job) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = jobs.get_or_insert_with(start).send(job);
        sent.expect("the thread lives as long as its owner");
    }
}

fn start() -> mpsc::Sender<Job> {
    let (jobs, queue) = mpsc::channel::<Job>();
    thread::Builder::new()
        .name("http4k-ws test".into())
        .spawn(move || queue.iter().for_each(|job| job()))
        .expect("a thread can be started");
    jobs
}

impl fmt::Debug for OwnThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("OwnThread")
            .field("is_started", &jobs.is_some())
            .finish()
    }
}
