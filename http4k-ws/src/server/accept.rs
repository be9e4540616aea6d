//! Takes connections, until it is told to stop.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

use super::admission::Seat;
use super::info::ConnectionInfo;
use super::listeners::Listeners;
use super::shared::Shared;
use super::tcp::Tcp;
use super::{connection, written};
use crate::session::RefusalKind;
use crate::wire::tcp;

/// Takes connections and serves each in a task of its own, until `stop`. Then the port is free again,
/// and what was taken goes on.
pub(super) async fn accept_until(
    mut listeners: Listeners,
    shared: &Arc<Shared>,
    stop: impl Future<Output = ()>,
) {
    let mut stop = pin!(stop);
    let mut backoff = Backoff::default();
    let bound = listeners.widest();
    loop {
        let next = async {
            // A connection too many stays in the system's queue.
            drop(shared.admission.room(&shared.refusals).await);
            let accepted = listeners.accept().await;
            // A socket on a stream may have taken the room.
            (shared.admission.room(&shared.refusals).await, accepted)
        };
        let (room, accepted) = tokio::select! {
            biased;
            () = &mut stop => return,
            next = next => next,
        };
        match accepted {
            Ok((stream, peer)) => {
                backoff = Backoff::default();
                match shared.admission.admit(room, peer.ip()) {
                    Some(seat) => {
                        let info = ConnectionInfo {
                            peer: Some(peer),
                            bound,
                            ..ConnectionInfo::default()
                        };
                        take(stream, info, seat, shared);
                    }
                    None => turn_away(stream, peer, shared),
                }
            }
            Err(error) => {
                if let Some(pause) = backoff.after(&error) {
                    log::error!("no connection can be taken for {pause:?}: {error}");
                    tokio::select! {
                        biased;
                        () = &mut stop => return,
                        () = sleep(pause) => {}
                    }
                }
            }
        }
    }
}

fn take(stream: TcpStream, info: ConnectionInfo, seat: Seat, shared: &Arc<Shared>) {
    if let Err(error) = tcp::prepare(&stream) {
        log::debug!("a connection was lost before it was served: {error}");
        return;
    }
    let stream = Tcp::new(stream);
    let watch = Some(stream.watch());
    let served = Arc::clone(shared);
    shared
        .connections
        .spawn(|ticket| connection::serve(stream, watch, info, seat, served, ticket));
}

/// Says that there are too many connections, as far as that goes without waiting for the peer.
fn turn_away(stream: TcpStream, peer: SocketAddr, shared: &Shared) {
    let limit = shared
        .config
        .max_connections_per_address
        .unwrap_or(usize::MAX);
    let address = peer.ip();
    let refused = format!(
        "a connection from {address} was refused: {limit} are open from its network, the limit of \
         `ServerConfig::max_connections_per_address`"
    );
    shared
        .refusals
        .warn(RefusalKind::ConnectionsPerAddress, refused);
    if shared.speaks_tls() {
        return; // To say it would take a handshake.
    }
    let said = stream.into_std().and_then(|mut stream| {
        stream.write_all(&written::too_many_connections(limit, &shared.config))?;
        stream.shutdown(Shutdown::Write)?;
        // What is left unread makes the close a reset, which could overtake the answer.
        stream.read(&mut [0; 4096])
    });
    if let Err(error) = said {
        log::debug!("a connection too many was closed: {error}");
    }
}

/// How long to wait after a failure to accept.
#[derive(Debug, Default)]
struct Backoff(Option<Duration>);

impl Backoff {
    const FIRST: Duration = Duration::from_millis(10);
    const LONGEST: Duration = Duration::from_secs(1);

    /// The pause; none where only the connection failed, and the next may be taken at once.
    fn after(&mut self, error: &io::Error) -> Option<Duration> {
        use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
        if matches!(
            error.kind(),
            ConnectionAborted | ConnectionReset | Interrupted
        ) {
            return None;
        }
        // Such as too many open files: trying on at once would only burn the processor.
        let pause = self
            .0
            .map_or(Self::FIRST, |last| (last * 2).min(Self::LONGEST));
        self.0 = Some(pause);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_second() {
        let too_many_open_files = io::Error::from_raw_os_error(24);
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..9)
            .map(|_| backoff.after(&too_many_open_files).expect("a pause"))
            .collect();
        assert_eq!(pauses[..3], [10, 20, 40].map(Duration::from_millis));
        assert_eq!(pauses[7..], [Duration::from_secs(1); 2]);
    }

    #[test]
    fn a_connection_that_failed_by_itself_is_no_reason_to_pause() {
        let aborted = io::Error::from(io::ErrorKind::ConnectionAborted);
        assert_eq!(Backoff::default().after(&aborted), None);
    }
}
