//! A hold on the server, in which several clients send before it looks at any of them.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvError, Sender, channel};

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

/// Runs the server's end in the runtime and in a thread. The process ends with its standard input.
pub(super) fn obey() {
    let wanted = Arc::new(Notify::new());
    let (held, holds) = channel();
    let (release, released) = channel();
    tokio::spawn(stop_when(Arc::clone(&wanted), held, released));
    std::thread::spawn(move || {
        for command in io::stdin().lock().bytes() {
            let done = match command {
                Ok(HOLD) => hold(&wanted, &holds),
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
fn hold(wanted: &Notify, holds: &Receiver<()>) -> bool {
    wanted.notify_one();
    holds.recv().is_ok() && writeln!(io::stdout(), "held").is_ok()
}

/// Blocks the thread of the runtime as often as it is wanted.
async fn stop_when(
    wanted: Arc<Notify>,
    held: Sender<()>,
    released: Receiver<()>,
) -> Result<(), RecvError> {
    loop {
        wanted.notified().await;
        let _ = held.send(());
        released.recv()?;
    }
}
