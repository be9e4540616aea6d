//! Work that the runtime of a test runtime cannot see, and that may still wake one of its tasks: a socket
//! to a real peer, and a thread that the application started.
//!
//! tokio's paused clock moves on to the next timer when the runtime has nothing to run. A time-out
//! would then pass before a real server had a chance to respond. While such work is under way, the
//! clock is held. (A closure of `spawn_blocking` holds it by itself.)
//!
//! On Linux, both kinds are read from `/proc`:
//!
//! 1. The sockets are those registered with the event queue of the runtime. The queue is found by a
//!    socket that is registered for a moment.
//! 2. A thread inherits the name of the thread that starts it, unless it is given one. So the thread
//!    of a test runtime has a name of its own, and the other threads with that name were started by its
//!    application.
//!
//! Elsewhere nothing is found, and a test chooses real time.
//!
//! A look costs system calls, and tokio parks several times on the way to one timer. Only a task that
//! runs can start such work, so no look is needed at a park behind which no task ran ([`Looks`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The clock is held for at most so long without any change: a socket may stay open for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pause between two looks, in real time.
const PAUSE: Duration = Duration::from_millis(1);

/// The parks at which work may be under way that the last look did not see.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// A task has run since the last look.
    due: AtomicBool,
    /// The runtime has tasks of its own, which run between two parks.
    always: AtomicBool,
    #[cfg(test)]
    taken: std::sync::atomic::AtomicU32,
}

impl Looks {
    /// Asks for a look at the next park: a task may have started work.
    pub(super) fn request(&self) {
        self.due.store(true, Ordering::Release);
    }

    /// Asks for a look at every park, or only at those that are requested.
    pub(super) fn at_every_park(&self, always: bool) {
        self.always.store(always, Ordering::Release);
    }

    fn is_due(&self) -> bool {
        let due = self.due.swap(false, Ordering::AcqRel) || self.always.load(Ordering::Acquire);
        #[cfg(test)]
        self.taken.fetch_add(u32::from(due), Ordering::Relaxed);
        due
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Outside {
    watched: Arc<Mutex<Watched>>,
    looks: Arc<Looks>,
}

#[derive(Debug)]
struct Watched {
    process: Process,
    held: bool,
    /// The work that was waited for in vain.
    stale: Option<Work>,
}

/// Work that is under way: descriptors and numbers of threads.
#[derive(Debug, Default, PartialEq, Eq)]
struct Work {
    sockets: Vec<u32>,
    threads: Vec<u32>,
}

impl Outside {
    /// Watches the application on this thread.
    pub(super) fn new(looks: Arc<Looks>) -> Self {
        let watched = Watched {
            process: Process::new(),
            held: false,
            stale: None,
        };
        Self {
            watched: Arc::new(Mutex::new(watched)),
            looks,
        }
    }

    /// Keeps the clock of the current runtime, which is about to park, where it is for as long as work
    /// is under way.
    pub(super) fn hold_the_clock(&self) {
        if !self.looks.is_due() {
            return;
        }
        let mut watched = self.lock();
        if watched.held || watched.work().is_none() {
            // Work that was waited for in vain may start other work at any time.
            if watched.stale.is_some() {
                self.looks.request();
            }
            return;
        }
        watched.held = true;
        drop(watched);
        let outside = self.clone();
        // tokio's clock stands still while such a task runs.
        drop(tokio::task::spawn_blocking(move || outside.wait()));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the work is done, or nothing has changed for too long.
    fn wait(&self) {
        self.wait_for_work();
        self.looks.request();
    }

    fn wait_for_work(&self) {
        let (mut last, mut since) = (Work::default(), Instant::now());
        loop {
            let mut watched = self.lock();
            // The application is gone, and with it the test.
            let is_over = Arc::strong_count(&self.watched) == 1;
            let Some(work) = watched.work().filter(|_| !is_over) else {
                watched.held = false;
                return;
            };
            if work != last {
                (last, since) = (work, Instant::now());
            } else if since.elapsed() >= PATIENCE {
                log::warn!("virtual time goes on, although {work:?} of the application is open");
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
    fn new() -> Self {
        Self
    }

    fn work(&mut self) -> Work {
        Work::default()
    }
}

#[cfg(target_os = "linux")]
use linux::Process;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::fs::{self, File};
    use std::os::unix::fs::FileExt;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::Work;

    /// The kernel's view of this process. A look costs a few microseconds: files stay open, and the
    /// threads are only listed if one was started since the last look.
    #[derive(Debug)]
    pub(super) struct Process {
        name: String,
        /// The thread of the test runtime; `None` if it could not be named.
        own: Option<u32>,
        /// The threads of the last listing, and whether they have the name.
        known: HashMap<u32, bool>,
        /// The average load, followed by the number of the last process or thread that was started.
        started: Option<File>,
        last_started: String,
        events: Events,
        /// The text that was read last.
        text: Text,
    }

    /// The text of a file of `/proc`, read by one system call if it is short.
    #[derive(Debug)]
    struct Text(Vec<u8>);

    impl Text {
        fn new() -> Self {
            Self(vec![0; 1024])
        }

        /// Reads a file from its start.
        fn read(&mut self, file: &File) -> Option<&str> {
            loop {
                let length = file.read_at(&mut self.0, 0).ok()?;
                if length < self.0.len() {
                    return std::str::from_utf8(&self.0[..length]).ok();
                }
                let longer = self.0.len() * 2;
                self.0.resize(longer, 0);
            }
        }
    }

    /// The event queue of the runtime.
    #[derive(Debug)]
    enum Events {
        Unknown,
        /// There is none, or it cannot be found.
        None,
        /// This file lists what is registered.
        #[cfg_attr(
            not(any(feature = "server", feature = "client")),
            expect(dead_code, reason = "the runtime has no sockets")
        )]
        Found(File),
    }

    impl Process {
        /// Gives this thread a name of its own.
        pub(super) fn new() -> Self {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            // The kernel keeps 15 bytes.
            let name = format!("h4k-{number:x}");
            let named = fs::write("/proc/thread-self/comm", &name);
            let own = fs::read_link("/proc/thread-self").ok();
            let own = own.and_then(|path| path.file_name()?.to_str()?.parse().ok());
            Self {
                name,
                own: own.filter(|_| named.is_ok()),
                known: HashMap::new(),
                started: None,
                last_started: String::new(),
                events: Events::Unknown,
                text: Text::new(),
            }
        }

        pub(super) fn work(&mut self) -> Work {
            Work {
                sockets: self.sockets(),
                threads: self.threads(),
            }
        }

        fn threads(&mut self) -> Vec<u32> {
            if self.own.is_none() {
                return Vec::new();
            }
            if self.has_started_any() || self.known.values().any(|named| *named) {
                self.list_threads();
            }
            let named = self.known.iter().filter(|(_, named)| **named);
            let mut threads: Vec<u32> = named.map(|(thread, _)| *thread).collect();
            threads.sort_unstable();
            threads
        }

        /// Returns `true` if any thread was started since the last call.
        fn has_started_any(&mut self) -> bool {
            if self.started.is_none() {
                self.started = File::open("/proc/loadavg").ok();
            }
            let text = self.started.as_ref().and_then(|file| self.text.read(file));
            let Some(text) = text else { return true };
            let last = text
                .split_ascii_whitespace()
                .next_back()
                .unwrap_or_default();
            let changed = last != self.last_started;
            if changed {
                last.clone_into(&mut self.last_started);
            }
            changed
        }

        fn list_threads(&mut self) {
            let Ok(listed) = fs::read_dir("/proc/self/task") else {
                return;
            };
            let alive = listed.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
            let mut known = HashMap::new();
            for thread in alive.filter(|thread| Some(*thread) != self.own) {
                // A thread is looked at again until it has another name: it may have inherited one
                // just now, and be given its own next.
                let named = self.known.get(&thread) != Some(&false) && self.has_name(thread);
                known.insert(thread, named);
            }
            self.known = known;
        }

        fn has_name(&self, thread: u32) -> bool {
            let name = fs::read_to_string(format!("/proc/self/task/{thread}/comm"));
            name.is_ok_and(|name| name.trim_end() == self.name)
        }

        fn sockets(&mut self) -> Vec<u32> {
            if let Events::Unknown = self.events {
                self.events = events().unwrap_or(Events::None);
            }
            match &self.events {
                Events::Found(file) => self.text.read(file).map_or_else(Vec::new, registered),
                Events::Unknown | Events::None => Vec::new(),
            }
        }
    }

    /// Finds the event queue of the current runtime.
    #[cfg(any(feature = "server", feature = "client"))]
    fn events() -> Option<Events> {
        use std::os::fd::AsRawFd;

        let (probe, _peer) = tokio::net::UnixStream::pair().ok()?;
        let probe = (u32::try_from(probe.as_raw_fd()).ok()?, probe);
        for entry in fs::read_dir("/proc/self/fd").ok()?.flatten() {
            let target = fs::read_link(entry.path());
            if target.is_ok_and(|target| target.as_os_str() == "anon_inode:[eventpoll]") {
                let path = format!("/proc/self/fdinfo/{}", entry.file_name().to_str()?);
                let Ok(file) = File::open(path) else {
                    continue;
                };
                let mut text = Text::new();
                let text = text.read(&file);
                if text.is_some_and(|text| registered(text).contains(&probe.0)) {
                    return Some(Events::Found(file));
                }
            }
        }
        None
    }

    #[cfg(not(any(feature = "server", feature = "client")))]
    fn events() -> Option<Events> {
        None
    }

    /// Lists the descriptors that are registered with an event queue, but for the runtime's own.
    fn registered(text: &str) -> Vec<u32> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("tfd:"));
        let numbers = lines.filter_map(|line| {
            let mut words = line.split_whitespace();
            let number = words.next()?.parse().ok()?;
            let data = words.skip_while(|word| *word != "data:").nth(1)?;
            // tokio registers its waker as 0 and its signals as 1. Others are addresses.
            (u64::from_str_radix(data, 16).ok()? > 1).then_some(number)
        });
        numbers.collect()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_the_runtime_registers_for_itself_is_left_out() {
            let text = "pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n\
                tfd:        4 events:       1f data:                0  pos:0 ino:5e173 sdev:9\n\
                tfd:        5 events:       1f data:                1  pos:0 ino:5e174 sdev:9\n\
                tfd:       12 events: 80002019 data:     7f2a10008c00  pos:0 ino:5e175 sdev:9\n";
            assert_eq!(registered(text), [12]);
        }

        #[cfg(any(feature = "server", feature = "client"))]
        #[test]
        fn a_socket_and_a_thread_are_seen_while_they_live() {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async {
                let mut process = Process::new();
                assert_eq!(process.work(), Work::default());
                let (socket, peer) = tokio::net::UnixStream::pair().expect("a pair");
                let (stop, stopped) = std::sync::mpsc::channel::<()>();
                let thread = std::thread::spawn(move || stopped.recv());
                let work = process.work();
                assert_eq!((work.sockets.len(), work.threads.len()), (2, 1));
                drop((socket, peer, stop));
                let _ = thread.join();
                assert!(process.work().sockets.is_empty());
            });
        }
    }
}
