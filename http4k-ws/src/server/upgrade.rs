//! The server's side of the opening handshake (RFC 6455 §4.2, RFC 8441 §5).

use std::future::Future;

use bytes::{Bytes, BytesMut};
#[cfg(feature = "deflate")]
use futures_util::future::FutureExt;
use futures_util::future::{Either, TryFutureExt, ready};
#[cfg(feature = "deflate")]
use http::header::SEC_WEBSOCKET_EXTENSIONS;
use http::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{Method, StatusCode, Uri, Version};
use hyper::upgrade::OnUpgrade;

use super::request::canned::switching_head;
use super::state::ServerState;
#[cfg(feature = "tower")]
use crate::handler::UpgradeHandle;
use crate::handler::{NotAdmitted, WsConsumer, check_origin};
#[cfg(feature = "deflate")]
use crate::message::only_field;
use crate::message::{Body, PeerAddr, Request, Response, has_token, plain, printable};
use crate::session::{Handshake, RefusalKind};
use crate::wire::accept_key;

/// A handshake that receives 101.
pub(super) struct Switched {
    /// The `Sec-WebSocket-Accept` of the response.
    accept: String,
    pub(super) handshake: Handshake,
    pub(super) consumer: WsConsumer,
}

/// A handshake that receives 101 from hyper.
pub(super) struct Accepted {
    pub(super) upgrade: OnUpgrade,
    pub(super) switched: Switched,
}

impl Switched {
    pub(super) fn response(&self) -> Response {
        let mut response = accepting(&self.handshake, &self.consumer);
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        // It is in base64, so it is a valid value.
        if let Ok(accept) = HeaderValue::from_str(&self.accept) {
            headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
        }
        response
    }

    /// Returns the head of the [`response`](Self::response).
    pub(super) fn head(&self) -> Vec<u8> {
        switching_head(&accepted(&self.handshake, &self.consumer), &self.accept)
    }
}

/// The reason for which a handshake is refused before the application sees it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum HandshakeRefused {
    #[error("an opening handshake must use HTTP/1.1 or higher (RFC 6455 §4.2.1, 1)")]
    HttpVersion,
    #[error(
        "an opening handshake must have one Sec-WebSocket-Key, of 16 bytes in base64, not {found} \
         (RFC 6455 §4.2.1, 5)"
    )]
    Key { found: String },
    #[error(
        "an opening handshake must have one Sec-WebSocket-Version, not {found} \
         (RFC 6455 §4.2.1, 6, §11.3.5)"
    )]
    Versions { found: String },
    #[error("Sec-WebSocket-Version must be 13, not {found} (RFC 6455 §4.2.1, 6, §4.4)")]
    Version { found: String },
    #[cfg(feature = "deflate")]
    #[error("Sec-WebSocket-Extensions breaks its grammar: {found} (RFC 6455 §9.1)")]
    Extensions { found: String },
    #[error("an opening handshake must not have a body (RFC 6455 §4.1, §4.2.1)")]
    Body,
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
}

impl HandshakeRefused {
    /// Returns the response in the version `http`.
    fn response(&self, http: Version) -> Response {
        if let Self::NotAdmitted(refused) = self {
            return refused.response();
        }
        // 426 needs the field `Upgrade`, which HTTP/2 does not have (RFC 9113 §8.2.2).
        let is_version = matches!(self, Self::Version { .. });
        let upgrades = is_version && http < Version::HTTP_2;
        let status = match self {
            Self::Version { .. } if upgrades => StatusCode::UPGRADE_REQUIRED,
            _ => StatusCode::BAD_REQUEST,
        };
        let mut response = plain(status, format!("{self}\n"));
        if is_version {
            let headers = response.headers_mut();
            headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            if upgrades {
                // RFC 9110 §15.5.22.
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            }
        }
        response
    }
}

/// Returns `true` if a request is an opening handshake, valid or not.
pub(super) fn is_websocket<B>(request: &http::Request<B>) -> bool {
    let headers = request.headers();
    request.method() == Method::GET
        && has_token(headers, UPGRADE, "websocket")
        && has_token(headers, CONNECTION, "upgrade")
}

/// Responds to an opening handshake with 101.
///
/// # Errors
///
/// Returns the response that refuses it, or the 101 of a handler that opens the socket itself.
pub(super) async fn respond<B: http_body::Body>(
    server: &ServerState,
    mut request: http::Request<B>,
    peer: Option<PeerAddr>,
) -> Result<(Response, Accepted), Response> {
    let upgrade = hyper::upgrade::on(&mut request);
    #[cfg(feature = "tower")]
    UpgradeHandle::offer(&mut request, upgrade.clone());
    let has_body = !request.body().is_end_stream();
    let switched = switch(server, compact(request), peer, has_body).await?;
    Ok((switched.response(), Accepted { upgrade, switched }))
}

/// Responds with 101 as [`respond`] does. The caller has the connection.
pub(super) fn switch(
    server: &ServerState,
    request: Request,
    peer: Option<PeerAddr>,
    has_body: bool,
) -> impl Future<Output = Result<Switched, Response>> + Send {
    let accept = match check(&request, has_body) {
        Ok(accept) => accept,
        Err(refused) => {
            let refusal = refuse(server, request, peer, refused);
            return Either::Left(ready(Err(refusal)));
        }
    };
    let agreed = agree(server, request, peer);
    Either::Right(agreed.map_ok(|(handshake, consumer)| Switched {
        accept,
        handshake,
        consumer,
    }))
}

/// Responds to an extended CONNECT with 200 (RFC 8441 §5).
///
/// # Errors
///
/// Returns the response that refuses it.
#[cfg(any(feature = "http2", feature = "tower"))]
pub(super) async fn connect(
    server: &ServerState,
    request: http::Request<()>,
) -> Result<(Response, Handshake, WsConsumer), Response> {
    let agreed = match version(request.headers()) {
        Ok(()) => agree(server, compact(request), None).await,
        Err(refused) => Err(refuse(server, request, None, refused)),
    };
    let (handshake, consumer) = agreed.map_err(never_successful)?;
    Ok((accepting(&handshake, &consumer), handshake, consumer))
}

/// Returns a refusal with a status that refuses in HTTP/2 too: any 2xx would open the socket.
#[cfg(any(feature = "http2", feature = "tower"))]
fn never_successful(mut refusal: Response) -> Response {
    let status = refusal.status_mut();
    if status.is_success() {
        log::warn!("a socket was refused with {status}, which would open it: 403 is sent");
        *status = StatusCode::FORBIDDEN;
    }
    refusal
}

/// Logs that a socket is over the limit of connections, and returns its refusal.
#[cfg(any(feature = "http2", feature = "tower"))]
pub(super) fn too_many(server: &ServerState) -> Response {
    const TOO_MANY: &str = "there are too many connections, over the limit in \
                            `ServerConfig::max_connections` or of this address (RFC 9110 §15.6.4)";
    server.refusals.warn(RefusalKind::Connections, TOO_MANY);
    plain(StatusCode::SERVICE_UNAVAILABLE, format!("{TOO_MANY}\n"))
}

/// Checks the origin, and calls the application. The same in both versions of HTTP.
///
/// As of the futures around and inside of it, its memory is that of the response that is awaited. A
/// request in each of them would be moved from one to the next.
pub(super) fn agree(
    server: &ServerState,
    request: Request,
    peer: Option<PeerAddr>,
) -> impl Future<Output = Result<(Handshake, WsConsumer), Response>> + Send {
    if let Err(refused) = check_origin(&server.config.origins, &request) {
        let refusal = refuse(server, request, peer, refused.into());
        return Either::Left(ready(Err(refusal)));
    }
    #[cfg(feature = "deflate")]
    let offers = only_field(request.headers(), &SEC_WEBSOCKET_EXTENSIONS);
    let agreed = server.app.upgrade(request, peer, &server.config.session);
    #[cfg(feature = "deflate")]
    let agreed = agreed.map(|agreed| match offers {
        None => agreed,
        Some(offers) => super::deflate::negotiated(server, &offers, agreed?),
    });
    Either::Right(agreed)
}

/// Logs and counts a refusal, and returns its response.
pub(super) fn refuse<B>(
    server: &ServerState,
    mut request: http::Request<B>,
    peer: Option<PeerAddr>,
    refused: HandshakeRefused,
) -> Response {
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    let kind = match &refused {
        HandshakeRefused::NotAdmitted(refused) => refused.kind(),
        _ => RefusalKind::Handshake,
    };
    server.refusals.warn(kind, &refused);
    let response = refused.response(request.version());
    let metrics = &server.config.session.metrics;
    metrics.refused(&request.map(|_| Body::empty()), response.status());
    response
}

/// Checks the rules of RFC 6455 §4.2.1, and returns the `Sec-WebSocket-Accept` of the response.
fn check<B>(request: &http::Request<B>, has_body: bool) -> Result<String, HandshakeRefused> {
    let headers = request.headers();
    if request.version() < Version::HTTP_11 {
        return Err(HandshakeRefused::HttpVersion);
    }
    let key = only(headers, SEC_WEBSOCKET_KEY)
        .map(HeaderValue::as_bytes)
        .filter(|key| is_key(key))
        .ok_or_else(|| HandshakeRefused::Key {
            found: found(headers, SEC_WEBSOCKET_KEY),
        })?;
    version(headers)?;
    if has_body {
        return Err(HandshakeRefused::Body);
    }
    Ok(accept_key(key))
}

/// Checks that the version is 13 (RFC 6455 §4.2.1, 6).
pub(super) fn version(headers: &HeaderMap) -> Result<(), HandshakeRefused> {
    let mut versions = headers.get_all(SEC_WEBSOCKET_VERSION).iter();
    match (versions.next(), versions.next()) {
        (Some(_), Some(_)) => Err(HandshakeRefused::Versions {
            found: found(headers, SEC_WEBSOCKET_VERSION),
        }),
        (Some(version), None) if version == "13" => Ok(()),
        _ => Err(HandshakeRefused::Version {
            found: found(headers, SEC_WEBSOCKET_VERSION),
        }),
    }
}

/// Returns the values of a field, for a message.
pub(super) fn found(headers: &HeaderMap, name: HeaderName) -> String {
    let values = headers.get_all(name).iter();
    let values = values.map(|value| {
        let value = String::from_utf8_lossy(value.as_bytes());
        format!("`{}`", printable(value))
    });
    let values: Vec<_> = values.collect();
    match values.is_empty() {
        true => "none".to_owned(),
        false => values.join(" and "),
    }
}

/// Returns `true` for 16 bytes in base64: 22 characters and two of padding (RFC 4648 §4).
///
/// The four unused bits of the last character need not be zero. In the example of RFC 6455 §4.1
/// they are not.
fn is_key(key: &[u8]) -> bool {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    key.len() == 24 && key.ends_with(b"==") && key[..22].iter().all(is_base64)
}

/// Returns the value of a field that may occur only once, or `None` if it is missing or occurs
/// twice.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// Returns the response that accepts.
pub(super) fn accepting(handshake: &Handshake, consumer: &WsConsumer) -> Response {
    let mut response = Response::new(Body::empty());
    *response.headers_mut() = accepted(handshake, consumer);
    response
}

/// Returns the fields of a response that accepts: those of the application, the subprotocol and the
/// compression.
fn accepted(
    handshake: &Handshake,
    #[cfg_attr(not(feature = "deflate"), allow(unused_variables))] consumer: &WsConsumer,
) -> HeaderMap {
    let set = handshake.response.as_deref();
    let mut headers = set.cloned().unwrap_or_default();
    let subprotocol = handshake.subprotocol.as_deref();
    // The client offered it in a field, so it is a valid value.
    if let Some(value) = subprotocol.and_then(|name| HeaderValue::try_from(name).ok()) {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, value);
    }
    #[cfg(feature = "deflate")]
    if let Some(agreed) = &consumer.deflate {
        headers.insert(
            SEC_WEBSOCKET_EXTENSIONS,
            crate::wire::deflate::response(agreed),
        );
    }
    headers
}

/// Copies the target and the fields of a request. hyper's are slices of its read buffer, which a
/// consumer that keeps the request would keep for the whole life of its socket.
fn compact<B>(request: http::Request<B>) -> Request {
    let (mut parts, _body) = request.into_parts();
    let target = parts.uri.to_string();
    let length = parts.headers.values().map(HeaderValue::len).sum::<usize>() + target.len();
    let mut bytes = BytesMut::with_capacity(length);
    bytes.extend_from_slice(target.as_bytes());
    for value in parts.headers.values() {
        bytes.extend_from_slice(value.as_bytes());
    }
    let mut bytes = bytes.freeze();
    if let Ok(uri) = Uri::from_maybe_shared(bytes.split_to(target.len())) {
        parts.uri = uri;
    }
    for value in parts.headers.values_mut() {
        let own: Bytes = bytes.split_to(value.len());
        if let Ok(mut own) = HeaderValue::from_maybe_shared(own) {
            own.set_sensitive(value.is_sensitive());
            *value = own;
        }
    }
    Request::from_parts(parts, Body::empty())
}
