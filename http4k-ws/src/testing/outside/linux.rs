//! The threads and sockets of this process that are outside the test runtime, from `/proc`.
//!
//! 1. The sockets are those registered with the event queue of the runtime. A probe socket,
//!    registered for a moment, identifies the queue.
//! 2. A thread inherits the name of the thread that starts it, unless it has one of its own. The
//!    thread that runs a test runtime has a unique name meanwhile ([`ThreadName`]), so the other
//!    threads with that name were started by its application.

use std::collections::HashMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::{ThreadName, Work};

/// The kernel's view of this process.
///
/// A scan costs a few microseconds. The files stay open, and the threads are listed only if one
/// was started since the last scan.
#[derive(Debug)]
pub(super) struct Process {
    name: Arc<ThreadName>,
    /// The threads of the last listing; `true` for those with the name.
    known: HashMap<u32, bool>,
    /// `/proc/loadavg`, which ends with the id of the newest process or thread.
    started: Option<File>,
    last_started: String,
    events: Events,
    /// The buffer for the text of files.
    text: Text,
}

/// The text of a file of `/proc`. A short file is read with one system call.
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
    /// Not found, or the system has none.
    None,
    /// The file that lists the registered descriptors.
    #[cfg_attr(
        not(any(feature = "server", feature = "client")),
        expect(dead_code, reason = "sockets need the feature server or client")
    )]
    Found(File),
}

impl Process {
    pub(super) fn new(name: Arc<ThreadName>) -> Self {
        Self {
            name,
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
        let Some(own) = self.name.bearer() else {
            return Vec::new();
        };
        if self.has_started_any() || self.known.values().any(|named| *named) {
            self.list_threads(own);
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

    fn list_threads(&mut self, own: u32) {
        let Ok(listed) = fs::read_dir("/proc/self/task") else {
            return;
        };
        let alive = listed.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let mut known = HashMap::new();
        for thread in alive.filter(|thread| *thread != own) {
            // A thread is checked again until it has another name. A new thread first inherits
            // a name, and may set its own next.
            let named = self.known.get(&thread) != Some(&false) && self.has_name(thread);
            known.insert(thread, named);
        }
        self.known = known;
    }

    fn has_name(&self, thread: u32) -> bool {
        let name = fs::read_to_string(format!("/proc/self/task/{thread}/comm"));
        name.is_ok_and(|name| name.trim_end() == self.name.as_str())
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

/// Returns the descriptors that are registered with an event queue, except the runtime's own.
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
    fn the_runtimes_own_descriptors_are_excluded() {
        let text = "pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n\
            tfd:        4 events:       1f data:                0  pos:0 ino:5e173 sdev:9\n\
            tfd:        5 events:       1f data:                1  pos:0 ino:5e174 sdev:9\n\
            tfd:       12 events: 80002019 data:     7f2a10008c00  pos:0 ino:5e175 sdev:9\n";
        assert_eq!(registered(text), [12]);
    }

    #[cfg(any(feature = "server", feature = "client"))]
    #[test]
    fn a_socket_and_a_thread_are_found_while_they_live() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let name = Arc::new(ThreadName::default());
            let _named = name.give();
            let mut process = Process::new(Arc::clone(&name));
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
