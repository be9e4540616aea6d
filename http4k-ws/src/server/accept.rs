//! The accept loop of a server.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

use super::admission::Permit;
use super::connection::{self, ConnectionInfo};
use super::listeners::Listeners;
use super::request::canned::too_many_connections;
use super::state::ServerState;
use super::tcp::Tcp;
use crate::session::RefusalKind;
use crate::wire::tcp;

/// Accepts connections and serves each in a task of its own, until `stop` completes. The port is
/// free when this returns, and accepted connections go on.
pub(super) async fn accept_until(
    mut listeners: Listeners,
    server: &Arc<ServerState>,
    stop: impl Future<Output = ()>,
) {
    let mut stop = pin!(stop);
    let mut backoff = Backoff::default();
    let bound = listeners.widest();
    loop {
        let next = async {
            // Beyond the limit, connections stay in the queue of the system.
            drop(server.admission.acquire(&server.refusals).await);
            let accepted = listeners.accept().await;
            // A socket on a stream may have taken the permit meanwhile.
            (server.admission.acquire(&server.refusals).await, accepted)
        };
        let (permit, accepted) = tokio::select! {
            biased;
            () = &mut stop => return,
            next = next => next,
        };
        match accepted {
            Ok((stream, peer)) => {
                backoff = Backoff::default();
                match server.admission.admit(permit, peer.ip()) {
                    Some(permit) => {
                        let info = ConnectionInfo {
                            peer: Some(peer),
                            bound,
                            ..ConnectionInfo::default()
                        };
                        spawn(stream, info, permit, server);
                    }
                    None => turn_away(stream, peer, server),
                }
            }
            Err(error) => {
                if let Some(pause) = backoff.after(&error) {
                    log::error!("accepting paused for {pause:?}: {error}");
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

fn spawn(stream: TcpStream, info: ConnectionInfo, permit: Permit, server: &Arc<ServerState>) {
    if let Err(error) = tcp::prepare(&stream) {
        log::debug!("connection lost before it was served: {error}");
        return;
    }
    let stream = Tcp::new(stream);
    let watch = Some(stream.watch());
    let state = Arc::clone(server);
    server
        .connections
        .spawn(|guard| connection::serve(stream, watch, info, permit, state, guard));
}

/// Sends 503 to a connection over the limit of its address, as far as that is possible without
/// waiting for the peer, and closes it.
fn turn_away(stream: TcpStream, peer: SocketAddr, server: &ServerState) {
    let limit = server
        .config
        .max_connections_per_address
        .unwrap_or(usize::MAX);
    let address = peer.ip();
    let refused = format!(
        "a connection from {address} was refused: {limit} are open from its network, the limit of \
         `ServerConfig::max_connections_per_address`"
    );
    server
        .refusals
        .warn(RefusalKind::ConnectionsPerAddress, refused);
    if server.security.is_tls() {
        return; // A response would need a TLS handshake first.
    }
    let sent = stream.into_std().and_then(|mut stream| {
        stream.write_all(&too_many_connections(limit, &server.config))?;
        stream.shutdown(Shutdown::Write)?;
        // A close with unread bytes resets the connection, which could overtake the response.
        stream.read(&mut [0; 4096])
    });
    if let Err(error) = sent {
        log::debug!("connection over the limit closed without a response: {error}");
    }
}

/// The pauses after failures to accept.
#[derive(Debug, Default)]
struct Backoff(Option<Duration>);

impl Backoff {
    const FIRST: Duration = Duration::from_millis(10);
    const LONGEST: Duration = Duration::from_secs(1);

    /// Returns the pause after `error`, or `None` if only that connection failed.
    fn after(&mut self, error: &io::Error) -> Option<Duration> {
        use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
        if matches!(
            error.kind(),
            ConnectionAborted | ConnectionReset | Interrupted
        ) {
            return None;
        }
        // With too many open files, for example, retrying at once would only use processor time.
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
    fn a_connection_that_failed_by_itself_causes_no_pause() {
        let aborted = io::Error::from(io::ErrorKind::ConnectionAborted);
        assert_eq!(Backoff::default().after(&aborted), None);
    }
}
