//! One stream: a request and its response, or a socket.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use h2::RecvStream;
use h2::ext::Protocol;
use h2::server::SendResponse;
use http::header::EXPECT;
use http::{Method, Request, Response as HttpResponse, StatusCode};
use tokio::sync::oneshot;

use super::request::ReceivedBody;
use super::response::{Pace, complete, send, until_reset};
use super::socket::SocketStream;
use crate::handler::check_host;
use crate::message::{HostSource, RequestExt, Response, Scheme, plain, printable};
use crate::server::ServerConfig;
use crate::server::connection::ConnectionInfo;
use crate::server::request::{normalize, respond as call, rules};
use crate::server::state::ServerState;
use crate::server::upgrade;
use crate::server::upgraded::{SocketTask, UpgradedStream};
use crate::wire::StreamProgress;

/// Serves one stream to its end.
pub(super) async fn serve(
    request: Request<RecvStream>,
    respond: SendResponse<Bytes>,
    progress: StreamProgress,
    info: ConnectionInfo,
    server: Arc<ServerState>,
) {
    // Boxed, so that a socket does not keep the memory of its request.
    let socket = Box::pin(serve_request(request, respond, progress, info, &server)).await;
    if let Some(socket) = socket {
        socket.await;
    }
}

async fn serve_request(
    mut request: Request<RecvStream>,
    respond: SendResponse<Bytes>,
    progress: StreamProgress,
    info: ConnectionInfo,
    server: &Arc<ServerState>,
) -> Option<Pin<Box<SocketTask<SocketStream>>>> {
    let protocol = request.extensions_mut().remove::<Protocol>();
    if protocol.is_some() {
        // For the rules and the application it is an upgrade of HTTP/1.1.
        *request.method_mut() = Method::GET;
    }
    let head_only = request.method() == Method::HEAD;
    let responder = Responder {
        respond,
        progress,
        server,
    };
    let request = match admit(request, info, server) {
        Ok(request) => request,
        Err(response) => {
            responder.send(response, head_only).await;
            return None;
        }
    };
    match protocol.as_ref().map(Protocol::as_str) {
        None => {
            respond_to(request, responder).await;
            None
        }
        Some("websocket") => open_socket(request, responder).await,
        Some(protocol) => {
            // As RFC 9220 §3 requires for HTTP/3.
            let text = format!("the protocol `{protocol}` is not supported (RFC 8441 §4)\n");
            let unknown = plain(StatusCode::NOT_IMPLEMENTED, text);
            responder.send(unknown, false).await;
            None
        }
    }
}

/// The sending half of a stream, until a response is sent.
struct Responder<'a> {
    respond: SendResponse<Bytes>,
    progress: StreamProgress,
    server: &'a ServerState,
}

impl Responder<'_> {
    async fn send(self, response: Response, head_only: bool) {
        let pace = Pace::new(self.progress, self.server.config.write_stall);
        send(self.respond, response, head_only, pace).await;
    }
}

/// Checks a request, and adds the facts of its connection.
///
/// # Errors
///
/// Returns the response if the request is refused, or is for the server as a whole.
fn admit(
    mut request: Request<RecvStream>,
    mut info: ConnectionInfo,
    server: &ServerState,
) -> Result<Request<RecvStream>, Response> {
    let scheme = request.uri().scheme_str().and_then(Scheme::named);
    info.scheme = info.scheme.or(scheme);
    info.add_to(&mut request);
    let (request, host) = match checked(request, &server.config) {
        Ok(checked) => checked,
        Err(refusal) => {
            server.refusals.warn(refusal.kind(), refusal);
            return Err(refusal.response());
        }
    };
    if let Err(refused) = check_host(&server.config.hosts, info.bound, host, &request) {
        server.refusals.warn(refused.kind(), &refused);
        return Err(refused.response());
    }
    match rules::server_wide(&request) {
        Some(response) => Err(response),
        None => Ok(request),
    }
}

fn checked<B>(
    request: Request<B>,
    config: &ServerConfig,
) -> Result<(Request<B>, HostSource), rules::RequestRefusal> {
    let mut request = normalize(request, config)?;
    rules::host(&request)?;
    let fields = rules::Fields::of(request.headers());
    let forwarding = fields.forwarding;
    rules::check(&request, &fields, config)?;
    let host = rules::proxies(&mut request, forwarding, config)?;
    Ok((request, host))
}

/// Responds to a request, unless the peer resets the stream.
async fn respond_to(request: Request<RecvStream>, mut responder: Responder<'_>) {
    let head_only = request.method() == Method::HEAD;
    let (wanted, mut is_wanted) = oneshot::channel();
    let (head, body) = request.into_parts();
    let wanted = head.headers.contains_key(EXPECT).then_some(wanted);
    let mut expected = wanted.is_some();
    let body = ReceivedBody::new(body, &head.headers, wanted);
    let response = call(responder.server, Request::from_parts(head, body));
    let respond = &mut responder.respond;
    let response = until_reset(response, |cx| {
        if expected && Pin::new(&mut is_wanted).poll(cx).is_ready() {
            expected = false;
            send_continue(respond);
        }
        respond.poll_reset(cx).is_ready()
    });
    if let Some(response) = response.await {
        if !response.body().has_length() {
            responder.server.prepare_stream(&response);
        }
        responder.send(response, head_only).await;
    }
}

/// Sends 100 to a peer that waits for it before it sends its body (RFC 9110 §10.1.1).
fn send_continue(respond: &mut SendResponse<Bytes>) {
    let mut informed = HttpResponse::new(());
    *informed.status_mut() = StatusCode::CONTINUE;
    if let Err(error) = respond.send_informational(informed) {
        log::debug!("100 Continue not sent: {}", printable(&error));
    }
}

/// Performs the opening handshake of RFC 8441 §5, unless the peer resets the stream.
async fn open_socket(
    request: Request<RecvStream>,
    mut responder: Responder<'_>,
) -> Option<Pin<Box<SocketTask<SocketStream>>>> {
    let server = responder.server;
    let peer = request.connection_addr().map(|peer| peer.ip());
    let Some(permit) = server.admission.socket(peer) else {
        responder.send(upgrade::too_many(server), false).await;
        return None;
    };
    let (head, receive) = request.into_parts();
    let agreed = upgrade::connect(server, Request::from_parts(head, ()));
    let respond = &mut responder.respond;
    let agreed = until_reset(agreed, |cx| respond.poll_reset(cx).is_ready());
    match agreed.await? {
        Ok((response, handshake, consumer)) => {
            let Responder {
                mut respond,
                progress,
                ..
            } = responder;
            let sent = respond.send_response(headed(response), false);
            let send = sent.inspect_err(|error| {
                log::debug!(
                    "connection lost before it became a socket: {}",
                    printable(error)
                );
            });
            let stream = SocketStream::new(send.ok()?, receive);
            let upgraded = UpgradedStream {
                stream,
                progress,
                ahead: Bytes::new(),
                handshake,
                consumer,
            };
            let guard = server.connections.enter();
            let socket = SocketTask::new(upgraded, server, guard, Some(permit));
            Some(Box::pin(socket))
        }
        Err(refusal) => {
            responder.send(refusal, false).await;
            None
        }
    }
}

fn headed(response: Response) -> HttpResponse<()> {
    let mut response = response.map(drop);
    complete(response.headers_mut());
    response
}
