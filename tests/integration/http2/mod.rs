//! HTTP/2 (RFC 9113), tested with a client of the crate h2, and frame by frame.

mod bodies;
mod bounds;
pub(crate) mod client;
mod ending;
pub(crate) mod frames;
mod requests;
mod same;
mod versions;

use std::time::Duration;

use http4k_ws::PolyHandler;
use http4k_ws::server::ServerConfig;
use tokio::io::{DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The time limit of a test, on the paused clock.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    let deadline = Duration::from_secs(3600);
    timeout(deadline, work)
        .await
        .expect("an end within an hour")
}

pub(crate) fn serve(app: PolyHandler, config: ServerConfig) -> (DuplexStream, JoinHandle<()>) {
    let (ours, theirs) = duplex(64 * 1024);
    (ours, tokio::spawn(app.serve_connection(theirs, config)))
}
