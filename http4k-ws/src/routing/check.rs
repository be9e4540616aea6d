//! The check of a router's table: conflicts, and routes that are never reached.
//!
//! The rules are those of [`http4k_ws_grammar`]. Two routes of one table conflict only if their
//! templates have the same shape, so each pair is compared once. For a mount, each route behind it
//! is compared as well:
//!
//! 1. An entry is a route, or a mount with the routes behind it. A mount is *opaque* if these are
//!    unknown. It then stands for one route that matches everything below its prefix.
//! 2. Two transparent mounts at one prefix are one table, and only their routes are compared.
//! 3. Of two entries, the routes of the later one must not be covered by a route of the earlier.
//!
//! The macro has checked the routes of a static table, and the compiler what it knows of mounts.
//! For such a table only pairs with a mount are compared here, because an application may be
//! mounted that the compiler does not know.

use http4k_ws_grammar::Pattern;

use super::endpoint::Endpoints;
use super::error::RouteError;
use super::leaves::Leaf;
use super::method_set::MethodSet;
use super::route::Route;
use super::router::{RouteList, Router, Scope};
use super::table::{Protocol, RouteMeta};
use super::tree::{StaticWalk, Walk};
use super::unmatched::Unmatched;
use crate::handler::{MAX_PARAMS, ParamNames, PolyHandler};

impl Router {
    /// Builds the application of a `routes!` table, with an endpoint for each of `routes`.
    ///
    /// # Panics
    ///
    /// Panics if a mounted application and the routes around it match the same requests. The
    /// message names both routes.
    #[track_caller]
    pub fn app(
        routes: &'static [RouteMeta],
        walk: StaticWalk,
        endpoints: Endpoints,
        unmatched: impl Into<Vec<Unmatched>>,
    ) -> PolyHandler {
        match Self::try_app(routes, walk, endpoints, unmatched) {
            Ok(app) => app,
            Err(error) => panic!("{error}"),
        }
    }

    /// Builds the same application in a function that returns a `Result`.
    ///
    /// # Errors
    ///
    /// Returns a [`RouteError`] if [`app`](Self::app) panics.
    pub fn try_app(
        routes: &'static [RouteMeta],
        walk: StaticWalk,
        endpoints: Endpoints,
        unmatched: impl Into<Vec<Unmatched>>,
    ) -> Result<PolyHandler, RouteError> {
        let scopes = unmatched.into().into_iter().map(|unmatched| Scope {
            params: ParamNames::Prefix(unmatched.params),
            endpoint: unmatched.endpoint,
            fallbacks: unmatched.fallbacks.to_vec(),
        });
        let (walk, table) = (Walk::Static(walk), RouteList::Static(routes));
        let router = Self::new(table, walk, endpoints.0, scopes.collect());
        if routes.iter().any(|route| route.protocol == Protocol::Mount) {
            mounts(&router)?;
        }
        Ok(router.into_app())
    }
}

/// Checks every entry of `router` against every other.
///
/// # Errors
///
/// Returns the first mistake, which names both routes.
pub(super) fn routes(router: &Router) -> Result<(), RouteError> {
    check(router, false)
}

/// Checks the mounts of `router` against each other and against its own routes, which were checked
/// before.
fn mounts(router: &Router) -> Result<(), RouteError> {
    check(router, true)
}

fn check(router: &Router, only_mounts: bool) -> Result<(), RouteError> {
    let mut before: Vec<(Leaf, Vec<Leaf>)> = Vec::new();
    for entry in router.entries() {
        let leaves = router.behind(entry.clone());
        check_params(&leaves)?;
        for (other, others) in &before {
            if entry.is_mount() || other.is_mount() {
                check_entries(other, others, &entry, &leaves)?;
            } else if !only_mounts {
                check_conflict(other, &entry)?;
            }
        }
        before.push((entry, leaves));
    }
    Ok(())
}

fn check_params(leaves: &[Leaf]) -> Result<(), RouteError> {
    match leaves.iter().find(|leaf| leaf.params() > MAX_PARAMS) {
        Some(leaf) => Err(RouteError::TooManyParameters {
            route: leaf.route.to_string(),
            count: leaf.params(),
        }),
        None => Ok(()),
    }
}

fn check_conflict(existing: &Leaf, new: &Leaf) -> Result<(), RouteError> {
    let same_shape = existing.pattern().has_shape_of(new.pattern());
    if same_shape && existing.methods.overlaps(&new.methods) {
        return Err(RouteError::Conflict {
            new: new.route.to_string(),
            existing: existing.route.to_string(),
        });
    }
    Ok(())
}

/// Checks two entries, at least one of them a mount, and the routes behind each.
fn check_entries(
    existing: &Leaf,
    behind_existing: &[Leaf],
    new: &Leaf,
    behind_new: &[Leaf],
) -> Result<(), RouteError> {
    let are_mounts = existing.is_mount() && new.is_mount();
    // Invariant 2: entries of one shape conflict, unless both are transparent mounts.
    if !are_mounts || is_opaque(behind_existing) || is_opaque(behind_new) {
        check_conflict(existing, new)?;
    }
    for one in behind_existing {
        for other in behind_new {
            check_conflict(one, other)?;
        }
    }
    // Invariant 3.
    if existing.pattern().precedes(new.pattern()) {
        check_reached(behind_new, behind_existing)
    } else {
        check_reached(behind_existing, behind_new)
    }
}

/// Returns `true` if the routes behind an entry are unknown: the mount stands for itself.
fn is_opaque(behind: &[Leaf]) -> bool {
    behind.iter().any(Leaf::is_mount)
}

/// Checks that no route of `first` covers one of `leaves`, which are found later.
fn check_reached(leaves: &[Leaf], first: &[Leaf]) -> Result<(), RouteError> {
    for leaf in leaves {
        let is_cover =
            |by: &&Leaf| by.pattern().covers(leaf.pattern()) && by.methods.covers(&leaf.methods);
        if let Some(by) = first.iter().find(is_cover) {
            return Err(RouteError::Unreachable {
                route: leaf.route.to_string(),
                by: by.route.to_string(),
            });
        }
    }
    Ok(())
}

/// Returns the route that matches every path below `prefix`, so that a fallback there is never
/// called.
pub(super) fn covering_rest(router: &Router, prefix: &str, protocol: Protocol) -> Option<Route> {
    let every = MethodSet::new(protocol, &[]);
    let all = Pattern {
        template: prefix,
        is_mount: true,
    };
    let mut leaves = router.leaves().into_iter();
    let covering =
        leaves.find(|leaf| leaf.pattern().has_shape_of(all) && leaf.methods.covers(&every));
    covering.map(|leaf| leaf.route)
}
