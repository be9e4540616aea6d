//! The client's side of the opening handshake (RFC 6455 §4.1).

use std::convert::Infallible;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
#[cfg(not(feature = "deflate"))]
use http::header::SEC_WEBSOCKET_EXTENSIONS;
use http::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use hyper::client::conn::http1;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::dial::{Connection, Trust, reach, secure};
use super::error::ConnectError;
use super::uri::{Remote, origin_form};
use crate::handler::is_reserved;
use crate::message::{Body, Request, Response, has_token, hide_secrets, members};
use crate::session::{Handshake, Role, SessionConfig, WebSocket, WsSender, open};
#[cfg(feature = "deflate")]
use crate::wire::deflate::confirm;
use crate::wire::{ByteStream, Limits, Meter, Metered, StreamProgress, Wire, accept_key};

/// The limits in bytes and time for reading the body of a refusal.
const REFUSAL: usize = 64 * 1024;
const REFUSAL_TIME: Duration = Duration::from_secs(1);

/// An opening handshake that is checked and ready to be sent.
pub(super) struct Opening {
    pub(super) remote: Remote,
    pub(super) trust: Trust,
    pub(super) key: String,
    pub(super) title_case: bool,
    pub(super) request: Request,
    pub(super) timeout: Duration,
    pub(super) config: SessionConfig,
    /// The socket to connect; `None` for a new one.
    pub(super) unconnected: Option<WsSender>,
}

/// Opens a socket to the remote of `opening`. Its session runs in the current runtime.
pub(super) async fn connect(opening: Opening) -> Result<WebSocket, ConnectError> {
    let after = opening.timeout;
    let opened = async {
        let stream = reach(&opening.remote).await?;
        secure_socket(opening, stream).await
    };
    in_time(after, opened).await
}

/// Opens a socket over `stream`, without connecting to the host and port.
pub(super) async fn connect_over(
    opening: Opening,
    stream: impl ByteStream,
) -> Result<WebSocket, ConnectError> {
    let after = opening.timeout;
    in_time(after, secure_socket(opening, stream)).await
}

async fn secure_socket(
    opening: Opening,
    stream: impl ByteStream,
) -> Result<WebSocket, ConnectError> {
    let stream = Metered::new(stream);
    let meter = stream.meter();
    let stream = secure(stream, &opening.remote, &opening.trust).await?;
    open_socket(opening, stream, meter).await
}

async fn in_time(
    after: Duration,
    opened: impl Future<Output = Result<WebSocket, ConnectError>>,
) -> Result<WebSocket, ConnectError> {
    timeout(after, opened)
        .await
        .unwrap_or(Err(ConnectError::Timeout { after }))
}

async fn open_socket<S: ByteStream>(
    opening: Opening,
    stream: Connection<S>,
    meter: Meter,
) -> Result<WebSocket, ConnectError> {
    let (agreed, upgraded) = upgrade(stream, &opening).await?;
    let parts = upgraded
        .downcast::<TokioIo<Connection<S>>>()
        .map_err(|_| ConnectError::broken("hyper returned another connection"))?;
    let limits = Limits::of(&opening.config);
    let progress = StreamProgress::alone(meter);
    #[cfg_attr(not(feature = "deflate"), allow(unused_mut))]
    let mut wire = Wire::client(parts.io.into_inner(), progress, parts.read_buf, limits);
    #[cfg(feature = "deflate")]
    if let Some(deflate) = &agreed.deflate {
        wire.compress(deflate);
    }
    let handshake = Handshake {
        request: opening.request.into(),
        subprotocol: agreed.subprotocol,
        route: None,
        response: Some(Box::new(agreed.headers)),
    };
    let (socket, session) = match opening.unconnected {
        Some(socket) => socket.connect(wire, handshake, Arc::new(opening.config)),
        None => open(wire, Role::Client, handshake, Arc::new(opening.config)),
    };
    tokio::spawn(session);
    Ok(socket)
}

/// The server's half of the handshake.
struct Agreed {
    subprotocol: Option<String>,
    #[cfg(feature = "deflate")]
    deflate: Option<crate::session::DeflateTerms>,
    /// The fields that the application of the server set.
    headers: HeaderMap,
}

/// Sends the upgrade request. Returns the server's half of the handshake, and the connection.
async fn upgrade(
    stream: impl ByteStream,
    opening: &Opening,
) -> Result<(Agreed, Upgraded), ConnectError> {
    let request = &opening.request;
    let (mut sender, connection) = http1::Builder::new()
        .title_case_headers(opening.title_case)
        .max_buf_size(REFUSAL)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(ConnectError::broken)?;
    let exchange = async {
        let response = sender.send_request(sent_form_of(request)).await;
        let response = response.map_err(ConnectError::broken)?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let response = refusal(response).await;
            return Err(ConnectError::Refused { response });
        }
        let subprotocol = check(&response, request, &opening.key)?;
        let agreed = Agreed {
            subprotocol,
            #[cfg(feature = "deflate")]
            deflate: confirm(response.headers(), opening.config.deflate.as_ref())
                .map_err(|rule| ConnectError::BadHandshake { rule })?,
            headers: unreserved(response.headers()),
        };
        let upgraded = hyper::upgrade::on(response).await;
        Ok((agreed, upgraded.map_err(ConnectError::broken)?))
    };
    with_connection(exchange, connection.with_upgrades()).await
}

/// Runs `work` and the connection that it needs. The end of the connection ends `work` by itself.
async fn with_connection<T>(work: impl Future<Output = T>, connection: impl Future) -> T {
    let connection = async {
        connection.await;
        pending::<Infallible>().await
    };
    tokio::select! {
        done = work => done,
        never = connection => match never {},
    }
}

/// Returns the request as it is sent.
fn sent_form_of(request: &Request) -> http::Request<Body> {
    let mut sent = http::Request::new(Body::empty());
    *sent.uri_mut() = origin_form(request.uri());
    sent.headers_mut().clone_from(request.headers());
    sent
}

/// Reads the body of a refusal, as much of it as arrives within the limits.
pub(super) async fn refusal<B>(response: http::Response<B>) -> Box<Response<Bytes>>
where
    B: http_body::Body<Data = Bytes> + Unpin,
{
    let (mut head, mut body) = response.into_parts();
    hide_secrets(&mut head.headers);
    let mut bytes = BytesMut::new();
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            let Some(data) = frame.data_ref() else {
                continue;
            };
            let room = REFUSAL - bytes.len();
            bytes.extend_from_slice(&data[..data.len().min(room)]);
            if bytes.len() == REFUSAL {
                break;
            }
        }
    };
    // A part of the body still helps, so an error and the time-out are not failures.
    let _ = timeout(REFUSAL_TIME, reading).await;
    Box::new(Response::from_parts(head, bytes.freeze()))
}

/// Copies the fields that are not part of the handshake. The values in hyper's map are slices of
/// its read buffer, which the copies must not keep alive.
fn unreserved(headers: &HeaderMap) -> HeaderMap {
    let all = headers.iter().filter(|(name, _)| !is_reserved(name));
    let copied = all.filter_map(|(name, value)| {
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        Some((name.clone(), value))
    });
    let mut copied = copied.collect();
    hide_secrets(&mut copied);
    copied
}

/// Checks the server's handshake by the rules of RFC 6455 §4.1. Returns the chosen subprotocol.
fn check<B>(
    response: &http::Response<B>,
    request: &Request,
    key: &str,
) -> Result<Option<String>, ConnectError> {
    let headers = response.headers();
    let broken = |rule| Err(ConnectError::BadHandshake { rule });
    if !has_token(headers, UPGRADE, "websocket") {
        return broken("`Upgrade` is not `websocket`");
    }
    if !has_token(headers, CONNECTION, "upgrade") {
        return broken("`Connection` is not `Upgrade`");
    }
    let accept = headers.get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
    if accept.map(<[u8]>::trim_ascii) != Some(accept_key(key.as_bytes()).as_bytes()) {
        return Err(ConnectError::WrongAcceptKey);
    }
    #[cfg(not(feature = "deflate"))]
    if headers.contains_key(SEC_WEBSOCKET_EXTENSIONS) {
        return broken("it has an extension that was not offered");
    }
    let mut chosen = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
    let subprotocol = match (chosen.next(), chosen.next()) {
        (None, _) => return Ok(None),
        (Some(_), Some(_)) => return broken("it chooses two subprotocols"),
        (Some(chosen), None) => String::from_utf8_lossy(chosen.as_bytes()).into_owned(),
    };
    if members(request.headers(), SEC_WEBSOCKET_PROTOCOL).any(|offered| offered == subprotocol) {
        Ok(Some(subprotocol))
    } else {
        Err(ConnectError::UnofferedSubprotocol { subprotocol })
    }
}
