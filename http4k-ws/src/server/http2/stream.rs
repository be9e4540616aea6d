//! One stream: a request and its answer, or a socket.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use h2::RecvStream;
use h2::ext::Protocol;
use h2::server::SendResponse;
use http::header::EXPECT;
use http::{Method, Request, Response as HttpResponse, StatusCode};
use tokio::sync::oneshot;

use super::body::Received;
use super::request::in_shape;
use super::response::{Pace, complete, send, until_reset};
use super::socket::Socket;
use crate::handler::check_host;
use crate::message::{KnownScheme, PeerAddr, Response, plain, printable};
use crate::server::info::ConnectionInfo;
use crate::server::opened::{Opened, Running};
use crate::server::shared::Shared;
use crate::server::{http as http_side, rules, upgrade};
use crate::session::RefusalKind;
use crate::wire::Line;

/// Serves one stream to its end.
pub(super) async fn serve(
    request: Request<RecvStream>,
    respond: SendResponse<Bytes>,
    line: Line,
    info: ConnectionInfo,
    shared: Arc<Shared>,
) {
    // A socket is not to keep the room that its request took.
    let running = Box::pin(answer(request, respond, line, info, &shared)).await;
    if let Some(running) = running {
        running.await;
    }
}

async fn answer(
    mut request: Request<RecvStream>,
    respond: SendResponse<Bytes>,
    line: Line,
    mut info: ConnectionInfo,
    shared: &Arc<Shared>,
) -> Option<Pin<Box<Running<Socket>>>> {
    let protocol = request.extensions_mut().remove::<Protocol>();
    let scheme = request.uri().scheme_str().and_then(KnownScheme::named);
    info.scheme = info.scheme.or(scheme);
    info.add_to(&mut request);
    if protocol.is_some() {
        // To the rules and to the application it is what the upgrade of HTTP/1.1 is.
        *request.method_mut() = Method::GET;
    }
    let head_only = request.method() == Method::HEAD;
    let checked = in_shape(request, &shared.config)
        .and_then(|request| rules::host(&request).map(|()| request))
        .and_then(|request| {
            let fields = rules::Fields::of(request.headers());
            rules::check(&request, &fields, &shared.config)?;
            Ok(request)
        });
    let request = match checked {
        Ok(request) => request,
        Err(refusal) => {
            shared.refusals.warn(refusal.kind(), refusal);
            let pace = Pace::new(line, shared.config.write_stall);
            send(respond, refusal.response(), head_only, pace).await;
            return None;
        }
    };
    if let Err(refused) = check_host(&shared.config.hosts, info.bound, &request) {
        shared.refusals.warn(refused.kind(), &refused);
        let pace = Pace::new(line, shared.config.write_stall);
        send(respond, refused.response(), head_only, pace).await;
        return None;
    }
    if let Some(answer) = rules::server_wide(&request) {
        let pace = Pace::new(line, shared.config.write_stall);
        send(respond, answer, head_only, pace).await;
        return None;
    }
    match protocol.as_ref().map(Protocol::as_str) {
        None => {
            respond_to(request, respond, line, shared).await;
            None
        }
        Some("websocket") => open_socket(request, respond, line, shared).await,
        Some(protocol) => {
            // As RFC 9220 §3 asks for it in HTTP/3.
            let text = format!("`{protocol}` is not spoken here (RFC 8441 §4)\n");
            let unknown = plain(StatusCode::NOT_IMPLEMENTED, text);
            let pace = Pace::new(line, shared.config.write_stall);
            send(respond, unknown, false, pace).await;
            None
        }
    }
}

/// Answers a request, unless the peer takes it back.
async fn respond_to(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    line: Line,
    shared: &Shared,
) {
    let head_only = request.method() == Method::HEAD;
    let (wanted, mut is_wanted) = oneshot::channel();
    let (head, body) = request.into_parts();
    let wanted = head.headers.contains_key(EXPECT).then_some(wanted);
    let mut expected = wanted.is_some();
    let body = Received::new(body, &head.headers, wanted);
    let answer = http_side::respond(shared, Request::from_parts(head, body));
    let answered = until_reset(answer, |cx| {
        if expected && Pin::new(&mut is_wanted).poll(cx).is_ready() {
            expected = false;
            go_on(&mut respond);
        }
        respond.poll_reset(cx).is_ready()
    });
    if let Some(response) = answered.await {
        let pace = Pace::new(line, shared.config.write_stall);
        send(respond, response, head_only, pace).await;
    }
}

/// 100, for a peer that waits for it before it sends its body (RFC 9110 §10.1.1).
fn go_on(respond: &mut SendResponse<Bytes>) {
    let mut informed = HttpResponse::new(());
    *informed.status_mut() = StatusCode::CONTINUE;
    if let Err(error) = respond.send_informational(informed) {
        log::debug!(
            "a peer that waits was not told to go on: {}",
            printable(&error)
        );
    }
}

/// The opening handshake of RFC 8441 §5, unless the peer takes it back.
async fn open_socket(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    line: Line,
    shared: &Shared,
) -> Option<Pin<Box<Running<Socket>>>> {
    let peer = request.extensions().get::<PeerAddr>();
    let Some(seat) = shared.admission.socket(peer.map(|peer| peer.get().ip())) else {
        shared.refusals.warn(RefusalKind::Connections, TOO_MANY);
        let refusal = plain(StatusCode::SERVICE_UNAVAILABLE, format!("{TOO_MANY}\n"));
        let pace = Pace::new(line, shared.config.write_stall);
        send(respond, refusal, false, pace).await;
        return None;
    };
    let (head, receive) = request.into_parts();
    let agreed = upgrade::answer_http2(shared, Request::from_parts(head, ()));
    let agreed = until_reset(agreed, |cx| respond.poll_reset(cx).is_ready());
    match agreed.await? {
        Ok((response, handshake, consumer)) => {
            let sent = respond.send_response(headed(response), false);
            let send =
                sent.inspect_err(|error| log::debug!("a socket was lost: {}", printable(&error)));
            let socket = Socket::new(send.ok()?, receive);
            let opened = Opened::new(socket, line, Bytes::new(), handshake, consumer, shared);
            Some(Box::pin(opened.run(shared.connections.enter(), Some(seat))))
        }
        Err(refusal) => {
            let pace = Pace::new(line, shared.config.write_stall);
            send(respond, refusal, false, pace).await;
            None
        }
    }
}

/// For a socket of which there are too many.
const TOO_MANY: &str = "there are too many connections, over the limit in \
                        `ServerConfig::max_connections` or of this address (RFC 9110 §15.6.4)";

fn headed(response: Response) -> HttpResponse<()> {
    let mut response = response.map(drop);
    complete(response.headers_mut());
    response
}
