//! Endpoints: the handlers of routes.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::described::Described;
use super::link_tests::PathTests;
use crate::describe::RouteDescription;
use crate::describe::probe::Step;
use crate::handler::arguments::Arguments;
use crate::handler::reading::PathCheck;
use crate::handler::{
    BoxHttpHandler, BoxPolyFilter, BoxWsHandler, FilterNames, IntoHttpHandler, IntoSseHandler,
    IntoWsHandler, PolyHandler,
};
use crate::message::NeededValue;

/// The handler of a route, for one protocol or for both.
#[derive(Clone)]
pub struct Endpoint {
    pub(super) http: Option<BoxHttpHandler>,
    pub(super) ws: Option<BoxWsHandler>,
    /// The application that both belong to, if it is mounted. Its routes are part of the table.
    pub(super) mounted: Option<PolyHandler>,
    /// The filters before it, including those around a mounted application.
    pub(super) filters: FilterNames,
    /// The path parameters that its `_` arguments require.
    pub(super) reads: Vec<&'static str>,
    /// The checks of its `_` arguments against the path.
    pub(super) checks: Vec<PathCheck>,
    /// The values of filters that its `_` arguments need.
    pub(super) needs: Vec<NeededValue>,
    /// The description of its types.
    pub(super) described: Described,
    /// The arguments that are read from the path, which test the values of links.
    pub(super) tests: Option<Arc<dyn PathTests>>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoint")
    }
}

impl Endpoint {
    pub(super) fn both(http: BoxHttpHandler, ws: BoxWsHandler) -> Self {
        Self::of(Some(http), Some(ws))
    }

    pub(super) fn http(handler: BoxHttpHandler) -> Self {
        Self::of(Some(handler), None)
    }

    pub(super) fn ws(handler: BoxWsHandler) -> Self {
        Self::of(None, Some(handler))
    }

    fn of(http: Option<BoxHttpHandler>, ws: Option<BoxWsHandler>) -> Self {
        Self {
            http,
            ws,
            mounted: None,
            filters: FilterNames::default(),
            reads: Vec::new(),
            checks: Vec::new(),
            needs: Vec::new(),
            described: Described::default(),
            tests: None,
        }
    }

    /// Keeps the arguments, for links.
    pub(super) fn tested_by(mut self, arguments: impl Arguments) -> Self {
        self.tests = Some(Arc::new(arguments));
        self
    }

    /// Describes the route by the types that generated code knows.
    #[must_use]
    pub fn described<const N: usize>(mut self, steps: [Step; N]) -> Self {
        let describe = move |route: &mut RouteDescription| {
            steps.iter().for_each(|step| step.add(route));
        };
        self.described.add(describe);
        self
    }

    /// Puts `filter` before this endpoint.
    #[must_use]
    pub fn with(mut self, filter: &BoxPolyFilter) -> Self {
        filter.put_before(&mut self.http, &mut self.ws, &mut self.filters);
        self
    }
}

/// The endpoints of a table, in the order of its routes.
#[derive(Debug, Default)]
pub struct Endpoints(pub(super) Vec<Endpoint>);

impl Endpoints {
    /// Creates an empty list.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the endpoints of the next routes.
    pub fn add<const N: usize>(&mut self, endpoints: [Endpoint; N]) {
        self.0.extend(endpoints);
    }

    /// Puts `filter` before some routes, outside of the filters that they already have.
    pub fn with(&mut self, routes: Range<usize>, filter: &BoxPolyFilter) {
        for end in self.0.get_mut(routes).into_iter().flatten() {
            *end = end.clone().with(filter);
        }
    }
}

/// Returns the endpoint of a handler value for HTTP.
pub fn http_handler<M>(handler: impl IntoHttpHandler<M>) -> Endpoint {
    Endpoint::http(handler.into_http_handler())
}

/// Returns the endpoint of a handler value for WebSockets.
pub fn ws_handler<M, H: IntoWsHandler<M>>(handler: H) -> Endpoint {
    let mut endpoint = Endpoint::ws(handler.into_ws_handler());
    let describe: fn(&mut RouteDescription) = H::describe;
    endpoint.described.add(describe);
    endpoint
}

/// Returns the endpoint of a function over a stream of events.
pub fn sse_handler<M, H: IntoSseHandler<M>>(handler: H) -> Endpoint {
    let mut endpoint = Endpoint::http(handler.into_sse_handler());
    let describe: fn(&mut RouteDescription) = H::describe;
    endpoint.described.add(describe);
    endpoint
}

/// Returns the endpoint of another application, which matches the rest of the path.
pub fn mount(app: PolyHandler) -> Endpoint {
    Endpoint {
        filters: app.filters().clone(),
        mounted: Some(app.clone()),
        ..Endpoint::both(app.http().clone(), app.ws().clone())
    }
}
