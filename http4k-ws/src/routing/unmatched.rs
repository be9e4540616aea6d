//! What is answered when no route takes a request.

use std::future;
use std::sync::Arc;

use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};

use super::endpoint::Endpoint;
use super::table::Protocol;
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Call, ErasedHttpHandler, ErasedWsHandler, Outcome,
    ResponseFuture, WsResponse, WsResponseFuture, upgrade_required,
};
use crate::message::{Request, Response, plain};

/// A `Scope`, as the macro writes it.
#[derive(Debug)]
pub struct Unmatched {
    /// The parameters of the prefix.
    pub params: &'static [&'static str],
    /// The answers.
    pub endpoint: Endpoint,
    /// The protocols of the fallbacks in this block.
    pub fallbacks: &'static [Protocol],
}

/// The library's own answers on both sides.
pub fn unmatched() -> Endpoint {
    Endpoint::both(
        BoxHttpHandler::erased(Arc::new(Explain)),
        BoxWsHandler::erased(Arc::new(Explain)),
    )
}

impl Endpoint {
    /// The same answers, with `fallback` for http requests to a path that no route has.
    #[must_use]
    pub fn or_http(mut self, fallback: &Self) -> Self {
        if let Some(fallback) = fallback.http.clone() {
            self.http = Some(BoxHttpHandler::erased(Arc::new(OrElse(fallback))));
        }
        self
    }

    /// The same answers, with `fallback` for upgrades that no ws route takes.
    #[must_use]
    pub fn or_ws(mut self, fallback: &Self) -> Self {
        if let Some(fallback) = fallback.ws.clone() {
            self.ws = Some(fallback);
        }
        self
    }
}

/// Says what the router found out.
struct Explain;

impl ErasedHttpHandler for Explain {
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        ErasedHttpHandler::routed(self, Call::resumed(request))
    }

    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        Box::pin(future::ready(explain(&call)))
    }
}

impl ErasedWsHandler for Explain {
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        ErasedWsHandler::routed(self, Call::resumed(request))
    }

    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        Box::pin(future::ready(WsResponse::refuse(explain(&call))))
    }
}

/// A handler for unknown paths; the other answers stay the library's.
struct OrElse(BoxHttpHandler);

impl ErasedHttpHandler for OrElse {
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        match call.place.outcome {
            Outcome::NotFound => self.0.routed(call),
            _ => Explain.respond(&call),
        }
    }
}

impl Explain {
    fn respond(&self, call: &Call) -> ResponseFuture<'static> {
        Box::pin(future::ready(explain(call)))
    }
}

fn explain(call: &Call) -> Response {
    let path = call.request.uri().path();
    match &call.place.outcome {
        Outcome::NotFound | Outcome::Found | Outcome::Mounted => plain(
            StatusCode::NOT_FOUND,
            format!("no route has the path `{path}`\n"),
        ),
        Outcome::NoWebSocket => plain(
            StatusCode::NOT_FOUND,
            format!("`{path}` is no WebSocket: ask without an upgrade\n"),
        ),
        Outcome::UpgradeRequired => upgrade_required(&call.request),
        Outcome::BadEncoding => plain(
            StatusCode::BAD_REQUEST,
            format!("`{path}` is not percent-encoded UTF-8\n"),
        ),
        Outcome::NotAllowed(methods) => {
            let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
            not_allowed(&call.request, &methods.join(", "))
        }
    }
}

/// 405, or the answer to OPTIONS; both name the methods (RFC 9110 §15.5.6, §9.3.7).
fn not_allowed(request: &Request, methods: &str) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    } else {
        let (method, path) = (request.method(), request.uri().path());
        let line = format!("`{path}` does not take {method}, only {methods}\n");
        plain(StatusCode::METHOD_NOT_ALLOWED, line)
    };
    // Method names are tokens, which every field value may hold.
    if let Ok(methods) = HeaderValue::from_str(methods) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}
