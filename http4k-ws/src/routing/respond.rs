//! The response of a router: the decision for an endpoint, and its handler's response.
//!
//! A request is decided in these steps:
//!
//! 1. The walk finds the route with the highest precedence that matches path, method and protocol
//!    (see [`matching`](super::matching)). If the path has a page and a stream, `Accept` decides.
//! 2. If there is none, the walk is repeated to learn the reason. A mounted application that has
//!    the path, or the deepest prefix of the path, responds; otherwise the scope of the deepest
//!    block does.
//! 3. If a captured segment is not percent-encoded UTF-8, the response is 400, whichever handler
//!    the route has.
//! 4. The place of the request in the table, the captures and the outcome are stored in its
//!    [`Place`], which filters and handlers read.

use std::fmt;

use http::header::VARY;
use http::{HeaderValue, StatusCode};

use super::accepted::Accepted;
use super::endpoint::Endpoint;
use super::matching::NoMatch;
use super::method_set::RouteKey;
use super::path::RawPath;
use super::router::Router;
use super::table::Protocol;
use crate::handler::{
    Call, ErasedHttpHandler, ErasedWsHandler, Outcome, Place, ResponseFuture, WsResponse,
    WsResponseFuture, without_body,
};
use crate::message::{IntoResponse, PeerAddr, Request, Response, has_token};

/// The endpoint that responds to a request.
#[derive(Default)]
struct Decision<'a> {
    endpoint: Option<&'a Endpoint>,
    head_as_get: bool,
    /// `true` if the `Accept` field has decided.
    is_negotiated: bool,
}

impl Router {
    fn decide(&self, call: &mut Call, protocol: Protocol) -> Decision<'_> {
        let Call { request, place, .. } = call;
        let path = RawPath::new(request.uri().path());
        let Some(path) = path.filter(|path| path.goes_on_at(place.at)) else {
            place.outcome = Outcome::NotFound;
            return self.unmatched(0);
        };
        let (start, mut captures, outer) = (place.at, place.captures(), place.captured());
        let accepted = Accepted::new(request.method(), request.headers());
        let key = RouteKey::new(protocol, &accepted).with_streams(self.streams);
        let explain = |mut captures| self.explain(&path, key, start, &mut captures, outer);
        let Some(found) = self.find(&path, key, start, &mut captures, outer) else {
            let explanation = explain(place.captures());
            return Decision {
                is_negotiated: accepted.is_read(),
                ..self.decide_without_route(place, explanation, protocol)
            };
        };
        let params = self.table.params(found.route);
        if path.is_encoded() && !path.decodes(&captures[outer..outer + params.len()]) {
            let scope = explain(place.captures()).scope;
            place.outcome = Outcome::BadEncoding;
            return self.unmatched(scope);
        }
        let head_as_get = key.is_head() && self.methods[found.route].accepts_head_as_get(key);
        place.enter(captures, params, found.at);
        place.outcome = match self.methods[found.route].protocol {
            Protocol::Mount => Outcome::Mounted,
            Protocol::Http | Protocol::Ws | Protocol::Sse => {
                place.report();
                Outcome::Found
            }
        };
        let endpoint = self.endpoints.get(found.route);
        place.is_filtered = endpoint.is_some_and(|end| !end.filters.is_empty());
        Decision {
            endpoint,
            head_as_get,
            is_negotiated: accepted.is_read(),
        }
    }

    /// Decides for a mounted application that has the path, or for the scope of the path.
    fn decide_without_route(
        &self,
        place: &mut Place,
        explanation: NoMatch,
        protocol: Protocol,
    ) -> Decision<'_> {
        let index = explanation.scope;
        let scope = self.scopes.get(index);
        let has_fallback = scope.is_some_and(|scope| scope.has_fallback(protocol));
        if let Some(mount) = explanation.responds(has_fallback) {
            place.enter(mount.captures, self.table.params(mount.route), mount.at);
            place.outcome = Outcome::Mounted;
            return Decision {
                endpoint: self.endpoints.get(mount.route),
                ..Decision::default()
            };
        }
        if let Some(unmatched) = scope {
            let params = unmatched.params.clone();
            place.enter(explanation.captures, params, explanation.at);
        }
        place.outcome = explanation.outcome(protocol);
        self.unmatched(index)
    }

    fn unmatched(&self, scope: usize) -> Decision<'_> {
        Decision {
            endpoint: self.scopes.get(scope).map(|unmatched| &unmatched.endpoint),
            ..Decision::default()
        }
    }
}

impl ErasedHttpHandler for Router {
    fn call(&self, mut request: Request) -> ResponseFuture<'_> {
        let place = Place::start(&mut request);
        ErasedHttpHandler::routed(self, Call::new(request, place))
    }

    fn received(&self, mut request: Request, peer: Option<PeerAddr>) -> ResponseFuture<'_> {
        let place = Place::start(&mut request);
        ErasedHttpHandler::routed(self, Call::new(request, place).of_peer(peer))
    }

    fn routed(&self, mut call: Call) -> ResponseFuture<'_> {
        let decision = self.decide(&mut call, Protocol::Http);
        let endpoint = decision
            .endpoint
            .and_then(|endpoint| endpoint.http.as_ref());
        let Some(handler) = endpoint else {
            return ResponseFuture::ready(StatusCode::NOT_FOUND.into_response());
        };
        let response = handler.routed(call);
        if decision.is_negotiated {
            return negotiated(response, decision.head_as_get);
        }
        if decision.head_as_get {
            ResponseFuture::new(async { without_body(response.await) })
        } else {
            response
        }
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Router::debug(self, f)
    }
}

impl ErasedWsHandler for Router {
    fn call(&self, mut request: Request) -> WsResponseFuture<'_> {
        let place = Place::start(&mut request);
        ErasedWsHandler::routed(self, Call::new(request, place))
    }

    fn received(&self, mut request: Request, peer: Option<PeerAddr>) -> WsResponseFuture<'_> {
        let place = Place::start(&mut request);
        ErasedWsHandler::routed(self, Call::new(request, place).of_peer(peer))
    }

    fn routed(&self, mut call: Call) -> WsResponseFuture<'_> {
        let decision = self.decide(&mut call, Protocol::Ws);
        match decision.endpoint.and_then(|endpoint| endpoint.ws.as_ref()) {
            Some(handler) => handler.routed(call),
            None => {
                let refusal = WsResponse::refuse(StatusCode::NOT_FOUND);
                WsResponseFuture::ready(refusal)
            }
        }
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Router::debug(self, f)
    }
}

/// Completes a response that the `Accept` field has decided about.
#[cold]
fn negotiated(response: ResponseFuture<'_>, head_as_get: bool) -> ResponseFuture<'_> {
    ResponseFuture::new(async move {
        let response = varying(response.await);
        match head_as_get {
            true => without_body(response),
            false => response,
        }
    })
}

/// Adds `Vary: Accept`, so that a cache keeps a page apart from the stream at its path (RFC 9110
/// §12.5.5).
fn varying(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if !has_token(headers, VARY, "accept") && !has_token(headers, VARY, "*") {
        headers.append(VARY, HeaderValue::from_static("accept"));
    }
    response
}
