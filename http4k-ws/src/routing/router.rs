//! The router: a table of routes as an application.

use std::fmt;
use std::sync::Arc;

use http::Method;

use super::accepted::Accepted;
use super::endpoint::Endpoint;
use super::incomplete::Unmet;
use super::matching::{Found, Matching, MountedRouters, NoMatch};
use super::method_set::{MethodSet, RouteKey};
use super::path::RawPath;
use super::route::Route;
use super::table::{Protocol, RouteMeta};
use super::tree::Walk;
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Captures, MAX_PARAMS, Outcome, ParamNames, PolyHandler,
};

/// Routes, the walk over their paths, and an endpoint for each.
pub struct Router {
    pub(super) table: RouteList,
    pub(super) methods: Box<[MethodSet]>,
    /// `true` if this table or a mounted one has a stream of events.
    pub(super) streams: bool,
    pub(super) walk: Walk,
    pub(super) endpoints: Vec<Endpoint>,
    /// One for each prefix that has filters or fallbacks. The first is that of the whole
    /// application.
    pub(super) scopes: Vec<Scope>,
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
    pub(super) fn has_fallback(&self, protocol: Protocol) -> bool {
        self.fallbacks.contains(&protocol)
    }
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

    pub(super) fn params(&self, index: usize) -> ParamNames {
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
        let lacking = self
            .lacking()
            .into_iter()
            .map(|lacking| lacking.to_string());
        let unreadable = self
            .unreadable(&[])
            .into_iter()
            .map(|route| route.to_string());
        let incomplete = lacking.chain(unreadable).next();
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
        app.incomplete(incomplete).unprovided(unprovided)
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
    pub(super) fn explain(
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

    pub(super) fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
