//! One function for each protocol, joined.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::http::{BoxHttpHandler, Filter, IntoHttpHandler, Itself};
use super::plain::plain;
use super::ws::{BoxWsHandler, IntoWsHandler, WsFilter};
use super::ws_response::WsResponse;
use crate::message::{Request, Response};

/// An application: what answers HTTP, and what answers upgrades to WebSocket, on one port.
///
/// A request that asks for an upgrade goes to the ws side, every other to the http side.
/// Cloning shares both.
#[derive(Clone)]
pub struct PolyHandler {
    http: BoxHttpHandler,
    ws: BoxWsHandler,
    /// What answers on both sides, where routes do. Only the folder `routing` knows its type.
    router: Option<Arc<dyn Any + Send + Sync>>,
}

impl PolyHandler {
    /// Joins two handlers.
    pub fn new<H, W>(http: impl IntoHttpHandler<H>, ws: impl IntoWsHandler<W>) -> Self {
        Self {
            http: http.into_http_handler(),
            ws: ws.into_ws_handler(),
            router: None,
        }
    }

    pub(crate) fn with_router(self, router: Arc<dyn Any + Send + Sync>) -> Self {
        Self {
            router: Some(router),
            ..self
        }
    }

    pub(crate) fn router(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.router.as_deref()
    }

    /// The side that answers HTTP.
    pub fn http(&self) -> &BoxHttpHandler {
        &self.http
    }

    /// The side that answers upgrades.
    pub fn ws(&self) -> &BoxWsHandler {
        &self.ws
    }

    /// The same application behind `filter`, which sees every request before it is routed.
    #[must_use]
    pub fn with<M>(self, filter: impl IntoPolyFilter<M>) -> Self {
        filter.into_poly_filter().wrap(self)
    }
}

impl fmt::Debug for PolyHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolyHandler")
            .field("http", &self.http)
            .field("ws", &self.ws)
            .finish()
    }
}

/// What can be served or tested: a [`PolyHandler`], or one side of it.
///
/// `Kind` is always inferred. A missing http side answers 426 with `Upgrade: websocket`, a missing ws
/// side 404.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no application",
    label = "an application is a `PolyHandler`, a handler, or a function over a `Request` or a `WebSocket`"
)]
pub trait IntoPolyHandler<Kind> {
    /// The application.
    fn into_poly_handler(self) -> PolyHandler;
}

impl IntoPolyHandler<()> for PolyHandler {
    fn into_poly_handler(self) -> PolyHandler {
        self
    }
}

/// Marks what answers HTTP.
#[derive(Debug)]
pub struct OverHttp<M>(std::marker::PhantomData<M>);

/// Marks what answers upgrades.
#[derive(Debug)]
pub struct OverWs<M>(std::marker::PhantomData<M>);

impl<H: IntoHttpHandler<M>, M> IntoPolyHandler<OverHttp<M>> for H {
    fn into_poly_handler(self) -> PolyHandler {
        PolyHandler::new(self, |_request: Request| {
            WsResponse::refuse(StatusCode::NOT_FOUND)
        })
    }
}

impl<W: IntoWsHandler<M>, M> IntoPolyHandler<OverWs<M>> for W {
    fn into_poly_handler(self) -> PolyHandler {
        PolyHandler::new(|request: Request| upgrade_required(&request), self)
    }
}

/// 426, naming the protocol to speak (RFC 9110 §15.5.22).
pub(crate) fn upgrade_required(request: &Request) -> Response {
    let path = request.uri().path();
    let line = format!("`{path}` is a WebSocket: ask for an upgrade\n");
    let mut response = plain(StatusCode::UPGRADE_REQUIRED, line);
    let headers = response.headers_mut();
    headers.insert(
        http::header::UPGRADE,
        http::HeaderValue::from_static("websocket"),
    );
    headers.insert(
        http::header::CONNECTION,
        http::HeaderValue::from_static("upgrade"),
    );
    response
}

/// A filter over every protocol: each side passes through unless its method is written.
pub trait PolyFilter: Send + Sync + 'static {
    /// Wraps the http side.
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        next
    }

    /// Wraps the ws side.
    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        next
    }

    /// Wraps both sides of `app`.
    fn wrap(&self, app: PolyHandler) -> PolyHandler {
        PolyHandler {
            http: self.http(app.http),
            ws: self.ws(app.ws),
            router: app.router,
        }
    }
}

/// What can stand in `with(..)`: a [`Filter`], a [`WsFilter`] or a [`PolyFilter`].
///
/// `Kind` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no filter",
    label = "`with(..)` takes a `Filter`, a `WsFilter` or a `PolyFilter`",
    note = "a filter is `Fn(Request, Next) -> impl Future<Output = Response>`; call the function that makes it"
)]
pub trait IntoPolyFilter<Kind> {
    /// The filter over every protocol.
    fn into_poly_filter(self) -> impl PolyFilter;
}

impl<P: PolyFilter> IntoPolyFilter<Itself> for P {
    fn into_poly_filter(self) -> impl PolyFilter {
        self
    }
}

impl<F: Filter + Clone> IntoPolyFilter<OverHttp<()>> for F {
    fn into_poly_filter(self) -> impl PolyFilter {
        HttpOnly(self)
    }
}

impl<F: WsFilter + Clone> IntoPolyFilter<OverWs<()>> for F {
    fn into_poly_filter(self) -> impl PolyFilter {
        WsOnly(self)
    }
}

struct HttpOnly<F>(F);

impl<F: Filter + Clone> PolyFilter for HttpOnly<F> {
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        self.0.clone().then(next)
    }
}

struct WsOnly<F>(F);

impl<F: WsFilter + Clone> PolyFilter for WsOnly<F> {
    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        self.0.clone().then(next)
    }
}
