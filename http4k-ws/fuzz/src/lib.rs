//! Shared parts of the targets: a connection to the whole server over a pipe, on a paused clock.

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

/// The next step of a peer.
#[derive(Debug)]
pub enum Step<'a> {
    Send(&'a [u8]),
    /// Lets the server become idle.
    Yield,
    Wait(Duration),
}

/// The last step of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// Ends its side, and reads on.
    HalfClose,
    /// Sends nothing more: the server's deadlines must end the connection.
    Silence,
    /// Reads nothing more either.
    Deafness,
}

/// The time limit of a connection. Its deadlines are seconds and minutes.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Runs `work` on a clock that advances whenever nothing else remains to be done.
pub fn on_paused_clock<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime needs nothing of the system")
        .block_on(work)
}

/// Takes `steps` and then `last` as the peer of a server with `app`. Returns everything that the server sent.
///
/// # Panics
///
/// Panics if the server panics, or does not end the connection.
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
                // The server may have closed already.
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
        // Past every deadline for a peer that reads nothing.
        sleep(LONGEST / 2).await;
        let _ = read.read_to_end(&mut answer).await;
    } else {
        let (_, _) = tokio::join!(speaking, read.read_to_end(&mut answer));
    }
    answer
}
