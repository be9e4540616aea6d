//! The server's side of the opening handshake (RFC 6455 §4.2).

use bytes::{Bytes, BytesMut};
use http::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{Method, StatusCode, Uri, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;

use super::shared::Shared;
use crate::handler::{NotAdmitted, WsConsumer, check_origin};
use crate::message::{Body, Request, Response, has_token, plain, printable};
use crate::session::{Handshake, RefusalKind};
use crate::wire::accept_key;

/// A handshake that was answered with 101.
pub(super) struct Accepted {
    pub(super) upgrade: OnUpgrade,
    pub(super) handshake: Handshake,
    pub(super) consumer: WsConsumer,
}

/// Why a handshake is refused before the application sees it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Refused {
    #[error("an opening handshake is HTTP/1.1 or higher (RFC 6455 §4.2.1, 1)")]
    HttpVersion,
    #[error(
        "an opening handshake has one Sec-WebSocket-Key, of 16 bytes in base64, but not {found} \
         (RFC 6455 §4.2.1, 5)"
    )]
    Key { found: String },
    #[error(
        "an opening handshake has one Sec-WebSocket-Version, but not {found} (RFC 6455 §4.2.1, 6, \
         §11.3.5)"
    )]
    Versions { found: String },
    #[error("Sec-WebSocket-Version must be 13, but not {found} (RFC 6455 §4.2.1, 6, §4.4)")]
    Version { found: String },
    #[error("an opening handshake has no body (RFC 6455 §4.1, §4.2.1)")]
    Body,
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
}

impl Refused {
    /// The answer in a version of HTTP.
    fn response(&self, http: Version) -> Response {
        if let Self::NotAdmitted(refused) = self {
            return refused.response();
        }
        // A status that names what to upgrade to, in fields that HTTP/2 does not have (RFC 9113 §8.2.2).
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

/// Whether a request asks to become a WebSocket, well or badly.
pub(super) fn is_asked_for<B>(request: &http::Request<B>) -> bool {
    let headers = request.headers();
    request.method() == Method::GET
        && has_token(headers, UPGRADE, "websocket")
        && has_token(headers, CONNECTION, "upgrade")
}

/// Answers a request that asks for an upgrade: 101 and what is to come of it, or a refusal.
pub(super) async fn answer(
    shared: &Shared,
    mut request: http::Request<Incoming>,
) -> Result<(Response, Accepted), Response> {
    let has_body = !request.body().is_end_stream();
    let accept = match check(&request, has_body) {
        Ok(accept) => accept,
        Err(refused) => return Err(told(shared, request, refused)),
    };
    let upgrade = hyper::upgrade::on(&mut request);
    let (handshake, consumer) = agree(shared, request).await?;
    let response = switching(accept, &handshake);
    let accepted = Accepted {
        upgrade,
        handshake,
        consumer,
    };
    Ok((response, accepted))
}

/// What is asked of the page and of the application, in either version of HTTP.
async fn agree<B>(
    shared: &Shared,
    request: http::Request<B>,
) -> Result<(Handshake, WsConsumer), Response> {
    if let Err(refused) = check_origin(&shared.config.origins, &request) {
        return Err(told(shared, request, refused.into()));
    }
    let session = &shared.config.session;
    shared.app.upgrade(compact(request), session).await
}

/// The answer that refuses a request, of which whoever counts is told.
fn told<B>(shared: &Shared, request: http::Request<B>, refused: Refused) -> Response {
    let kind = match &refused {
        Refused::NotAdmitted(refused) => refused.kind(),
        _ => RefusalKind::Handshake,
    };
    shared.refusals.warn(kind, &refused);
    let response = refused.response(request.version());
    let metrics = &shared.config.session.metrics;
    metrics.refused(&compact(request), response.status());
    response
}

/// Answers an extended CONNECT (RFC 8441 §5): 200 and what is to come of it, or a refusal.
#[cfg(feature = "http2")]
pub(super) async fn answer_http2(
    shared: &Shared,
    request: http::Request<()>,
) -> Result<(Response, Handshake, WsConsumer), Response> {
    let agreed = match version(request.headers()) {
        Ok(()) => agree(shared, request).await,
        Err(refused) => Err(told(shared, request, refused)),
    };
    let (handshake, consumer) = agreed.map_err(in_http2)?;
    Ok((accepting(&handshake), handshake, consumer))
}

/// The same refusal of an application, with a status that refuses in HTTP/2 too.
#[cfg(feature = "http2")]
fn in_http2(mut refusal: Response) -> Response {
    let status = refusal.status_mut();
    if status.is_success() {
        log::warn!("a socket was refused with {status}, which would open it: 403 is sent");
        *status = StatusCode::FORBIDDEN;
    }
    refusal
}

/// The rules of RFC 6455 §4.2.1; gives the `Sec-WebSocket-Accept` to answer with.
fn check<B>(request: &http::Request<B>, has_body: bool) -> Result<HeaderValue, Refused> {
    let headers = request.headers();
    if request.version() < Version::HTTP_11 {
        return Err(Refused::HttpVersion);
    }
    let key = only(headers, SEC_WEBSOCKET_KEY)
        .map(HeaderValue::as_bytes)
        .filter(|key| is_key(key))
        .ok_or_else(|| Refused::Key {
            found: found(headers, SEC_WEBSOCKET_KEY),
        })?;
    version(headers)?;
    if has_body {
        return Err(Refused::Body);
    }
    HeaderValue::try_from(accept_key(key)).map_err(|_| Refused::Key {
        found: found(headers, SEC_WEBSOCKET_KEY),
    })
}

fn version(headers: &HeaderMap) -> Result<(), Refused> {
    let mut versions = headers.get_all(SEC_WEBSOCKET_VERSION).iter();
    match (versions.next(), versions.next()) {
        (Some(_), Some(_)) => Err(Refused::Versions {
            found: found(headers, SEC_WEBSOCKET_VERSION),
        }),
        (Some(version), None) if version == "13" => Ok(()),
        _ => Err(Refused::Version {
            found: found(headers, SEC_WEBSOCKET_VERSION),
        }),
    }
}

/// Returns the values of a field, for a message.
fn found(headers: &HeaderMap, name: HeaderName) -> String {
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

/// 22 characters of base64 and two of padding are 16 bytes (RFC 4648 §4).
///
/// Of the last character four bits are over. They need not be zero: in the example of RFC 6455 §4.1 they
/// are not.
fn is_key(key: &[u8]) -> bool {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    key.len() == 24 && key.ends_with(b"==") && key[..22].iter().all(is_base64)
}

/// The value of a field that may occur once only; `None` also where it occurs twice.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

fn switching(accept: HeaderValue, handshake: &Handshake) -> Response {
    let mut response = accepting(handshake);
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    response
}

/// Makes the response that accepts, with the fields that the application set and the subprotocol.
fn accepting(handshake: &Handshake) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    if let Some(set) = &handshake.response {
        headers.clone_from(set);
    }
    let subprotocol = handshake.subprotocol.as_deref();
    // It was offered in a field, so it can stand in one.
    if let Some(value) = subprotocol.and_then(|name| HeaderValue::try_from(name).ok()) {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, value);
    }
    response
}

/// The same request with fields and target of its own: hyper's are slices of its read buffer, which a
/// socket would keep as long as it lives.
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
