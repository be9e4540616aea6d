//! A table of routes, as an application.

use std::fmt;
use std::future;
use std::sync::Arc;

use http::StatusCode;
use http::header::CONTENT_LENGTH;
use http_body::Body as _;

use super::endpoint::Side;
use super::matching::{Matching, Walk};
use super::path::Path;
use super::table::{Protocol, RouteMeta};
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Call, ErasedHttpHandler, ErasedWsHandler, Outcome, Place,
    PolyHandler, ResponseFuture, WsResponse, WsResponseFuture,
};
use crate::message::{Body, IntoResponse, Request, Response};

/// What `routes!` expands to: routes, the walk over their paths, and an end for each.
pub struct Router {
    routes: &'static [RouteMeta],
    walk: Walk,
    ends: Vec<Side>,
    /// By prefix; the first is the whole application's.
    unmatched: Vec<Unmatched>,
}

/// What answers under a prefix when no route does.
#[derive(Debug)]
pub struct Unmatched {
    /// The parameters of the prefix.
    pub params: &'static [&'static str],
    /// The answers.
    pub side: Side,
}

/// What a router makes of a request.
struct Decision<'a> {
    side: Option<&'a Side>,
    call: Call,
    head_as_get: bool,
}

impl Router {
    /// An application of `routes`, of which `ends` has one for each.
    pub fn app(
        routes: &'static [RouteMeta],
        walk: fn(Path<'_>, &mut Matching<'_>, u16) -> bool,
        ends: impl Into<Vec<Side>>,
        unmatched: impl Into<Vec<Unmatched>>,
    ) -> PolyHandler {
        let router = Arc::new(Self {
            routes,
            walk,
            ends: ends.into(),
            unmatched: unmatched.into(),
        });
        PolyHandler::new(
            BoxHttpHandler::erased(router.clone()),
            BoxWsHandler::erased(router),
        )
    }

    fn decide(&self, mut call: Call, protocol: Protocol) -> Decision<'_> {
        let Call { request, place, .. } = &mut call;
        let path = Path::new(request.uri().path());
        let Some(path) = path.filter(|path| path.goes_on_at(place.at)) else {
            place.outcome = Outcome::NotFound;
            return self.unmatched(call, 0);
        };
        let start = place.at;
        let (captures, outer) = (place.captures(), place.captured());
        let matching = || Matching::new(self.routes, protocol, request.method(), captures, outer);
        let Some(found) = matching().find(self.walk, path, start) else {
            let explanation = matching().explain(self.walk, path, start);
            let scope = explanation.scope;
            if let Some(unmatched) = self.unmatched.get(scope) {
                place.enter(explanation.captures, unmatched.params, explanation.at);
            }
            place.outcome = explanation.outcome(protocol);
            return self.unmatched(call, scope);
        };
        let route = &self.routes[found.route];
        if path.is_encoded() && !path.decodes(&found.captures[outer..outer + route.params.len()]) {
            let scope = matching().explain(self.walk, path, start).scope;
            place.outcome = Outcome::BadEncoding;
            return self.unmatched(call, scope);
        }
        place.enter(found.captures, route.params, found.at);
        place.outcome = match route.protocol {
            Protocol::Mount => Outcome::Mounted,
            Protocol::Http | Protocol::Ws => Outcome::Found,
        };
        Decision {
            side: self.ends.get(found.route),
            call,
            head_as_get: found.head_as_get,
        }
    }

    fn unmatched(&self, call: Call, scope: usize) -> Decision<'_> {
        Decision {
            side: self.unmatched.get(scope).map(|unmatched| &unmatched.side),
            call,
            head_as_get: false,
        }
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.routes.iter().map(Shown))
            .finish()
    }
}

struct Shown<'a>(&'a RouteMeta);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0, f)
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.debug(f)
    }
}

impl ErasedHttpHandler for Router {
    fn call(&self, mut request: Request) -> ResponseFuture<'_> {
        let place = Place::start(&mut request);
        ErasedHttpHandler::routed(self, Call::new(request, place))
    }

    fn routed(&self, call: Call) -> ResponseFuture<'_> {
        let decision = self.decide(call, Protocol::Http);
        let side = decision.side.and_then(|side| side.http.as_ref());
        let Some(handler) = side else {
            return Box::pin(future::ready(StatusCode::NOT_FOUND.into_response()));
        };
        let answer = handler.routed(decision.call);
        if decision.head_as_get {
            Box::pin(async { without_body(answer.await) })
        } else {
            answer
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

    fn routed(&self, call: Call) -> WsResponseFuture<'_> {
        let decision = self.decide(call, Protocol::Ws);
        match decision.side.and_then(|side| side.ws.as_ref()) {
            Some(handler) => handler.routed(decision.call),
            None => {
                let refusal = WsResponse::refuse(StatusCode::NOT_FOUND);
                Box::pin(future::ready(refusal))
            }
        }
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Router::debug(self, f)
    }
}

/// The answer to HEAD: what GET would answer, without the body, with its length (RFC 9110 §9.3.2).
fn without_body(mut response: Response) -> Response {
    if let Some(length) = response.body().size_hint().exact() {
        let headers = response.headers_mut();
        headers.entry(CONTENT_LENGTH).or_insert(length.into());
    }
    *response.body_mut() = Body::empty();
    response
}
