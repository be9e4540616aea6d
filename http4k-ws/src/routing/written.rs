//! What `routes!` expands to: a table, a walk and their ends, as an application.

use super::check;
use super::endpoint::Side;
use super::error::RouteError;
use super::matching::Matching;
use super::path::Path;
use super::router::{Router, Scope, Table};
use super::table::{Protocol, RouteMeta};
use super::walk::{Walk, WrittenWalk};
use crate::handler::{ParamNames, PolyHandler};

/// A `Scope`, as the macro writes it.
#[derive(Debug)]
pub struct Unmatched {
    /// The parameters of the prefix.
    pub params: &'static [&'static str],
    /// The answers.
    pub side: Side,
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
        ends: impl Into<Vec<Side>>,
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
        ends: impl Into<Vec<Side>>,
        unmatched: impl Into<Vec<Unmatched>>,
    ) -> Result<PolyHandler, RouteError> {
        let scopes = unmatched.into().into_iter().map(|unmatched| Scope {
            params: ParamNames::Written(unmatched.params),
            side: unmatched.side,
        });
        let (walk, table) = (Walk::Written(walk), Table::Written(routes));
        let router = Self::new(table, walk, ends.into(), scopes.collect());
        // The compiler has seen the routes written here; what is mounted, it may not have seen.
        if routes.iter().any(|route| route.protocol == Protocol::Mount) {
            check::mounts(&router)?;
        }
        Ok(router.into_app())
    }
}
