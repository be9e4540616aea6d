//! A hold on the server, in which several clients send before it looks at any of them.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, RecvError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

const HOLD: u8 = b'h';
const RELEASE: u8 = b'r';

/// The client's end: the standard input and output of the server, which ends with its input.
pub(super) struct Gate {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Gate {
    pub(super) fn of(server: &mut Child) -> Option<Self> {
        Some(Self {
            input: server.stdin.take()?,
            output: BufReader::new(server.stdout.take()?),
        })
    }

    /// Returns the next line of the server.
    pub(super) fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }

    /// Stops the runtime of the server before its next look at the connections.
    pub(super) fn hold(&mut self) -> io::Result<()> {
        self.input.write_all(&[HOLD])?;
        match self.line()?.as_str() {
            "held" => Ok(()),
            other => Err(io::Error::other(format!("the server is not held: {other}"))),
        }
    }

    /// Lets the runtime of the server go on.
    pub(super) fn release(&mut self) -> io::Result<()> {
        self.input.write_all(&[RELEASE])
    }
}

/// The server's end, which knows whether the runtime waits for events.
#[derive(Default)]
pub(super) struct Held {
    waits: Mutex<bool>,
    changed: Condvar,
    /// Wakes the task that blocks the runtime.
    wanted: Notify,
}

impl Held {
    /// Records that the runtime begins or ends to wait.
    pub(super) fn set_waiting(&self, waits: bool) {
        *self.lock() = waits;
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the runtime once it waits, so that each hold costs it one turn.
    fn want(&self) {
        let waits = self.changed.wait_while(self.lock(), |waits| !*waits);
        drop(waits.unwrap_or_else(PoisonError::into_inner));
        self.wanted.notify_one();
    }
}

/// Obeys the client in the runtime and in a thread. The process ends with its standard input.
pub(super) fn obey(server: Arc<Held>) {
    let (held, holds) = channel();
    let (release, released) = channel();
    tokio::spawn(stop_when_wanted(Arc::clone(&server), held, released));
    std::thread::spawn(move || {
        for command in io::stdin().lock().bytes() {
            let done = match command {
                Ok(HOLD) => hold(&server, &holds),
                Ok(_) => release.send(()).is_ok(),
                Err(_) => false,
            };
            if !done {
                break;
            }
        }
        std::process::exit(0);
    });
}

/// Stops the runtime, and says so. Returns `false` if there is none.
fn hold(server: &Held, holds: &Receiver<()>) -> bool {
    server.want();
    holds.recv().is_ok() && writeln!(io::stdout(), "held").is_ok()
}

/// Blocks the thread of the runtime as often as it is wanted.
async fn stop_when_wanted(
    server: Arc<Held>,
    held: Sender<()>,
    released: Receiver<()>,
) -> Result<(), RecvError> {
    loop {
        server.wanted.notified().await;
        let _ = held.send(());
        released.recv()?;
    }
}
