//! Responses to requests that no route matches.

use std::sync::Arc;

use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};

use super::accepted::EVENT_STREAM;
use super::endpoint::Endpoint;
use super::table::Protocol;
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Call, ErasedHttpHandler, ErasedWsHandler, Outcome,
    ResponseFuture, WsResponse, WsResponseFuture, upgrade_required,
};
use crate::message::{Request, Response, plain};

/// A `Scope` as `routes!` generates it.
#[derive(Debug)]
pub struct Unmatched {
    /// The parameters of the prefix.
    pub params: &'static [&'static str],
    /// The responses.
    pub endpoint: Endpoint,
    /// The protocols of the fallbacks in this block.
    pub fallbacks: &'static [Protocol],
}

/// Returns the library's own responses for both protocols.
pub fn unmatched() -> Endpoint {
    Endpoint::both(
        BoxHttpHandler::erased(Arc::new(LibraryResponse)),
        BoxWsHandler::erased(Arc::new(LibraryResponse)),
    )
}

impl Endpoint {
    /// Adds `fallback` for HTTP requests to a path that no route has. The other responses stay the
    /// library's.
    #[must_use]
    pub fn or_http(mut self, fallback: &Self) -> Self {
        if let Some(fallback) = fallback.http.clone() {
            self.http = Some(BoxHttpHandler::erased(Arc::new(OrElse(fallback))));
        }
        self
    }

    /// Adds `fallback` for upgrades that no WebSocket route matches.
    #[must_use]
    pub fn or_ws(mut self, fallback: &Self) -> Self {
        if let Some(fallback) = fallback.ws.clone() {
            self.ws = Some(fallback);
        }
        self
    }
}

/// The library's responses, by the outcome of the search for a route.
struct LibraryResponse;

impl ErasedHttpHandler for LibraryResponse {
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        ErasedHttpHandler::routed(self, Call::resumed(request))
    }

    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        ResponseFuture::ready(respond(&call))
    }
}

impl ErasedWsHandler for LibraryResponse {
    fn call(&self, request: Request) -> WsResponseFuture<'_> {
        ErasedWsHandler::routed(self, Call::resumed(request))
    }

    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        WsResponseFuture::ready(WsResponse::refuse(respond(&call)))
    }
}

/// A handler for unknown paths. The other responses stay the library's.
struct OrElse(BoxHttpHandler);

impl ErasedHttpHandler for OrElse {
    fn call(&self, request: Request) -> ResponseFuture<'_> {
        self.routed(Call::resumed(request))
    }

    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        match call.place.outcome {
            Outcome::NotFound => self.0.routed(call),
            _ => LibraryResponse.respond(&call),
        }
    }
}

impl LibraryResponse {
    fn respond(&self, call: &Call) -> ResponseFuture<'static> {
        ResponseFuture::ready(respond(call))
    }
}

fn respond(call: &Call) -> Response {
    let path = call.request.uri().path();
    match &call.place.outcome {
        Outcome::NotFound | Outcome::Found | Outcome::Mounted => plain(
            StatusCode::NOT_FOUND,
            format!("no route has the path `{path}`\n"),
        ),
        Outcome::NoWebSocket => plain(
            StatusCode::NOT_FOUND,
            format!("`{path}` is not a WebSocket route: send the request without an upgrade\n"),
        ),
        Outcome::UpgradeRequired => upgrade_required(&call.request),
        Outcome::NotAcceptable => plain(
            StatusCode::NOT_ACCEPTABLE,
            format!("`{path}` is a stream of events: `Accept` must allow `{EVENT_STREAM}`\n"),
        ),
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

/// Returns 405, or 204 for OPTIONS. Both list the methods (RFC 9110 §15.5.6, §9.3.7).
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
    // Method names are tokens, which are valid in any field value.
    if let Ok(methods) = HeaderValue::from_str(methods) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}
