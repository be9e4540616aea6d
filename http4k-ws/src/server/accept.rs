//! The accept loop of a server.

use std::convert::Infallible;
use std::future::Future;
use std::io::{Read, Write};
use std::net::{IpAddr, Shutdown};
use std::panic::resume_unwind;
use std::sync::Arc;

use socket2::SockRef;
use tokio::task::JoinHandle;

use super::admission::Permit;
use super::connection::{self, ConnectionInfo};
use super::first_due::FirstDue;
use super::listeners::{Accepted, Listeners, Place};
use super::request::canned::too_many_connections;
use super::state::ServerState;
use super::stream::Stream;

/// Accepts connections and serves each in a task of its own, until `stop` completes. The ports and
/// the files of sockets are free when this returns, and accepted connections go on.
///
/// If the future is dropped, they are free as soon as the runtime has dropped a task.
pub(super) async fn accept_until(
    listeners: Listeners,
    server: &Arc<ServerState>,
    stop: impl Future<Output = ()>,
) {
    // A task is woken by a queue of its own thread. The future that a runtime blocks on would be
    // woken by a system call for each connection.
    let mut accepting = AcceptTask(tokio::spawn(accept_all(listeners, Arc::clone(server))));
    let ended = tokio::select! {
        biased;
        () = stop => {
            accepting.0.abort();
            (&mut accepting.0).await
        }
        ended = &mut accepting.0 => ended,
    };
    let Err(error) = ended;
    if let Ok(panic) = error.try_into_panic() {
        resume_unwind(panic);
    }
}

/// The task that accepts. Dropping this ends it.
struct AcceptTask(JoinHandle<Infallible>);

impl Drop for AcceptTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn accept_all(mut listeners: Listeners, server: Arc<ServerState>) -> Infallible {
    let server = &server;
    listeners.offer_options(server.config.max_unsent);
    let mut first_due = FirstDue::default();
    loop {
        // Beyond the limit, connections stay in the queue of the system.
        server.admission.until_free(&server.refusals).await;
        let (accepted, place) = first_due.while_waiting(listeners.accept()).await;
        // A socket on a stream may have taken the permit meanwhile.
        let permit = server.admission.acquire(&server.refusals).await;
        let Accepted { stream, peer } = accepted;
        let address = peer.map(|peer| peer.ip());
        // The address that counts follows in the header.
        let announces = server.config.proxy_protocol.contains_peer(address);
        match server
            .admission
            .admit(permit, address.filter(|_| !announces))
        {
            Some(permit) => {
                let info = ConnectionInfo {
                    peer,
                    bound: place.bound,
                    plain: place.plain,
                    ..ConnectionInfo::default()
                };
                spawn(stream, info, place.prepared, permit, server);
            }
            None => turn_away(&stream, address, place, server),
        }
    }
}

/// Spawns the task of a connection. It is `prepared` if it has inherited its options.
fn spawn(
    stream: Stream,
    info: ConnectionInfo,
    prepared: bool,
    permit: Permit,
    server: &Arc<ServerState>,
) {
    if !prepared {
        if let Err(error) = stream.prepare(server.config.max_unsent) {
            log::debug!("connection lost before it was served: {error}");
            return;
        }
    }
    let watch = stream.watch();
    let state = Arc::clone(server);
    server
        .connections
        .spawn(|guard| connection::serve(stream, watch, info, Some(permit), state, guard));
}

/// Sends 503 to a connection over the limit of its address, as far as that is possible without
/// waiting for the peer, and closes it.
fn turn_away(stream: &Stream, address: Option<IpAddr>, place: Place, server: &ServerState) {
    let limit = server.warn_of_address(address);
    if server.security.is_tls() && !place.plain {
        return; // A response would need a TLS handshake first.
    }
    let Stream::Tcp(stream, _) = stream else {
        return; // It may be impossible to write to it without waiting.
    };
    let socket = SockRef::from(&**stream);
    let mut socket = &*socket;
    let sent = socket
        .write_all(&too_many_connections(limit, &server.config))
        .and_then(|()| socket.shutdown(Shutdown::Write))
        // A close with unread bytes resets the connection, which could overtake the response.
        .and_then(|()| socket.read(&mut [0; 4096]));
    if let Err(error) = sent {
        log::debug!("connection over the limit closed without a response: {error}");
    }
}
