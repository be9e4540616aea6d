//! A TCP proxy in front of Redis, which can switch servers and hide which process responds.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

/// A proxy that runs until the test ends.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    target: u16,
    open: Vec<TcpStream>,
}

impl Proxy {
    /// Forwards connections to a port. With `hides`, every run id reads as zeros.
    pub(crate) fn to(target: u16, hides: bool) -> Self {
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
                spawn(move || forward(client, server, false));
                spawn(move || forward(back.0, back.1, hides));
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

fn forward(mut from: TcpStream, mut to: TcpStream, hides: bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if hides {
            hide(&mut buffer[..count]);
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _already_closed = to.shutdown(Shutdown::Both);
    let _already_closed = from.shutdown(Shutdown::Both);
}

/// Replaces the digits of run ids. The reply to `INFO` is small and arrives at once.
fn hide(bytes: &mut [u8]) {
    const FIELD: &[u8] = b"run_id:";
    let found = bytes.windows(FIELD.len()).position(|part| part == FIELD);
    if let Some(found) = found {
        let digits = &mut bytes[found + FIELD.len()..];
        let count = digits
            .iter()
            .take_while(|digit| digit.is_ascii_hexdigit())
            .count();
        digits[..count].fill(b'0');
    }
}
