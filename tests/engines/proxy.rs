//! A TCP proxy in front of a server, which can switch servers and change what they send.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

/// A proxy that runs until the test ends.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

/// Changes what a server sends, part by part as it arrives.
type Change = dyn Fn(&mut Vec<u8>) + Send + Sync;

struct State {
    target: u16,
    open: Vec<TcpStream>,
}

impl Proxy {
    /// Forwards connections to a port.
    pub(crate) fn to(target: u16) -> Self {
        Self::changing(target, |_| {})
    }

    /// Forwards connections to a port, and changes what the server sends.
    pub(crate) fn changing(
        target: u16,
        change: impl Fn(&mut Vec<u8>) + Send + Sync + 'static,
    ) -> Self {
        let change: Arc<Change> = Arc::new(change);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let open = Vec::new();
        let state = Arc::new(Mutex::new(State { target, open }));
        let accepting = Arc::clone(&state);
        spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let mut state = accepting.lock().expect("no panic");
                let Ok(server) = TcpStream::connect(("127.0.0.1", state.target)) else {
                    continue;
                };
                for stream in [&client, &server] {
                    let _ = stream.set_nodelay(true);
                    state.open.push(stream.try_clone().expect("a stream"));
                }
                let back = (
                    server.try_clone().expect("a stream"),
                    client.try_clone().expect("a stream"),
                );
                let change = Arc::clone(&change);
                spawn(move || forward(client, server, &|_| {}));
                spawn(move || forward(back.0, back.1, &*change));
            }
        });
        Self { port, state }
    }

    /// Sends further connections to another server, and drops those that are open.
    pub(crate) fn switch(&self, target: u16) {
        let mut state = self.state.lock().expect("no panic");
        state.target = target;
        for stream in state.open.drain(..) {
            let _already_closed = stream.shutdown(Shutdown::Both);
        }
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, change: &Change) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let mut part = buffer[..count].to_vec();
        change(&mut part);
        if to.write_all(&part).is_err() {
            break;
        }
    }
    let _already_closed = to.shutdown(Shutdown::Both);
    let _already_closed = from.shutdown(Shutdown::Both);
}
