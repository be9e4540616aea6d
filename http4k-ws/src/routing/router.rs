//! The router: a table of routes as an application.
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
use std::future;
use std::sync::Arc;

use http::header::VARY;
use http::{HeaderValue, Method, StatusCode};

use super::accepted::Accepted;
use super::endpoint::Endpoint;
use super::matching::{Found, Matching, MountedRouters, NoMatch};
use super::method_set::{MethodSet, RouteKey};
use super::path::RawPath;
use super::route::Route;
use super::table::{Protocol, RouteMeta};
use super::tree::Walk;
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Call, Captures, ErasedHttpHandler, ErasedWsHandler, MAX_PARAMS,
    Outcome, ParamNames, Place, PolyHandler, ResponseFuture, Unprovided, WsResponse,
    WsResponseFuture, without_body,
};
use crate::message::{IntoResponse, NeededValue, PeerAddr, Request, Response, has_token};

/// Routes, the walk over their paths, and an endpoint for each.
pub struct Router {
    table: RouteList,
    methods: Box<[MethodSet]>,
    /// `true` if this table or a mounted one has a stream of events.
    streams: bool,
    walk: Walk,
    endpoints: Vec<Endpoint>,
    /// One for each prefix that has filters or fallbacks. The first is that of the whole
    /// application.
    scopes: Vec<Scope>,
}

/// The routes of a table: static from `routes!`, or dynamic from a builder.
pub(super) enum RouteList {
    Static(&'static [RouteMeta]),
    Dynamic(Vec<(Route, ParamNames)>),
}

/// The responses below a prefix to requests that no route matches.
#[derive(Debug)]
pub(super) struct Scope {
    /// The parameters of the prefix.
    pub(super) params: ParamNames,
    pub(super) endpoint: Endpoint,
    /// The protocols of its own fallbacks, without the inherited ones.
    pub(super) fallbacks: Vec<Protocol>,
}

impl Scope {
    fn has_fallback(&self, protocol: Protocol) -> bool {
        self.fallbacks.contains(&protocol)
    }
}

/// A route whose handler reads a path parameter that its path lacks.
struct Lacking {
    route: Route,
    param: &'static str,
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { route, param } = self;
        let template = match route.template() {
            "/" => "",
            template => template,
        };
        write!(
            f,
            "the handler of `{route}` reads the path parameter `{param}`, which the path lacks: \
             write `\"{template}/<{param}>\"`, mount the table at a prefix with `<{param}>`, or make \
             the `#[param]` field an `Option`"
        )
    }
}

/// A route that needs a value which no filter provides.
struct Unmet {
    route: Route,
    value: NeededValue,
    over_ws: bool,
}

impl Unmet {
    fn described(self) -> Unprovided {
        Unprovided {
            id: self.value.id(),
            over_ws: self.over_ws,
            reason: self.value.lacking(&self.route),
        }
    }
}

/// The endpoint that responds to a request.
struct Decision<'a> {
    endpoint: Option<&'a Endpoint>,
    head_as_get: bool,
    /// `true` if the `Accept` field has decided.
    is_negotiated: bool,
}

impl RouteList {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Static(routes) => routes.len(),
            Self::Dynamic(routes) => routes.len(),
        }
    }

    pub(super) fn route(&self, index: usize) -> Route {
        match self {
            Self::Static(routes) => Route::from_static(&routes[index]),
            Self::Dynamic(routes) => routes[index].0.clone(),
        }
    }

    fn params(&self, index: usize) -> ParamNames {
        match self {
            Self::Static(routes) => ParamNames::Static(&routes[index].path),
            Self::Dynamic(routes) => routes[index].1.clone(),
        }
    }

    fn method_set(&self) -> Box<[MethodSet]> {
        match self {
            Self::Static(routes) => routes.iter().map(RouteMeta::method_set).collect(),
            Self::Dynamic(routes) => routes.iter().map(|(route, _)| route.method_set()).collect(),
        }
    }
}

impl Router {
    pub(super) fn new(
        table: RouteList,
        walk: Walk,
        endpoints: Vec<Endpoint>,
        scopes: Vec<Scope>,
    ) -> Self {
        let methods = table.method_set();
        let own = methods.iter().any(|set| set.protocol == Protocol::Sse);
        let mut mounted = endpoints.iter().filter_map(|end| end.mounted.as_ref());
        let streams = own || mounted.any(|app| Self::of(app).is_some_and(|inner| inner.streams));
        Self {
            methods,
            streams,
            table,
            walk,
            endpoints,
            scopes,
        }
    }

    pub(super) fn into_app(self) -> PolyHandler {
        let incomplete = self.lacking().into_iter().next();
        let unprovided = self
            .unprovided()
            .into_iter()
            .map(Unmet::described)
            .collect();
        let router = Arc::new(self);
        let app = PolyHandler::new(
            BoxHttpHandler::erased(router.clone()),
            BoxWsHandler::erased(router.clone()),
        )
        .with_router(router);
        app.incomplete(incomplete.map(|lacking| lacking.to_string()))
            .unprovided(unprovided)
    }

    /// Returns the routes that read path parameters which neither their path has nor a prefix in
    /// here. This table may be mounted at a prefix that has them.
    fn lacking(&self) -> Vec<Lacking> {
        let mut all = Vec::new();
        for (index, end) in self.endpoints.iter().enumerate() {
            let params = self.table.params(index);
            let has = |name: &str| params.iter().any(|param| *param == *name);
            let own = end.reads.iter().filter(|name| !has(name));
            all.extend(own.map(|param| Lacking {
                route: self.table.route(index),
                param,
            }));
            let inner = self.mounted(index).map(Self::lacking).unwrap_or_default();
            let inner = inner.into_iter().filter(|lacking| !has(lacking.param));
            all.extend(inner.map(|lacking| Lacking {
                route: lacking.route.in_mount(&self.table.route(index)),
                ..lacking
            }));
        }
        all
    }

    /// Returns the values that routes need and that no filter in here provides. This table may be
    /// behind a filter that does.
    fn unprovided(&self) -> Vec<Unmet> {
        let mut all = Vec::new();
        for (index, end) in self.endpoints.iter().enumerate() {
            let over_ws = end.http.is_none();
            let own = end.needs.iter().map(|value| Unmet {
                route: self.table.route(index),
                value: *value,
                over_ws,
            });
            let inner = self.mounted(index).map(Self::unprovided);
            let inner = inner.unwrap_or_default().into_iter().map(|unmet| Unmet {
                route: unmet.route.in_mount(&self.table.route(index)),
                ..unmet
            });
            let provided = |unmet: &Unmet| end.filters.provide(unmet.value.id(), unmet.over_ws);
            all.extend(own.chain(inner).filter(|unmet| !provided(unmet)));
        }
        all
    }

    /// Returns the router of `app`, if `app` consists of a router and filters around it.
    pub fn of(app: &PolyHandler) -> Option<&Self> {
        app.router()?.downcast_ref()
    }

    /// Returns the index of the route for a request, and stores in `captures` the places of its
    /// parameters in the path.
    #[inline]
    pub fn lookup(&self, method: &Method, path: &str, captures: &mut Captures) -> Option<usize> {
        let path = RawPath::new(path)?;
        let accepted = Accepted::every_type(method);
        let key = RouteKey::new(Protocol::Http, &accepted).with_streams(self.streams);
        let found = self.find(&path, key, 0, captures, 0)?;
        Some(found.route)
    }

    pub(super) fn table(&self) -> &RouteList {
        &self.table
    }

    /// Returns the endpoint of route `index`.
    pub(super) fn endpoint(&self, index: usize) -> Option<&Endpoint> {
        self.endpoints.get(index)
    }

    /// Returns the router that is mounted at route `index`.
    pub(super) fn mounted(&self, index: usize) -> Option<&Self> {
        let mounted = self.endpoints.get(index)?.mounted.as_ref()?;
        Self::of(mounted)
    }

    /// Returns the route for `path` from `at` on. Its captures are stored behind the `outer` ones
    /// that are already in `captures`.
    #[inline]
    pub(super) fn find(
        &self,
        path: &RawPath<'_>,
        key: RouteKey<'_>,
        at: usize,
        captures: &mut Captures,
        outer: usize,
    ) -> Option<Found> {
        Matching::new(&self.methods, self, key, captures, outer).find(&self.walk, path, at)
    }

    /// Returns the reason why no route matches `path` from `at` on.
    pub(super) fn outcome(&self, path: &RawPath<'_>, key: RouteKey<'_>, at: usize) -> Outcome {
        let mut captures = [(0, 0); MAX_PARAMS];
        let matching = Matching::new(&self.methods, self, key, &mut captures, 0);
        matching.explain(&self.walk, path, at).outcome(key.protocol)
    }

    #[cold]
    fn explain(
        &self,
        path: &RawPath<'_>,
        key: RouteKey<'_>,
        at: usize,
        captures: &mut Captures,
        outer: usize,
    ) -> NoMatch {
        Matching::new(&self.methods, self, key, captures, outer).explain(&self.walk, path, at)
    }

    /// Returns the number of parameters of route `index`.
    pub(super) fn params(&self, index: usize) -> usize {
        self.table.params(index).len()
    }

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
            let scope = explanation.scope;
            let scopes = self.scopes.get(scope);
            let has_fallback = scopes.is_some_and(|scope| scope.has_fallback(protocol));
            if let Some(mount) = explanation.responds(has_fallback) {
                let params = self.table.params(mount.route);
                place.enter(mount.captures, params, mount.at);
                place.outcome = Outcome::Mounted;
                return Decision {
                    endpoint: self.endpoints.get(mount.route),
                    head_as_get: false,
                    is_negotiated: accepted.is_read(),
                };
            }
            if let Some(unmatched) = self.scopes.get(scope) {
                let params = unmatched.params.clone();
                place.enter(explanation.captures, params, explanation.at);
            }
            place.outcome = explanation.outcome(protocol);
            return Decision {
                is_negotiated: accepted.is_read(),
                ..self.unmatched(scope)
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

    fn unmatched(&self, scope: usize) -> Decision<'_> {
        Decision {
            endpoint: self.scopes.get(scope).map(|unmatched| &unmatched.endpoint),
            head_as_get: false,
            is_negotiated: false,
        }
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        match &self.table {
            RouteList::Static(routes) => list.entries(routes.iter().map(Shown)),
            RouteList::Dynamic(routes) => {
                list.entries(routes.iter().map(|(route, _)| Shown(route)))
            }
        };
        list.finish()
    }
}

impl MountedRouters for Router {
    fn walk_mounted(
        &self,
        route: usize,
        path: &RawPath<'_>,
        key: RouteKey<'_>,
        at: usize,
        explanation: Option<&mut NoMatch>,
    ) -> Option<bool> {
        let inner = self.mounted(route)?;
        // These captures are dropped: the mounted router captures them again when the request
        // arrives.
        let mut captures = [(0, 0); MAX_PARAMS];
        let matching = Matching::new(&inner.methods, inner, key, &mut captures, 0);
        Some(matching.walked(&inner.walk, path, at, explanation))
    }
}

/// Completes a response that the `Accept` field has decided about.
#[cold]
fn negotiated(response: ResponseFuture<'_>, head_as_get: bool) -> ResponseFuture<'_> {
    Box::pin(async move {
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

struct Shown<'a, T>(&'a T);

impl<T: fmt::Display> fmt::Debug for Shown<'_, T> {
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
            return Box::pin(future::ready(StatusCode::NOT_FOUND.into_response()));
        };
        let response = handler.routed(call);
        if decision.is_negotiated {
            return negotiated(response, decision.head_as_get);
        }
        if decision.head_as_get {
            Box::pin(async { without_body(response.await) })
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
                Box::pin(future::ready(refusal))
            }
        }
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Router::debug(self, f)
    }
}
