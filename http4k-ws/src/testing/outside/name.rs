//! The name by which the threads of an application are found.
//!
//! A thread has it only while it runs the test runtime. The threads that a test starts between two
//! calls of a client inherit the test's own name, and do not hold the clock.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

/// A name of a thread that no other test runtime uses.
#[derive(Debug)]
pub(in crate::testing) struct ThreadName {
    name: String,
    /// The thread that had the name last; 0 if none could be named.
    bearer: AtomicU32,
}

impl Default for ThreadName {
    fn default() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self {
            // The kernel keeps 15 bytes.
            name: format!("h4k-{number:x}"),
            bearer: AtomicU32::new(0),
        }
    }
}

impl ThreadName {
    pub(super) fn as_str(&self) -> &str {
        &self.name
    }

    /// Returns the thread that runs the test runtime, or that ran it last.
    pub(super) fn bearer(&self) -> Option<u32> {
        Some(self.bearer.load(Ordering::Acquire)).filter(|id| *id != 0)
    }

    /// Gives this thread the name until the guard is dropped.
    pub(in crate::testing) fn give(&self) -> Given {
        let id = with_this_thread(|thread| {
            thread.rename(self.name.as_bytes())?;
            Some(thread.id)
        });
        self.bearer.store(id.unwrap_or(0), Ordering::Release);
        Given(())
    }
}

/// A guard that gives the thread its own name back.
#[derive(Debug)]
pub(in crate::testing) struct Given(());

impl Drop for Given {
    fn drop(&mut self) {
        with_this_thread(|thread| thread.rename(&thread.own_name));
    }
}

/// The kernel's view of one thread. The file stays open, because each call of a client renames the
/// thread twice.
struct ThisThread {
    id: u32,
    comm: File,
    own_name: Vec<u8>,
}

impl ThisThread {
    fn open() -> Option<Self> {
        let link = fs::read_link("/proc/thread-self").ok()?;
        let path = "/proc/thread-self/comm";
        let mut own_name = fs::read(path).ok()?;
        if own_name.last() == Some(&b'\n') {
            own_name.pop();
        }
        Some(Self {
            id: link.file_name()?.to_str()?.parse().ok()?,
            comm: File::options().write(true).open(path).ok()?,
            own_name,
        })
    }

    fn rename(&self, name: &[u8]) -> Option<()> {
        (&self.comm).write_all(name).ok()
    }
}

thread_local! {
    static THIS: RefCell<Option<Option<ThisThread>>> = const { RefCell::new(None) };
}

fn with_this_thread<T>(work: impl FnOnce(&ThisThread) -> Option<T>) -> Option<T> {
    let done = THIS.try_with(|this| {
        let mut this = this.try_borrow_mut().ok()?;
        work(this.get_or_insert_with(ThisThread::open).as_ref()?)
    });
    done.ok().flatten()
}
