//! What a route calls.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Call, ErasedHttpHandler, ErasedWsHandler, IntoHttpHandler,
    IntoPolyFilter, IntoWsHandler, IntoWsResponse, PolyFilter, PolyHandler, ResponseFuture,
    WsResponse, WsResponseFuture,
};
use crate::message::{IntoResponse, Rejection, Request, Response};

/// The end of a route: a handler for one protocol, or for both.
#[derive(Debug, Clone)]
pub struct Side {
    pub(super) http: Option<BoxHttpHandler>,
    pub(super) ws: Option<BoxWsHandler>,
    /// The application that both belong to, where it is mounted: its routes can be asked for.
    pub(super) mounted: Option<PolyHandler>,
}

impl Side {
    pub(super) fn both(http: BoxHttpHandler, ws: BoxWsHandler) -> Self {
        Self {
            http: Some(http),
            ws: Some(ws),
            mounted: None,
        }
    }

    fn http(handler: BoxHttpHandler) -> Self {
        Self {
            http: Some(handler),
            ws: None,
            mounted: None,
        }
    }

    fn ws(handler: BoxWsHandler) -> Self {
        Self {
            http: None,
            ws: Some(handler),
            mounted: None,
        }
    }

    /// The same end behind `filter`.
    #[must_use]
    pub fn with(self, filter: &dyn PolyFilter) -> Self {
        Self {
            http: self.http.map(|handler| filter.http(handler)),
            ws: self.ws.map(|handler| filter.ws(handler)),
            mounted: self.mounted,
        }
    }
}

/// A filter of a `with(..)`, made once for all routes it stands before.
pub fn filter<M>(filter: impl IntoPolyFilter<M>) -> Box<dyn PolyFilter> {
    Box::new(filter.into_poly_filter())
}

/// The handler value of an http route.
pub fn http_handler<M>(handler: impl IntoHttpHandler<M>) -> Side {
    Side::http(handler.into_http_handler())
}

/// The handler value of a ws route.
pub fn ws_handler<M>(handler: impl IntoWsHandler<M>) -> Side {
    Side::ws(handler.into_ws_handler())
}

/// Another application, which matches what is left of the path.
pub fn mount(app: PolyHandler) -> Side {
    Side {
        mounted: Some(app.clone()),
        ..Side::both(app.http().clone(), app.ws().clone())
    }
}

/// The call of an http route.
pub fn http<F, Fut>(call: F) -> Side
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response, Rejection>> + Send + 'static,
{
    Side::http(BoxHttpHandler::erased(Arc::new(Called(call))))
}

/// The call of a ws route.
pub fn ws<F, Fut>(call: F) -> Side
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<WsResponse, Rejection>> + Send + 'static,
{
    Side::ws(BoxWsHandler::erased(Arc::new(Called(call))))
}

struct Called<F>(F);

impl<F> fmt::Debug for Called<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Called")
    }
}

impl<F, Fut> ErasedHttpHandler for Called<F>
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response, Rejection>> + Send + 'static,
{
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        let answer = (self.0)(call);
        Box::pin(async { answer.await.into_response() })
    }
}

impl<F, Fut> ErasedWsHandler for Called<F>
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<WsResponse, Rejection>> + Send + 'static,
{
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        let answer = (self.0)(call);
        Box::pin(async { answer.await.into_ws_response() })
    }
}
