//! Bounds on the memory that a peer which never reads can occupy.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::*;

/// §5.5.3: 500,000 pings whose pongs are never read.
#[test]
fn pings_of_a_peer_that_never_reads_do_not_pile_up() {
    // On a busy machine, sending them takes longer than a peer may leave its pongs unread.
    let boundless = SessionConfig::default()
        .with_max_control_rate(None)
        .with_write_stall(Duration::from_secs(300));
    let mut socket = open_with(boundless);
    let hundred = Frame::new(PING, [b'p'; 125]).bytes().repeat(100);
    for _ in 0..5000 {
        socket.peer.send(&hundred);
    }
    socket.send(&[Frame::new(PING, "the last"), Frame::new(TEXT, "done")]);
    // The system's buffers hold some megabytes; all pongs would be 63.
    let mut bytes = 0;
    let mut last = Vec::new();
    loop {
        match socket.peer.frame() {
            (PONG, payload) => {
                bytes += payload.len() + 2;
                last = payload;
            }
            (TEXT, _done) => break,
            other => panic!("{other:?}"),
        }
    }
    if last != b"the last" {
        socket.expect(PONG, "the last");
    }
    assert!(bytes < 60_000_000, "{bytes} bytes of pongs");
}

/// The connection is dropped after the stall, without effects on others.
#[test]
fn a_peer_that_never_reads_is_dropped() {
    let config = SessionConfig::default().with_write_stall(Duration::from_millis(300));
    let mut socket = open_with(config);
    let address = socket._server.addr();
    let mut greedy = TcpStream::connect(address).expect("a connection");
    greedy
        .set_write_timeout(Some(Duration::from_secs(10)))
        .expect("a timeout");
    greedy
        .write_all(peer::handshake("/", "").as_bytes())
        .expect("room");
    let message = Frame::new(BINARY, vec![0; 60_000]).bytes();
    let start = Instant::now();
    // Writing fails once the server has dropped the stalled connection.
    while greedy.write_all(&message).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(10), "it is never cut");
    }
    assert_eq!(socket.ended().code(), 1013);
    socket.check_works();
}
