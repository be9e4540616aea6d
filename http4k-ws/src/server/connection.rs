//! One connection: TLS or not, its preamble, HTTP/1.1 or HTTP/2, and the socket that it may become.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::future::lazy;
use http::Request;

use super::admission::Permit;
use super::http1;
#[cfg(feature = "http2")]
use super::http2;
use super::preamble::{HttpVersion, Started, preamble};
use super::proxy_protocol::read_header;
use super::request::canned::too_many_connections;
use super::secure::{MaybeTls, secure};
use super::shutdown::ConnectionGuard;
use super::state::ServerState;
use super::stream::PeerWatch;
use super::upgraded::{SocketTask, UpgradedStream};
use crate::message::{PeerAddr, PeerCertificates, Scheme};
use crate::wire::{ByteStream, Meter, Metered};

/// The bytes of a connection as its requests are read, which are decrypted and counted.
type Served<S> = MaybeTls<Metered<S>>;

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

/// The task of a connection: HTTP until it ends or becomes a socket, which the same task runs.
///
/// HTTP is boxed. Its memory is released as the socket opens, and is not moved when the task is
/// spawned.
#[allow(
    clippy::large_enum_variant,
    reason = "a box would be an allocation for each socket"
)]
pub(super) enum ConnectionTask<F, S: ByteStream> {
    Http(Pin<Box<F>>),
    Socket(SocketTask<S>),
}

impl<F, S> Future for ConnectionTask<F, S>
where
    F: Future<Output = Option<Opening<S>>>,
    S: ByteStream,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if let Self::Http(http) = this {
            match ready!(http.as_mut().poll(cx)) {
                Some(opening) => *this = Self::Socket(opening.into_task()),
                None => return Poll::Ready(()),
            }
        }
        match this {
            Self::Socket(socket) => Pin::new(socket).poll(cx),
            Self::Http(_) => Poll::Ready(()),
        }
    }
}

/// Returns the task of a connection. If it becomes a socket, the socket keeps the permit.
pub(super) fn serve<S: ByteStream>(
    stream: S,
    watch: Option<PeerWatch>,
    info: ConnectionInfo,
    permit: Option<Permit>,
    server: Arc<ServerState>,
    guard: ConnectionGuard,
) -> ConnectionTask<impl Future<Output = Option<Opening<Served<S>>>>, Served<S>> {
    ConnectionTask::Http(Box::pin(http(stream, watch, info, permit, server, guard)))
}

/// Serves a connection, and the socket that it may become, outside of a task of the server.
/// Dropping the future drops the connection.
pub(super) fn serve_here(
    stream: impl ByteStream,
    server: Arc<ServerState>,
) -> impl Future<Output = ()> {
    let guard = server.connections.enter();
    serve(stream, None, ConnectionInfo::default(), None, server, guard)
}

/// A connection that becomes a socket.
pub(super) struct Opening<S: ByteStream> {
    upgraded: UpgradedStream<S>,
    server: Arc<ServerState>,
    guard: ConnectionGuard,
    permit: Option<Permit>,
}

impl<S: ByteStream> Opening<S> {
    fn into_task(self) -> SocketTask<S> {
        SocketTask::new(self.upgraded, &self.server, self.guard, self.permit)
    }
}

/// Serves the requests of a connection, and returns the socket that it becomes.
#[allow(
    clippy::manual_async_fn,
    reason = "an `async fn` reserves memory for its arguments twice"
)]
fn http<S: ByteStream>(
    mut stream: S,
    watch: Option<PeerWatch>,
    mut info: ConnectionInfo,
    mut permit: Option<Permit>,
    server: Arc<ServerState>,
    guard: ConnectionGuard,
) -> impl Future<Output = Option<Opening<Served<S>>>> {
    async move {
        if server.config.proxy_protocol.contains_peer(info.peer_ip()) {
            // Boxed, so that other connections reserve no memory for it.
            let announced = Box::pin(announce(&mut stream, &mut info, &server, &guard));
            if !announced.await {
                return None;
            }
            if let (Some(permit), Some(address)) = (&mut permit, info.peer_ip()) {
                if !server.admission.count(permit, address) {
                    Box::pin(turn_away(stream, &info, &server)).await;
                    return None;
                }
            }
        }
        let stream = Metered::new(stream);
        let meter = stream.meter();
        let secured = secure(stream, info.plain, &server, &guard).await?;
        info.scheme = secured.scheme().or(info.scheme);
        info.certificates.clone_from(&secured.certificates);
        let started = preamble(secured, info.peer, &server, &guard).await?;
        let upgraded = match started.version {
            HttpVersion::Http1 => {
                let service = http1::Service::new(&server, info);
                http1(started, meter, watch, service, &guard).await?
            }
            #[cfg(feature = "http2")]
            HttpVersion::Http2 => {
                Box::pin(http2::serve(started, meter, info, &server, &guard)).await;
                return None;
            }
            #[cfg(not(feature = "http2"))]
            HttpVersion::Http2 => return None,
        };
        Some(Opening {
            upgraded,
            server,
            guard,
            permit,
        })
    }
}

/// Serves the requests of a connection of HTTP/1.1, and returns the stream that it becomes.
#[allow(
    clippy::manual_async_fn,
    reason = "an `async fn` reserves memory for its arguments twice"
)]
fn http1<S: ByteStream>(
    started: Started<S>,
    meter: Meter,
    watch: Option<PeerWatch>,
    service: http1::Service,
    guard: &ConnectionGuard,
) -> impl Future<Output = Option<UpgradedStream<S>>> {
    async move {
        let first = lazy(|cx| http1::open_at_once(cx, started, &meter, &service));
        let upgrading: Upgrading<'_, S> = match first.await {
            http1::FirstRequest::Socket(upgraded) => return Some(upgraded),
            http1::FirstRequest::Lost => return None,
            http1::FirstRequest::Slow(upgrading) => upgrading,
            // Boxed, so that a handshake does not need the memory of hyper.
            http1::FirstRequest::Http(started) => {
                Box::pin(requests(started, meter, watch, &service, guard))
            }
        };
        upgrading.await
    }
}

/// The future of a connection that may become a socket.
type Upgrading<'a, S> = Pin<Box<dyn Future<Output = Option<UpgradedStream<S>>> + Send + 'a>>;

/// Serves requests over hyper.
async fn requests<S: ByteStream>(
    started: Started<S>,
    meter: Meter,
    watch: Option<PeerWatch>,
    service: &http1::Service,
    guard: &ConnectionGuard,
) -> Option<UpgradedStream<S>> {
    match http1::serve(started, meter, watch, service, guard).await {
        http1::Served::Over => None,
        http1::Served::Socket(upgraded) => Some(upgraded),
        // The permit and the guard stay with the connection.
        #[cfg(feature = "tower")]
        http1::Served::PassedOn(passed_on) => {
            passed_on.until_returned(guard).await;
            None
        }
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
