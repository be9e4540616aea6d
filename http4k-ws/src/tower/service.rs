//! A service of tower as an application.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{StatusCode, Version};
use tower_service::Service;

use super::call::{BoxError, Shared};
use super::mounted::without_prefix;
use crate::handler::{PolyHandler, UpgradeHandle, WsResponse, passed_through};
use crate::message::{Request, Response, plain};

/// Converts a tower service into an application, such as an axum `Router` or a `ServeDir`.
///
/// As the target of a mount it sees the rest of the path, as in axum's `nest_service`. The whole
/// URI is in [`MountedAt`](super::MountedAt). Each request calls a clone of the service, once its
/// `poll_ready` is ready. An error of the service is logged and becomes 500, and so does a panic.
///
/// # Sockets
///
/// Opening handshakes reach the service too. A response other than 101 refuses them. A service that
/// opens a socket itself, as axum's `WebSocketUpgrade` does, receives the connection. That works
/// over HTTP/1.1 on a server of this library. Over HTTP/2 and in memory there is no connection to
/// give away, so the handshake is refused with 501.
///
/// Such a socket counts as a connection of the server, with its permit. The bounds of
/// [`SessionConfig`](crate::session::SessionConfig) do not apply to it, because its frames belong
/// to the service. When the server stops, the service reads the end of the connection, and its
/// client sees 1006. A service that does not end its socket is cut off after the grace.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::tower::service;
/// # use std::task::{Context, Poll};
/// # #[derive(Clone)]
/// # struct Legacy;
/// # impl tower_service::Service<Request> for Legacy {
/// #     type Response = Response;
/// #     type Error = std::convert::Infallible;
/// #     type Future = std::future::Ready<Result<Response, Self::Error>>;
/// #     fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
/// #         Poll::Ready(Ok(()))
/// #     }
/// #     fn call(&mut self, request: Request) -> Self::Future {
/// #         let text = format!("legacy {}", request.uri().path());
/// #         std::future::ready(Ok(text.into_response()))
/// #     }
/// # }
/// # let legacy = Legacy;
///
/// let app = routes! {
///     GET "/new" => http(|| "new"),
///     "/ws"      => ws(|ws: WebSocket| ws.try_send("hi")),
///     "/old"     => mount({ service(legacy) }),    // `legacy`: an axum `Router`, for example
/// };
/// assert_eq!(app.test_http("/new").body(), "new");
/// assert_eq!(app.test_http("/old/cart").body(), "legacy /cart");
/// ```
pub fn service<S, B>(service: S) -> PolyHandler
where
    S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    UpgradeHandle::want();
    let service = Arc::new(Shared::new(service));
    let over_http = Arc::clone(&service);
    PolyHandler::new(
        move |request: Request| over_http.call(without_prefix(request)),
        move |request: Request| {
            let shared = Arc::clone(&service);
            open(request, move |request| shared.call(without_prefix(request)))
        },
    )
}

/// Passes an opening handshake to a service, which may open the socket itself.
async fn open<F>(mut request: Request, call: impl FnOnce(Request) -> F) -> WsResponse
where
    F: Future<Output = Response>,
{
    let offered = UpgradeHandle::take(&mut request);
    let is_offered = offered.is_some();
    if !is_offered {
        complete(&mut request);
    }
    // Without a handle hyper returns one that fails.
    let upgrade = offered.unwrap_or_else(|| hyper::upgrade::on(&mut request));
    request.extensions_mut().insert(upgrade);
    let response = call(request).await;
    match response.status() {
        StatusCode::SWITCHING_PROTOCOLS if is_offered => passed_through(response),
        StatusCode::SWITCHING_PROTOCOLS => WsResponse::refuse(not_offered()),
        _ => WsResponse::refuse(response),
    }
}

/// Gives a handshake the form that it has in HTTP/1.1, the only one in which a service can accept
/// it. Its response decides; the socket is refused in any case.
fn complete(request: &mut Request) {
    *request.version_mut() = Version::HTTP_11;
    let headers: &mut HeaderMap = request.headers_mut();
    for (name, value) in [
        (CONNECTION, "upgrade"),
        (UPGRADE, "websocket"),
        (SEC_WEBSOCKET_VERSION, "13"),
        // The example of RFC 6455 §1.3.
        (SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
}

fn not_offered() -> Response {
    let reason = "this socket is opened by a tower service, which needs the connection for itself: \
                  it works over HTTP/1.1 on a port or a pipe, not over HTTP/2 and not in memory\n";
    plain(StatusCode::NOT_IMPLEMENTED, reason.to_owned())
}
