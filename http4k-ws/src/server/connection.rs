//! One connection: TLS or not, its preamble, HTTP/1.1 or HTTP/2, and the socket that it may become.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;

use http::Request;

use super::admission::Permit;
use super::http1::{self, Served};
#[cfg(feature = "http2")]
use super::http2;
use super::preamble::{HttpVersion, preamble};
use super::proxy_protocol::read_header;
use super::request::canned::too_many_connections;
use super::secure::{MaybeTls, secure};
use super::shutdown::ConnectionGuard;
use super::state::ServerState;
use super::stream::PeerWatch;
use crate::message::{PeerAddr, PeerCertificates, Scheme};
use crate::wire::{ByteStream, Metered};

/// The facts of a connection that all its requests share.
#[derive(Debug, Clone, Default)]
pub(super) struct ConnectionInfo {
    /// The other end, or `None` if the connection has no address.
    pub(super) peer: Option<SocketAddr>,
    /// The address that the server is bound to, which may be unspecified. `None` if the connection
    /// is not over TCP.
    pub(super) bound: Option<IpAddr>,
    /// The connection is not encrypted, also if the server has TLS.
    pub(super) plain: bool,
    /// The scheme, which is known over TLS.
    pub(super) scheme: Option<Scheme>,
    /// The certificates of a client that authenticated with them.
    pub(super) certificates: Option<PeerCertificates>,
}

impl ConnectionInfo {
    fn peer_ip(&self) -> Option<IpAddr> {
        self.peer.map(|peer| peer.ip())
    }

    /// Adds to the extensions of `request` the facts that an application may read.
    pub(super) fn add_to<B>(&self, request: &mut Request<B>) {
        if let Some(peer) = self.peer_addr() {
            request.extensions_mut().insert(peer);
        }
        self.add_security_to(request);
    }

    pub(super) fn peer_addr(&self) -> Option<PeerAddr> {
        self.peer.map(PeerAddr::new)
    }

    /// Adds the facts of a connection with TLS.
    #[inline]
    pub(super) fn add_security_to<B>(&self, request: &mut Request<B>) {
        if let Some(scheme) = self.scheme {
            request.extensions_mut().insert(scheme);
        }
        if let Some(certificates) = &self.certificates {
            request.extensions_mut().insert(certificates.clone());
        }
    }
}

/// Serves a connection. If it becomes a socket, the socket runs in a task of its own and keeps the
/// permit.
pub(super) async fn serve(
    mut stream: impl ByteStream,
    watch: Option<PeerWatch>,
    mut info: ConnectionInfo,
    mut permit: Permit,
    server: Arc<ServerState>,
    guard: ConnectionGuard,
) {
    if server.config.proxy_protocol.contains_peer(info.peer_ip()) {
        // Boxed, so that other connections reserve no memory for it.
        let announced = Box::pin(announce(&mut stream, &mut info, &server, &guard));
        if !announced.await {
            return;
        }
        let address = info.peer_ip();
        if address.is_some_and(|address| !server.admission.count(&mut permit, address)) {
            turn_away(stream, &info, &server).await;
            return;
        }
    }
    match serve_http(stream, watch, info, &server, &guard).await {
        Served::Over => {}
        Served::Socket(socket) => server
            .connections
            .spawn(|guard| socket.run(guard, Some(permit))),
        // The permit and the guard stay here.
        #[cfg(feature = "tower")]
        Served::PassedOn(passed_on) => passed_on.until_returned(&guard).await,
    }
}

/// Serves a connection, and the socket that it may become, in this task. Dropping the future drops
/// the connection.
pub(super) async fn serve_here(mut stream: impl ByteStream, server: Arc<ServerState>) {
    let guard = server.connections.enter();
    let mut info = ConnectionInfo::default();
    if server.config.proxy_protocol.contains_peer(None) {
        let announced = Box::pin(announce(&mut stream, &mut info, &server, &guard));
        if !announced.await {
            return;
        }
    }
    // Boxed, so that a socket does not keep the memory of the HTTP connection.
    let served = Box::pin(serve_http(stream, None, info, &server, &guard)).await;
    match served {
        Served::Over => {}
        Served::Socket(socket) => socket.run(guard, None).await,
        #[cfg(feature = "tower")]
        Served::PassedOn(passed_on) => passed_on.until_returned(&guard).await,
    }
}

/// Reads the header of the PROXY protocol. Returns `false` if the connection must be closed.
async fn announce(
    stream: &mut impl ByteStream,
    info: &mut ConnectionInfo,
    server: &ServerState,
    guard: &ConnectionGuard,
) -> bool {
    let reading = pin!(read_header(stream, info, server));
    guard.unless_stopping(reading).await.unwrap_or(false)
}

/// Sends 503 to a connection over the limit of the address that its header states, and closes it.
async fn turn_away(stream: impl ByteStream, info: &ConnectionInfo, server: &ServerState) {
    let limit = server.warn_of_address(info.peer_ip());
    // A response over TLS would need a handshake first.
    if !server.security.is_tls() || info.plain {
        let _ = http1::close_after(stream, &too_many_connections(limit, &server.config)).await;
    }
}

/// Serves the requests of a connection until it ends, or becomes a socket over HTTP/1.1.
async fn serve_http<S: ByteStream>(
    stream: S,
    watch: Option<PeerWatch>,
    mut info: ConnectionInfo,
    server: &Arc<ServerState>,
    guard: &ConnectionGuard,
) -> Served<MaybeTls<Metered<S>>> {
    let stream = Metered::new(stream);
    let meter = stream.meter();
    let Some(secured) = secure(stream, info.plain, server, guard).await else {
        return Served::Over;
    };
    info.scheme = secured.scheme().or(info.scheme);
    info.certificates.clone_from(&secured.certificates);
    let Some(started) = preamble(secured, info.peer, server, guard).await else {
        return Served::Over;
    };
    match started.version {
        HttpVersion::Http1 => http1::serve(started, meter, watch, info, server, guard).await,
        #[cfg(feature = "http2")]
        HttpVersion::Http2 => {
            Box::pin(http2::serve(started, meter, info, server, guard)).await;
            Served::Over
        }
        #[cfg(not(feature = "http2"))]
        HttpVersion::Http2 => Served::Over,
    }
}
