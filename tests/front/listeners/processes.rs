//! Servers in processes of their own, which are this test again with other arguments.

use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use http4k_ws::client::HttpClient;
use http4k_ws::server::UnixSocket;

use super::{Folder, app};

/// The variable that has the path of the socket of a child.
const PATH: &str = "H4K_FRONT_SOCKET";

/// The path of a child that inherits its listener as its standard input.
const INHERITED: &str = "inherited";

/// Serves until the process is ended. It is a test only so that a child process can run it.
#[test]
fn child() {
    let Ok(path) = std::env::var(PATH) else {
        return;
    };
    let server = match path.as_str() {
        INHERITED => {
            let listener = std::io::stdin().as_fd().try_clone_to_owned();
            let listener = std::net::TcpListener::from(listener.expect("a descriptor"));
            app().as_server_with(listener).start()
        }
        path => UnixSocket::at(path)
            .bind()
            .and_then(|socket| app().as_server_with(socket).start()),
    };
    let mut out = std::io::stderr();
    let _ = match &server {
        Ok(server) => writeln!(out, "ready {}", server.addrs()[0]),
        Err(error) => writeln!(out, "failed {error}"),
    };
    if let Ok(server) = server {
        server.block();
    }
}

/// A child process, which is killed when this is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Starts a child, and returns its first line.
    fn start(path: &str, stdin: Stdio) -> (Self, String) {
        let program = std::env::current_exe().expect("this test");
        let child = Command::new(program)
            .args(["--exact", "listeners::processes::child", "--nocapture"])
            .env(PATH, path)
            .stdin(stdin)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut server = Self(child.expect("a process"));
        let lines = BufReader::new(server.0.stderr.take().expect("a pipe")).lines();
        let first = lines
            .map_while(Result::ok)
            .find(|line| line.starts_with("ready ") || line.starts_with("failed "));
        (server, first.expect("a line of the child"))
    }

    fn at(path: &Path) -> (Self, String) {
        Self::start(path.to_str().expect("a path of text"), Stdio::null())
    }

    /// Waits until the child catches SIGTERM. It serves a moment earlier. Systems without this list of
    /// signals get a second instead.
    fn wait_for_handler(&self) {
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))
            else {
                return sleep(Duration::from_secs(1));
            };
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
            if caught.is_some_and(|mask| mask >> 14 & 1 == 1) {
                return;
            }
            sleep(Duration::from_millis(1));
        }
        panic!("the child catches SIGTERM");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args(["-s", signal, &self.0.id().to_string()])
            .status();
        assert!(status.expect("the command `kill`").success());
    }
}

fn is_served(path: &Path) -> bool {
    let client = HttpClient::new().with_unix_socket(path).blocking();
    client
        .send("/")
        .is_ok_and(|response| response.status() == 200)
}

#[test]
fn a_killed_server_leaves_a_file_that_the_next_one_replaces() {
    let folder = Folder::new();
    let path = folder.socket();
    let (mut killed, line) = Server::at(&path);
    assert_eq!(line, format!("ready unix:{}", path.display()));
    assert!(is_served(&path));
    killed.0.kill().expect("a process");
    killed.0.wait().expect("an end");
    assert!(path.exists() && !is_served(&path));

    let (next, line) = Server::at(&path);
    assert!(line.starts_with("ready"), "{line}");
    assert!(is_served(&path));
    drop(next);
}

#[test]
fn a_second_server_is_refused_and_the_first_goes_on() {
    let folder = Folder::new();
    let path = folder.socket();
    let (_first, line) = Server::at(&path);
    assert!(line.starts_with("ready"), "{line}");
    let (_second, line) = Server::at(&path);
    let expected = format!(
        "failed cannot listen at unix:{}: another process listens at it",
        path.display()
    );
    assert_eq!(line, expected);
    assert!(is_served(&path));
}

#[test]
fn a_terminated_server_removes_its_file() {
    let folder = Folder::new();
    let path = folder.socket();
    let (mut server, _) = Server::at(&path);
    assert!(is_served(&path));
    server.wait_for_handler();
    server.signal("TERM");
    assert!(server.0.wait().expect("an end").success());
    assert!(!path.exists());
}

#[test]
fn an_inherited_descriptor_is_served() {
    // It blocks, as a listener of another program may.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (server, line) = Server::start(INHERITED, Stdio::from(OwnedFd::from(listener)));
    assert_eq!(line, format!("ready {address}"));
    let client = HttpClient::new().blocking();
    let response = client
        .send(format!("http://{address}/"))
        .expect("a response");
    assert_eq!(response.status(), 200);
    drop(server);
}
