//! What the targets share: a connection to the whole server over a pipe, on a clock that is paused.

mod frames;
mod head;

use std::future::Future;
use std::time::Duration;

use http4k_ws::PolyHandler;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

pub use frames::{Choices, Frame, Header, frames_of, headers_of};
pub use head::{HANDSHAKE, Head};

/// What a peer does next.
#[derive(Debug)]
pub enum Step<'a> {
    Send(&'a [u8]),
    /// Lets the server come to rest.
    Yield,
    Wait(Duration),
}

/// What a peer does when it has done everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// Ends its side, and reads on.
    HalfClose,
    /// Says nothing more: the server's deadlines are to end the connection.
    Silence,
    /// Reads nothing more either.
    Deafness,
}

/// No connection may outlast this, for its deadlines are of seconds and minutes.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Runs `work` where time passes at once whenever nothing else is to be done.
pub fn on_paused_clock<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime needs nothing of the system")
        .block_on(work)
}

/// A peer takes `steps` and then the `last` while `app` is served to it; gives all that the server sent.
///
/// # Panics
///
/// Where the server panics, or does not end the connection.
pub async fn talk(
    app: PolyHandler,
    config: ServerConfig,
    steps: &[Step<'_>],
    last: Last,
) -> Vec<u8> {
    let (ours, theirs) = duplex(16 * 1024);
    let serving = tokio::spawn(app.serve_connection(theirs, config));
    let conversation = timeout(LONGEST, converse(ours, steps, last));
    let answer = conversation.await.expect("the server ends the connection");
    let served = timeout(LONGEST, serving)
        .await
        .expect("the server lets go of the connection");
    served.expect("the server does not panic");
    answer
}

async fn converse(stream: DuplexStream, steps: &[Step<'_>], last: Last) -> Vec<u8> {
    let (mut read, mut write) = split(stream);
    let mut answer = Vec::new();
    let speaking = async {
        for step in steps {
            match step {
                // The server may have had enough.
                Step::Send(bytes) => {
                    if write.write_all(bytes).await.is_err() {
                        break;
                    }
                }
                Step::Yield => yield_now().await,
                Step::Wait(time) => sleep(*time).await,
            }
        }
        if last == Last::HalfClose {
            let _ = write.shutdown().await;
        }
    };
    if last == Last::Deafness {
        speaking.await;
        // Past every deadline of a peer that takes nothing.
        sleep(LONGEST / 2).await;
        let _ = read.read_to_end(&mut answer).await;
    } else {
        let (_, _) = tokio::join!(speaking, read.read_to_end(&mut answer));
    }
    answer
}
