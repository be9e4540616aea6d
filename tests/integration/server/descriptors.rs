//! A process that has no file descriptor left, and gets some back.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use http4k_ws::{Request, Serve};

use super::peer::{self, Peer};

/// What the child may have open: some for itself, and some for connections.
const DESCRIPTORS: usize = 48;

/// Serves until its input ends; run by the test below, in a process of its own.
#[test]
#[ignore = "a part of another test"]
fn child() {
    let server = (|_: Request| "served")
        .as_server("127.0.0.1:0")
        .with_threads(1)
        .start()
        .expect("a server");
    println!("\nlistening at {}", server.addr());
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
fn a_server_without_descriptors_goes_on_when_it_has_some() {
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -n {DESCRIPTORS} && exec \"$0\" \"$@\""))
        .arg(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "server::descriptors::child",
            "--ignored",
            "--nocapture",
        ])
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

    let mut peers: Vec<_> = (0..DESCRIPTORS)
        .map(|_| {
            let mut peer = Peer::connect(address);
            peer.send(peer::get("/"));
            peer
        })
        .collect();
    assert_eq!(peers[0].answer().body, "served");
    let mut last = peers.pop().expect("a peer");
    assert!(
        !last.hears_within(Duration::from_millis(200)),
        "it has too many descriptors"
    );
    drop(peers);
    assert_eq!(last.answer().body, "served");
    assert_eq!(last.send(peer::get("/")).answer().body, "served");

    drop(child.stdin.take());
    // It has more to say, and would fail where nobody listens.
    lines.for_each(drop);
    assert!(child.wait().expect("its end").success());
}
