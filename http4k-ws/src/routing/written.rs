//! What `routes!` expands to: a table, a walk and their ends, as an application.

use std::ops::Range;

use super::check;
use super::endpoint::Side;
use super::error::RouteError;
use super::matching::Matching;
use super::path::Path;
use super::router::{Router, Scope, Table};
use super::table::{Protocol, RouteMeta};
use super::walk::{Walk, WrittenWalk};
use crate::handler::{BoxPolyFilter, ParamNames, PolyHandler};

/// The ends of a table, in the order of its routes.
#[derive(Debug, Default)]
pub struct Ends(Vec<Side>);

impl Ends {
    /// Makes an empty list.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the ends of the next routes.
    pub fn add<const N: usize>(&mut self, ends: [Side; N]) {
        self.0.extend(ends);
    }

    /// Puts `filter` before some routes, and before the filters that are there.
    pub fn with(&mut self, routes: Range<usize>, filter: &BoxPolyFilter) {
        for end in self.0.get_mut(routes).into_iter().flatten() {
            *end = end.clone().with(filter);
        }
    }
}

/// One http route of a table.
pub const fn http_route(
    methods: &'static [&'static str],
    template: &'static str,
    params: &'static [&'static str],
    name: &'static str,
    docs: &'static str,
) -> RouteMeta {
    route(Protocol::Http, methods, template, params, name, docs)
}

/// One ws route of a table.
pub const fn ws_route(
    methods: &'static [&'static str],
    template: &'static str,
    params: &'static [&'static str],
    name: &'static str,
    docs: &'static str,
) -> RouteMeta {
    route(Protocol::Ws, methods, template, params, name, docs)
}

/// One mount of a table.
pub const fn mount_route(
    methods: &'static [&'static str],
    template: &'static str,
    params: &'static [&'static str],
    name: &'static str,
    docs: &'static str,
) -> RouteMeta {
    route(Protocol::Mount, methods, template, params, name, docs)
}

const fn route(
    protocol: Protocol,
    methods: &'static [&'static str],
    template: &'static str,
    params: &'static [&'static str],
    name: &'static str,
    docs: &'static str,
) -> RouteMeta {
    RouteMeta {
        protocol,
        methods,
        template,
        params,
        name,
        docs,
    }
}

/// A `Scope`, as the macro writes it.
#[derive(Debug)]
pub struct Unmatched {
    /// The parameters of the prefix.
    pub params: &'static [&'static str],
    /// The answers.
    pub side: Side,
    /// The protocols of the fallbacks in this block.
    pub fallbacks: &'static [Protocol],
}

impl Router {
    /// What `routes!` expands to: an application of `routes`, of which `ends` has one for each.
    ///
    /// # Panics
    ///
    /// Where a mounted application and the routes around it take the same requests, naming both routes.
    #[track_caller]
    pub fn app(
        routes: &'static [RouteMeta],
        walk: fn(&Path<'_>, &mut Matching<'_>, usize) -> bool,
        ends: Ends,
        unmatched: impl Into<Vec<Unmatched>>,
    ) -> PolyHandler {
        match Self::try_app(routes, walk, ends, unmatched) {
            Ok(app) => app,
            Err(error) => panic!("{error}"),
        }
    }

    /// The same, where the function gives back a `Result`.
    ///
    /// # Errors
    ///
    /// [`RouteError`], where [`app`](Self::app) panics.
    pub fn try_app(
        routes: &'static [RouteMeta],
        walk: WrittenWalk,
        ends: Ends,
        unmatched: impl Into<Vec<Unmatched>>,
    ) -> Result<PolyHandler, RouteError> {
        let scopes = unmatched.into().into_iter().map(|unmatched| Scope {
            params: ParamNames::Written(unmatched.params),
            side: unmatched.side,
            fallbacks: unmatched.fallbacks.to_vec(),
        });
        let (walk, table) = (Walk::Written(walk), Table::Written(routes));
        let router = Self::new(table, walk, ends.0, scopes.collect());
        // The compiler has seen the routes written here; what is mounted, it may not have seen.
        if routes.iter().any(|route| route.protocol == Protocol::Mount) {
            check::mounts(&router)?;
        }
        Ok(router.into_app())
    }
}
