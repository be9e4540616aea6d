//! One connection: TLS or not, its preamble, HTTP/1.1 or HTTP/2, and the socket that it may become.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::Request;

use super::admission::Permit;
use super::http1::{self, Served};
#[cfg(feature = "http2")]
use super::http2;
use super::preamble::{HttpVersion, preamble};
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
    /// Adds to the extensions of `request` the facts that an application may read.
    pub(super) fn add_to<B>(&self, request: &mut Request<B>) {
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(PeerAddr::new(peer));
        }
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
    stream: impl ByteStream,
    watch: Option<PeerWatch>,
    info: ConnectionInfo,
    permit: Permit,
    server: Arc<ServerState>,
    guard: ConnectionGuard,
) {
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
pub(super) async fn serve_here(stream: impl ByteStream, server: Arc<ServerState>) {
    let guard = server.connections.enter();
    let info = ConnectionInfo::default();
    // Boxed, so that a socket does not keep the memory of the HTTP connection.
    let served = Box::pin(serve_http(stream, None, info, &server, &guard)).await;
    match served {
        Served::Over => {}
        Served::Socket(socket) => socket.run(guard, None).await,
        #[cfg(feature = "tower")]
        Served::PassedOn(passed_on) => passed_on.until_returned(&guard).await,
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
    info.scheme = secured.scheme();
    info.certificates.clone_from(&secured.certificates);
    let Some(started) = preamble(secured, server, guard).await else {
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
