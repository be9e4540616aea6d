//! Programs that a test starts, stops and kills.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A process that is killed when it is dropped.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let log = fs::File::create(log).expect("a file");
        let errors = log.try_clone().expect("a file");
        let command = command.stdin(Stdio::null()).stdout(log).stderr(errors);
        Self(command.spawn().expect("a program"))
    }

    /// Suspends the process.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets a suspended process go on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    /// Kills the process at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        let _already_ended = self.0.kill();
        self.0.wait().expect("an ended process");
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("a process").is_some()
    }

    /// Waits until the process responds. Returns `false` if it has ended, or not within 10 s.
    pub(crate) fn responds(&mut self, responds: impl Fn() -> bool) -> bool {
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline && !self.has_ended() {
            if responds() {
                return true;
            }
            sleep(Duration::from_millis(10));
        }
        false
    }

    fn signal(&self, signal: &str) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("kill").success(), "{signal}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _already_ended = self.0.kill();
        let _already_waited = self.0.wait();
    }
}

/// A directory that is removed when it is dropped.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("http4k-ws-engines-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a directory for temporary files");
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _already_removed = fs::remove_dir_all(&self.0);
    }
}

/// Returns a port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Returns the path of a program. If it is missing, prints that, or panics if engines are required.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let further = std::env::var_os("HTTP4K_WS_ENGINES").map(PathBuf::from);
    let folders = further.into_iter().chain(std::env::split_paths(&paths));
    let folders = folders.chain([PathBuf::from("/usr/sbin")]);
    let found = folders
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    if found.is_none() {
        let required = std::env::var("HTTP4K_WS_REQUIRE_ENGINES").is_ok_and(|set| set == "1");
        assert!(!required, "{name} is not installed");
        println!("skipped: the test needs {name}");
    }
    found
}
