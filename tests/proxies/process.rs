//! A proxy as a process of its own, with its files in a directory of its own.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A running proxy. Dropping it ends the process and removes its directory.
pub(crate) struct Proxy {
    child: Child,
    directory: PathBuf,
    pub(crate) address: SocketAddr,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Returns a new directory for the files of a proxy.
pub(crate) fn directory() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("http4k-ws-proxies-{}-{count}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    fs::create_dir_all(&directory).expect("a directory for temporary files");
    directory
}

/// Returns an address with a port that was free a moment ago.
pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

/// Starts a proxy that listens at `address`, and waits until it does.
pub(crate) fn start(command: &mut Command, directory: &Path, address: SocketAddr) -> Proxy {
    let log = fs::File::create(directory.join("output.log")).expect("a file");
    let error = log.try_clone().expect("a file");
    let command = command.stdin(Stdio::null()).stdout(log).stderr(error);
    let mut proxy = Proxy {
        child: command.spawn().expect("an installed proxy"),
        directory: directory.to_owned(),
        address,
    };
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(address).is_err() {
        let ended = proxy.child.try_wait().expect("a process").is_some();
        if ended || Instant::now() > deadline {
            let log = fs::read_to_string(directory.join("output.log")).unwrap_or_default();
            panic!("the proxy does not listen: {log}");
        }
        sleep(Duration::from_millis(10));
    }
    proxy
}
