//! The sockets on connections of another server.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, StatusCode};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::admit::RequestForm;
use crate::handler::WsConsumer;
use crate::message::{Body, RequestExt, Response, plain, printable};
use crate::server::admission::Permit;
use crate::server::config::LONGEST;
use crate::server::shutdown::ConnectionGuard;
use crate::server::state::ServerState;
use crate::server::upgrade::{self, Accepted};
use crate::server::upgraded::{SocketTask, UpgradedStream};
use crate::session::Handshake;
use crate::wire::{Metered, StreamProgress};

/// An opening handshake that the server has room for.
pub(super) struct Opening<'a> {
    server: &'a Arc<ServerState>,
    form: RequestForm,
    upgrade: OnUpgrade,
    permit: Permit,
}

impl<'a> Opening<'a> {
    /// Prepares a socket on the connection of `request`.
    ///
    /// # Errors
    ///
    /// Returns the response if no socket can be opened.
    pub(super) fn new(
        server: &'a Arc<ServerState>,
        form: RequestForm,
        request: &Request<Body>,
        upgrade: Option<OnUpgrade>,
    ) -> Result<Self, Response> {
        let is_websocket = request.headers().contains_key("sec-websocket-version");
        if form == RequestForm::Connect && !is_websocket {
            return Err(plain(
                StatusCode::NOT_IMPLEMENTED,
                OTHER_PROTOCOL.to_owned(),
            ));
        }
        let Some(upgrade) = upgrade else {
            log::warn!("a socket was refused: {}", NO_UPGRADE.trim_end());
            return Err(plain(StatusCode::NOT_IMPLEMENTED, NO_UPGRADE.to_owned()));
        };
        if server.connections.is_stopping() {
            return Err(plain(StatusCode::SERVICE_UNAVAILABLE, STOPPING.to_owned()));
        }
        let peer = request.connection_addr().map(|peer| peer.ip());
        let permit = server.admission.socket(peer);
        Ok(Self {
            server,
            form,
            upgrade,
            permit: permit.ok_or_else(|| upgrade::too_many(server))?,
        })
    }

    pub(super) async fn respond(self, mut request: Request<Body>) -> Response {
        let agreed = if self.form == RequestForm::Connect {
            upgrade::connect(self.server, request.map(drop)).await
        } else {
            // Where hyper keeps it, and `respond` finds it.
            request.extensions_mut().insert(self.upgrade.clone());
            let agreed = upgrade::respond(self.server, request, None).await;
            agreed.map(|(response, Accepted { switched, .. })| {
                (response, switched.handshake, switched.consumer)
            })
        };
        let (mut response, handshake, consumer) = match agreed {
            Ok(agreed) => agreed,
            Err(refusal) => return refusal,
        };
        let (sent, is_sent) = oneshot::channel();
        response.extensions_mut().insert(Sent(Arc::new(sent)));
        let accepted = AcceptedSocket {
            server: Arc::clone(self.server),
            upgrade: self.upgrade,
            is_sent,
            handshake,
            consumer,
            permit: self.permit,
        };
        let connections = &self.server.connections;
        connections.spawn(|guard| async move {
            // Boxed, so that a socket does not keep the memory of its handshake.
            if let Some(socket) = Box::pin(accepted.open(guard)).await {
                socket.await;
            }
        });
        response
    }
}

/// Dropped with the response that accepts, when the other server has sent it or a layer has
/// replaced it.
#[derive(Clone)]
struct Sent(#[allow(dead_code, reason = "only its drop is observed")] Arc<oneshot::Sender<()>>);

/// A socket whose connection still belongs to the other server.
struct AcceptedSocket {
    server: Arc<ServerState>,
    upgrade: OnUpgrade,
    is_sent: oneshot::Receiver<()>,
    handshake: Handshake,
    consumer: WsConsumer,
    permit: Permit,
}

impl AcceptedSocket {
    /// Waits until the other server gives the connection away, and opens the socket.
    ///
    /// If a layer replaced the response, that never happens, and hyper reports it only when the
    /// connection ends. The wait is therefore bounded from the moment at which the response is
    /// gone. An accepted connection is given away as soon as the client reads the response.
    async fn open(
        self,
        guard: ConnectionGuard,
    ) -> Option<Pin<Box<SocketTask<Metered<TokioIo<Upgraded>>>>>> {
        let limit = self.server.config.write_stall.min(LONGEST);
        let replaced = async {
            let _ = self.is_sent.await;
            sleep(limit).await;
        };
        let upgraded = tokio::select! {
            upgraded = self.upgrade => upgraded,
            () = replaced => {
                log::debug!("a socket was not opened: its response was replaced by another layer");
                return None;
            }
        };
        let lost = |error: &hyper::Error| {
            let error = printable(error);
            log::debug!("connection lost before it became a socket: {error}");
        };
        let stream = Metered::new(TokioIo::new(upgraded.inspect_err(lost).ok()?));
        let upgraded = UpgradedStream {
            progress: StreamProgress::alone(stream.meter()),
            stream,
            ahead: Bytes::new(),
            handshake: self.handshake,
            consumer: self.consumer,
        };
        let socket = SocketTask::new(upgraded, &self.server, guard, Some(self.permit));
        Some(Box::pin(socket))
    }
}

const NO_UPGRADE: &str = "the server around this application does not offer to upgrade its \
                          connections, which a WebSocket needs\n";

const OTHER_PROTOCOL: &str = "only the protocol `websocket` is supported (RFC 8441 §4)\n";

const STOPPING: &str = "this server is stopping: reconnect later (RFC 9110 §15.6.4)\n";
