//! The checks and the response of one request on a connection of HTTP/1.1.

use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use ::http::header::{HOST, HeaderValue};
use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::upgrade::OnUpgrade;

use super::framing::Framed;
use crate::handler::{ResponseFuture, check_host};
use crate::message::{HostSource, PeerAddr, Response, hide_secrets};
use crate::server::connection::ConnectionInfo;
use crate::server::request::{self, Pending, closing, rules};
use crate::server::state::ServerState;
use crate::server::upgrade::{self, Accepted, Switched};

/// Responds to the requests of one connection.
pub(in crate::server) struct Service {
    server: Arc<ServerState>,
    info: ConnectionInfo,
    /// The socket that the connection becomes once its 101 is written.
    accepted: Mutex<Option<Box<Accepted>>>,
    /// The response to the first request, if the application was called before hyper read it.
    first: Mutex<Option<Switching>>,
    /// The response that is being sent has no length, so it may have no end.
    streaming: AtomicBool,
    /// hyper has read a request.
    has_begun: AtomicBool,
    admitted: AdmittedHost,
}

/// The `Host` that the last request of a connection was admitted with. Nearly all requests that
/// follow have the same, which is not parsed again.
#[derive(Debug, Default)]
struct AdmittedHost(Mutex<Option<HeaderValue>>);

impl AdmittedHost {
    fn lock(&self) -> MutexGuard<'_, Option<HeaderValue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns `true` if `request`, whose fields are `fields`, names the same host, by its only
    /// `Host` and nothing else.
    fn is_that_of<B>(&self, request: &hyper::Request<B>, fields: &rules::Fields<'_>) -> bool {
        let host = fields.only_host();
        host.is_some() && request.uri().authority().is_none() && self.lock().as_ref() == host
    }

    /// Returns `true` if `request` has the host of another connection of `server`.
    #[cold]
    fn is_that_of_server<B>(
        request: &hyper::Request<B>,
        fields: &rules::Fields<'_>,
        server: &ServerState,
        bound: Option<IpAddr>,
    ) -> bool {
        let host = fields.only_host();
        request.uri().authority().is_none()
            && host.is_some_and(|host| server.is_latest_host(host, bound))
    }

    fn keep<B>(&self, request: &hyper::Request<B>, server: &ServerState, bound: Option<IpAddr>) {
        let host = request.headers().get(HOST).cloned();
        if let Some(host) = &host {
            server.admitted_host(host, bound);
        }
        *self.lock() = host;
    }
}

/// The facts about an admitted request.
pub(super) struct Admitted {
    /// It has the field `Upgrade`, for WebSocket or something else.
    upgrade: bool,
    /// The address of the peer, unless the extensions of the request have it.
    pub(super) peer: Option<PeerAddr>,
}

/// The response to an opening handshake: 101 with the socket and its consumer, or a refusal.
pub(super) type Switching = Pin<Box<dyn Future<Output = Result<Switched, Response>> + Send>>;

/// A response on its way to hyper. Notes if its body is a stream.
pub(super) struct Noted<'a> {
    service: &'a Service,
    response: Pending<'a>,
}

impl Future for Noted<'_> {
    type Output = Result<Response, Infallible>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(Pin::new(&mut self.response).poll(cx));
        let streaming = !response.body().has_length();
        if streaming {
            self.service.server.prepare_stream(&response);
        }
        self.service.streaming.store(streaming, Ordering::Relaxed);
        Poll::Ready(Ok(response))
    }
}

impl Service {
    pub(in crate::server) fn new(server: &Arc<ServerState>, info: ConnectionInfo) -> Self {
        Self {
            server: Arc::clone(server),
            info,
            accepted: Mutex::default(),
            first: Mutex::default(),
            streaming: AtomicBool::new(false),
            has_begun: AtomicBool::new(false),
            admitted: AdmittedHost::default(),
        }
    }

    #[inline]
    pub(super) fn server(&self) -> &Arc<ServerState> {
        &self.server
    }

    /// Returns `true` while the response that is being sent has no known length.
    #[inline]
    pub(super) fn is_streaming(&self) -> bool {
        self.streaming.load(Ordering::Relaxed)
    }

    /// Takes the socket that the connection becomes, if a request was upgraded.
    pub(super) fn take_accepted(&self) -> Option<Accepted> {
        self.lock_accepted().take().map(|accepted| *accepted)
    }

    /// Sends `response` to the first request, which hyper is still to read.
    pub(super) fn respond_first(&self, response: Switching) {
        *self.lock_first() = Some(response);
    }

    fn lock_first(&self) -> MutexGuard<'_, Option<Switching>> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_accepted(&self) -> MutexGuard<'_, Option<Box<Accepted>>> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Responds to an ordinary request, which is not an upgrade and has arrived complete.
    #[inline]
    pub(super) fn begin(&self, mut request: hyper::Request<Bytes>) -> Pending<'_> {
        match self.admit(&mut request) {
            Err(response) => Pending::ready(response),
            Ok(admitted) => request::respond_to_whole(&self.server, request, admitted.peer),
        }
    }

    /// Returns the response to a request that has begun.
    #[inline]
    pub(super) fn go_on<'a>(&'a self, response: Pending<'a>) -> Noted<'a> {
        self.streaming.store(false, Ordering::Relaxed);
        Noted {
            service: self,
            response,
        }
    }

    /// Responds to a request. `framed` holds the parts of it that hyper drops.
    pub(super) fn respond(
        &self,
        mut request: hyper::Request<Incoming>,
        framed: Framed,
    ) -> Noted<'_> {
        if !self.has_begun.swap(true, Ordering::Relaxed) {
            if let Some(first) = self.lock_first().take() {
                let upgrade = hyper::upgrade::on(&mut request);
                let response = Pending::Boxed(ResponseFuture::new(self.switched(first, upgrade)));
                return self.go_on(response);
            }
        }
        if framed.fragment {
            rules::note_fragment(&mut request);
        }
        let response = match self.admit(&mut request) {
            Err(response) => Pending::ready(response),
            Ok(admitted) if admitted.upgrade && upgrade::is_websocket(&request) => {
                Pending::Boxed(ResponseFuture::new(self.upgrade(request, admitted.peer)))
            }
            Ok(Admitted { upgrade, peer }) => {
                if upgrade {
                    // Takes hyper's handle of an upgrade to something else out of the extensions.
                    drop(hyper::upgrade::on(&mut request));
                }
                match framed.body {
                    Some(body) => {
                        request::respond_to_whole(&self.server, request.map(|_| body), peer)
                    }
                    None => request::respond_to(&self.server, request, peer),
                }
            }
        };
        self.go_on(response)
    }

    /// Checks a request, and adds the facts of its connection.
    ///
    /// # Errors
    ///
    /// Returns the response if the request is refused, or is for the server as a whole.
    #[inline]
    pub(super) fn admit<B>(&self, request: &mut hyper::Request<B>) -> Result<Admitted, Response> {
        let Self { server, info, .. } = self;
        let fields = rules::Fields::of(request.headers());
        let (upgrade, forwarding) = (fields.upgrade, fields.forwarding);
        let is_known = self.admitted.is_that_of(request, &fields)
            || AdmittedHost::is_that_of_server(request, &fields, server, info.bound);
        let host = match is_known {
            true => Ok(()),
            false => rules::host(request),
        };
        if let Err(refusal) = host.and_then(|()| rules::check(request, &fields, &server.config)) {
            server.refusals.warn(refusal.kind(), refusal);
            return Err(refusal.response());
        }
        rules::name_the_host(request);
        // Few handlers read the address, and adding it costs three allocations.
        let is_read = forwarding || server.config.proxies.is_some();
        let peer = if is_read {
            info.add_to(request);
            None
        } else {
            info.add_security_to(request);
            info.peer_addr()
        };
        let host = match rules::proxies(request, forwarding, &server.config) {
            Ok(host) => host,
            Err(refusal) => {
                server.refusals.warn(refusal.kind(), refusal);
                return Err(refusal.response());
            }
        };
        hide_secrets(request.headers_mut());
        if !is_known || host == HostSource::Proxy {
            if let Err(refused) = check_host(&server.config.hosts, info.bound, host, request) {
                server.refusals.warn(refused.kind(), &refused);
                return Err(closing(refused.response()));
            }
        }
        if !is_known && host == HostSource::Connection {
            self.admitted.keep(request, server, info.bound);
        }
        match rules::server_wide(request) {
            Some(response) => Err(response),
            None => Ok(Admitted { upgrade, peer }),
        }
    }

    /// Responds to a request that the application has seen before hyper did.
    async fn switched(&self, first: Switching, upgrade: OnUpgrade) -> Response {
        match first.await {
            Ok(switched) => {
                let response = switched.response();
                *self.lock_accepted() = Some(Box::new(Accepted { upgrade, switched }));
                response
            }
            Err(refusal) => refusal,
        }
    }

    async fn upgrade(&self, request: hyper::Request<Incoming>, peer: Option<PeerAddr>) -> Response {
        match upgrade::respond(&self.server, request, peer).await {
            Ok((response, accepted)) => {
                *self.lock_accepted() = Some(Box::new(accepted));
                response
            }
            Err(refusal) => refusal,
        }
    }
}

/// Returns the length of a body that is still to come, or `None` for one in chunks.
#[inline]
pub(super) fn body_length(body: &Incoming) -> Option<u64> {
    match body.is_end_stream() {
        true => Some(0),
        false => body.size_hint().exact(),
    }
}
