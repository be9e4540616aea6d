//! A process that runs out of file descriptors and later has some again.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Read};
use std::net::SocketAddr;
use std::process::{self, ChildStdout, Command, Stdio};
use std::time::Duration;

use http4k_ws::{Request, Serve};

use super::peer::{self, Peer};

/// The descriptor limit of the child process.
const DESCRIPTORS: usize = 48;

/// The descriptors that a server reserves.
const RESERVE: usize = 32;

/// Serves until its input ends. The tests below run it in a separate process.
fn serve_until_input_ends() {
    // This needs some of the reserve.
    let opens_files = |_: Request| {
        let files: Result<Vec<_>, _> = (0..10).map(|_| File::open("/dev/null")).collect();
        files.map_or("no descriptors", |_| "served")
    };
    let server = opens_files
        .as_server("127.0.0.1:0")
        .with_threads(1)
        .start()
        .expect("a server");
    println!("\nlistening at {}", server.addr());
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
#[ignore = "a part of another test"]
fn child() {
    serve_until_input_ends();
}

/// Serves with most descriptors in use, so that fewer are free than the process limit suggests.
#[test]
#[ignore = "a part of another test"]
fn child_with_open_files() {
    let mut files: Vec<_> = std::iter::repeat_with(|| File::open("/dev/null"))
        .map_while(Result::ok)
        .collect();
    files.truncate(files.len().saturating_sub(20));
    assert!(!files.is_empty());
    serve_until_input_ends();
}

/// A child process that serves, and its address.
struct Child {
    process: process::Child,
    lines: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
}

fn spawn(test: &str) -> Child {
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -n {DESCRIPTORS} && exec \"$0\" \"$@\""))
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command `sh`");
    let output = child.stdout.take().expect("its output");
    let mut lines = BufReader::new(output).lines();
    let address: SocketAddr = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("listening at ")?.parse().ok())
        .expect("an address");
    Child {
        process: child,
        lines,
        address,
    }
}

impl Child {
    fn ends(mut self) {
        drop(self.process.stdin.take());
        // The child prints more, and would fail if its output were closed.
        self.lines.for_each(drop);
        assert!(self.process.wait().expect("its end").success());
    }
}

fn connect(address: SocketAddr) -> Vec<Peer> {
    let connect = |_| {
        let mut peer = Peer::connect(address);
        peer.send(peer::get("/"));
        peer
    };
    (0..DESCRIPTORS).map(connect).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_takes_only_the_connections_that_it_has_descriptors_for() {
    let child = spawn("server::descriptors::child");
    let mut peers = connect(child.address);
    let mut waiting = peers.split_off(DESCRIPTORS - RESERVE);
    for peer in &mut peers {
        assert_eq!(peer.answer().body, "served");
    }
    assert!(!waiting[0].hears_within(Duration::from_millis(200)));
    drop(peers);
    assert_eq!(waiting[0].answer().body, "served");
    drop(waiting);
    child.ends();
}

#[test]
fn a_server_without_descriptors_goes_on_when_it_has_some() {
    let child = spawn("server::descriptors::child_with_open_files");
    let mut peers = connect(child.address);
    let first = peers[0].answer().body;
    assert!(
        ["served", "no descriptors"].contains(&first.as_str()),
        "{first}"
    );
    let mut last = peers.pop().expect("a peer");
    assert!(
        !last.hears_within(Duration::from_millis(200)),
        "it has too many descriptors"
    );
    drop(peers);
    // The other descriptors are free a moment later.
    last.answer();
    assert_eq!(last.send(peer::get("/")).answer().body, "served");
    drop(last);
    child.ends();
}
