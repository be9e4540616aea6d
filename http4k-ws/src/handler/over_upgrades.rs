//! An HTTP filter that also runs before upgrades.
//!
//! A [`Filter`] returns a response, and an accepted upgrade is more than that, because it holds the
//! consumer of the socket. The accepted upgrade therefore travels through the filter in a slot:
//!
//! 1. For the filter, `next` is the ws side as an HTTP handler. It returns a 101 whose extensions
//!    hold the accepted [`WsResponse`]. A refusal is an ordinary response.
//! 2. The response that leaves the filter opens the socket only if it is a 101 with a full slot.
//!    Each call of `next` fills a slot of its own, so a filter may call it twice. The header fields
//!    of that 101 are sent to the client.
//! 3. The 101 of a handler that opens the socket itself passes as it is.
//! 4. Any other response refuses the upgrade, and drops the consumer that it may have held.

use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;

use super::box_poly_filter::BoxPolyFilter;
use super::http::{BoxHttpHandler, Filter, HttpHandler, IntoHttpHandler};
use super::joined::http_name;
use super::only::filtered_http;
#[cfg(feature = "tower")]
use super::pass_through::is_passed_through;
use super::poly_filter::PolyFilter;
use super::ws::{BoxWsHandler, IntoWsHandler, WsHandler};
use super::ws_response::WsResponse;
use crate::message::{Body, Request, Response};

/// Runs `filter` over every protocol.
///
/// Before an upgrade, `next` returns 101 if the application accepts it, and otherwise the response
/// that refuses it. The socket opens if the filter returns that 101. Any other response refuses the
/// upgrade. A 101 that did not come from `next` is sent as 500, because no socket is behind it.
///
/// Header fields that the filter adds to the 101 reach the client. Those that the handshake
/// reserves, such as `Connection` and `Content-Length`, are dropped with a warning in the log.
///
/// Two things differ from HTTP. `is_success()` is `false` for 101. And `next` returns when the
/// upgrade is decided, not when the socket ends: use
/// [`report_sockets`](crate::filter::report_sockets) to measure sockets.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::poly;
///
/// async fn named(request: Request, next: Next) -> Response {
///     match request.header("x-name") {
///         Some(_) => next.call(request).await.with_header("x-known", "yes"),
///         None => StatusCode::UNAUTHORIZED.into_response(),
///     }
/// }
///
/// let app = routes! {
///     "/api" with(poly(named)) => {
///         GET "/hello" => http(|| "hello"),
///         "/ws"        => ws(|ws: WebSocket| ws.try_send("hi")),
///     },
/// };
/// assert_eq!(app.test_http("/api/hello").status(), 401);
/// assert_eq!(app.try_test_ws("/api/ws").unwrap_err().status(), 401);
/// let ann = || Request::get("/api/ws").header("x-name", "ann");
/// assert_eq!(app.test_ws(ann()).response_headers()["x-known"], "yes");
/// ```
pub fn poly(filter: impl Filter) -> BoxPolyFilter {
    BoxPolyFilter::new(Poly(Arc::new(filter)))
}

/// Creates the stock filter `name` from a function over every protocol, as [`poly`] does.
pub(crate) fn over_all(name: &str, filter: impl Filter) -> BoxPolyFilter {
    BoxPolyFilter::named(name, Poly(Arc::new(filter)))
}

/// An HTTP filter that also runs before upgrades.
struct Poly<F>(Arc<F>);

impl<F: Filter> PolyFilter for Poly<F> {
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        filtered_http(&self.0, next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        as_ws(filtered_http(&self.0, as_http(next)))
    }

    fn name(&self) -> String {
        format!("poly({})", http_name(&*self.0))
    }
}

/// An accepted upgrade, in the extensions of its 101. A clone of the response shares the slot, so
/// that one call of the handler opens one socket at most.
#[derive(Clone)]
struct Slot(Arc<Mutex<Option<WsResponse>>>);

impl Slot {
    fn holding(accepted: WsResponse) -> Self {
        Self(Arc::new(Mutex::new(Some(accepted))))
    }

    fn take(&self) -> Option<WsResponse> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Returns `next` as a handler for HTTP, whose 101 holds an accepted upgrade.
pub(crate) fn as_http(next: BoxWsHandler) -> BoxHttpHandler {
    AsHttp(next).into_http_handler()
}

/// Returns a handler behind which [`as_http`] is called as a ws handler.
pub(crate) fn as_ws(handler: BoxHttpHandler) -> BoxWsHandler {
    AsWs(handler).into_ws_handler()
}

/// A ws handler that returns an accepted upgrade as a 101.
struct AsHttp(BoxWsHandler);

impl HttpHandler for AsHttp {
    async fn call(&self, request: Request) -> Response {
        let mut accepted = WsHandler::call(&self.0, request).await;
        if accepted.refusal().is_some() {
            return accepted.into_outcome().err().unwrap_or_default();
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let (headers, undecided) = accepted.take_headers();
        *response.headers_mut() = headers;
        undecided.put_into(response.extensions_mut());
        response.extensions_mut().insert(Slot::holding(accepted));
        response
    }
}

/// An http handler over [`AsHttp`], whose 101 with a full slot accepts the upgrade.
struct AsWs(BoxHttpHandler);

impl WsHandler for AsWs {
    async fn call(&self, request: Request) -> WsResponse {
        let mut response = HttpHandler::call(&self.0, request).await;
        let slot = response.extensions_mut().remove::<Slot>();
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return WsResponse::refuse(response);
        }
        #[cfg(feature = "tower")]
        if is_passed_through(&response) {
            return WsResponse::refuse(response);
        }
        match slot.and_then(|slot| slot.take()) {
            Some(accepted) => accepted.with_headers_of(response),
            // A 101 without a socket would be a false promise.
            None => {
                log::error!("a filter returned 101 without an accepted upgrade: 500 is sent");
                WsResponse::refuse(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}
