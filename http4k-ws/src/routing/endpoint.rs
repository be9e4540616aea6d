//! What a route calls.

use std::fmt;
use std::future;
use std::sync::Arc;

use crate::handler::call::{Answering, WsAnswering};
use crate::handler::reading::ReadArguments;
use crate::handler::{
    AfterPanic, BoxHttpHandler, BoxPolyFilter, BoxWsHandler, Call, ErasedHttpHandler,
    ErasedWsHandler, FilterNames, IntoHttpHandler, IntoWsHandler, IntoWsResponse, PolyHandler,
    ResponseFuture, WsResponse, WsResponseFuture, called,
};
use crate::message::{IntoResponse, Request, Response};

/// The end of a route: a handler for one protocol, or for both.
#[derive(Debug, Clone)]
pub struct Side {
    pub(super) http: Option<BoxHttpHandler>,
    pub(super) ws: Option<BoxWsHandler>,
    /// The application that both belong to, where it is mounted: its routes can be asked for.
    pub(super) mounted: Option<PolyHandler>,
    /// The filters in front of it, those around the mounted application included.
    pub(super) filters: FilterNames,
    /// The path parameters that its `_` arguments require.
    pub(super) reads: Vec<&'static str>,
}

impl Side {
    pub(super) fn both(http: BoxHttpHandler, ws: BoxWsHandler) -> Self {
        Self {
            http: Some(http),
            ws: Some(ws),
            mounted: None,
            filters: FilterNames::default(),
            reads: Vec::new(),
        }
    }

    fn http(handler: BoxHttpHandler) -> Self {
        Self {
            http: Some(handler),
            ws: None,
            mounted: None,
            filters: FilterNames::default(),
            reads: Vec::new(),
        }
    }

    fn ws(handler: BoxWsHandler) -> Self {
        Self {
            http: None,
            ws: Some(handler),
            mounted: None,
            filters: FilterNames::default(),
            reads: Vec::new(),
        }
    }

    /// Puts `filter` in front of this end.
    #[must_use]
    pub fn with(mut self, filter: &BoxPolyFilter) -> Self {
        filter.put_before(&mut self.http, &mut self.ws, &mut self.filters);
        self
    }
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
        filters: app.filters().clone(),
        mounted: Some(app.clone()),
        ..Side::both(app.http().clone(), app.ws().clone())
    }
}

/// The call of an http route: a function over what the route captures, and what was asked.
pub fn http<C>(captured: C, call: for<'a> fn(&'a C, Call) -> Answering<'a>) -> Side
where
    C: Send + Sync + 'static,
{
    http_closure(captured, call)
}

/// The same, where the function is a closure with captures of its own.
pub fn http_closure<C, F>(captured: C, call: F) -> Side
where
    C: Send + Sync + 'static,
    F: for<'a> Fn(&'a C, Call) -> Answering<'a> + Send + Sync + 'static,
{
    Side::http(BoxHttpHandler::erased(Arc::new(Called { captured, call })))
}

/// The call of a ws route.
pub fn ws<C>(captured: C, call: for<'a> fn(&'a C, Call) -> WsAnswering<'a>) -> Side
where
    C: Send + Sync + 'static,
{
    ws_closure(captured, call)
}

/// The same, where the function is a closure with captures of its own.
pub fn ws_closure<C, F>(captured: C, call: F) -> Side
where
    C: Send + Sync + 'static,
    F: for<'a> Fn(&'a C, Call) -> WsAnswering<'a> + Send + Sync + 'static,
{
    Side::ws(BoxWsHandler::erased(Arc::new(Called { captured, call })))
}

fn params_of<A: ReadArguments>() -> Vec<&'static str> {
    let mut params = Vec::new();
    A::add_params(&mut params);
    params
}

/// The call of an http route with `_` arguments, of the types `A`.
pub fn http_extracting<C, A, F>(captured: C, call: F) -> Side
where
    C: Send + Sync + 'static,
    A: ReadArguments,
    F: for<'a> Fn(&'a C, Call, A) -> Answering<'a> + Send + Sync + 'static,
{
    Side {
        reads: params_of::<A>(),
        ..http_closure(captured, move |captured, asked| {
            call(captured, asked, A::ARGUMENTS)
        })
    }
}

/// The call of a ws route with `_` arguments, of the types `A`.
pub fn ws_extracting<C, A, F>(captured: C, call: F) -> Side
where
    C: Send + Sync + 'static,
    A: ReadArguments,
    F: for<'a> Fn(&'a C, Call, A) -> WsAnswering<'a> + Send + Sync + 'static,
{
    Side {
        reads: params_of::<A>(),
        ..ws_closure(captured, move |captured, asked| {
            call(captured, asked, A::ARGUMENTS)
        })
    }
}

struct Called<C, F> {
    captured: C,
    call: F,
}

impl<C, F> fmt::Debug for Called<C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Called")
    }
}

impl<C, F> ErasedHttpHandler for Called<C, F>
where
    C: Send + Sync,
    F: for<'a> Fn(&'a C, Call) -> Answering<'a> + Send + Sync,
{
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        match called(|| (self.call)(&self.captured, call)) {
            Some(Ok(answer)) => answer,
            Some(Err(rejection)) => Box::pin(future::ready(rejection.into_response())),
            None => Box::pin(future::ready(Response::after_panic())),
        }
    }
}

impl<C, F> ErasedWsHandler for Called<C, F>
where
    C: Send + Sync,
    F: for<'a> Fn(&'a C, Call) -> WsAnswering<'a> + Send + Sync,
{
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        match called(|| (self.call)(&self.captured, call)) {
            Some(Ok(answer)) => answer,
            Some(Err(rejection)) => Box::pin(future::ready(rejection.into_ws_response())),
            None => Box::pin(future::ready(WsResponse::after_panic())),
        }
    }
}
