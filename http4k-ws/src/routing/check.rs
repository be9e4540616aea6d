//! What no table of routes may hold: two routes for the same requests, and a route that is never reached.
//!
//! Inside one table, two routes can only meet where their templates have the same shape, whatever their
//! parameters are called: everywhere else, the more specific one is found first, and the other has requests
//! of its own. A mount is different. Its routes are tried together, and any route of the table that goes on from
//! the mount's prefix is found before them. A mounted application without a known table takes all that is left.

use super::endpoint::Endpoints;
use super::error::RouteError;
use super::leaves::Leaf;
use super::matching::Matching;
use super::path::RawPath;
use super::route::Route;
use super::router::{RouteList, Router, Scope};
use super::table::{MethodSet, Protocol, RouteMeta};
use super::tree::{StaticWalk, Walk};
use super::unmatched::Unmatched;
use crate::handler::{MAX_PARAMS, ParamNames, PolyHandler};
use crate::message::TemplateSegment;

impl Router {
    /// What `routes!` expands to: an application of `routes`, of which `ends` has one for each.
    ///
    /// # Panics
    ///
    /// Where a mounted application and the routes around it take the same requests, naming both routes.
    #[track_caller]
    pub fn app(
        routes: &'static [RouteMeta],
        walk: fn(&RawPath<'_>, &mut Matching<'_>, usize) -> bool,
        endpoints: Endpoints,
        unmatched: impl Into<Vec<Unmatched>>,
    ) -> PolyHandler {
        match Self::try_app(routes, walk, endpoints, unmatched) {
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
        walk: StaticWalk,
        endpoints: Endpoints,
        unmatched: impl Into<Vec<Unmatched>>,
    ) -> Result<PolyHandler, RouteError> {
        let scopes = unmatched.into().into_iter().map(|unmatched| Scope {
            params: ParamNames::Static(unmatched.params),
            endpoint: unmatched.endpoint,
            fallbacks: unmatched.fallbacks.to_vec(),
        });
        let (walk, table) = (Walk::Static(walk), RouteList::Static(routes));
        let router = Self::new(table, walk, endpoints.0, scopes.collect());
        // The compiler has seen the routes written here; what is mounted, it may not have seen.
        if routes.iter().any(|route| route.protocol == Protocol::Mount) {
            mounts(&router)?;
        }
        Ok(router.into_app())
    }
}

/// Checks every route of `router` against every other.
///
/// # Errors
///
/// The first mistake, naming both routes.
pub(super) fn routes(router: &Router) -> Result<(), RouteError> {
    check(router, false)
}

/// Checks the mounted applications of `router` against each other and against its own routes, which have
/// been checked before.
///
/// # Errors
///
/// The first mistake, naming both routes.
pub(super) fn mounts(router: &Router) -> Result<(), RouteError> {
    check(router, true)
}

fn check(router: &Router, only_mounts: bool) -> Result<(), RouteError> {
    let mut before: Vec<(Leaf, Vec<Leaf>)> = Vec::new();
    for entry in router.entries() {
        let leaves = router.behind(entry.clone());
        parameters_fit(&leaves)?;
        for (other, others) in &before {
            if is_mount(&entry) || is_mount(other) {
                entries_agree(other, others, &entry, &leaves)?;
            } else if !only_mounts {
                not_the_same(other, &entry)?;
            }
        }
        before.push((entry, leaves));
    }
    Ok(())
}

fn is_mount(entry: &Leaf) -> bool {
    entry.route.protocol == Protocol::Mount
}

fn parameters_fit(leaves: &[Leaf]) -> Result<(), RouteError> {
    match leaves.iter().find(|leaf| leaf.params() > MAX_PARAMS) {
        Some(leaf) => Err(RouteError::TooManyParameters {
            route: leaf.route.to_string(),
            count: leaf.params(),
        }),
        None => Ok(()),
    }
}

fn not_the_same(existing: &Leaf, new: &Leaf) -> Result<(), RouteError> {
    if have_one_shape(existing, new) && existing.methods.overlaps(&new.methods) {
        return Err(RouteError::Conflict {
            new: new.route.to_string(),
            existing: existing.route.to_string(),
        });
    }
    Ok(())
}

/// Two entries of one table, of which one is a mount at least, each with the routes behind it.
fn entries_agree(
    existing: &Leaf,
    behind_existing: &[Leaf],
    new: &Leaf,
    behind_new: &[Leaf],
) -> Result<(), RouteError> {
    // One of the two would take everything, or nothing. Two mounts at one prefix are one table, if both are known.
    if is_closed(behind_existing) || is_closed(behind_new) || !is_mount(existing) || !is_mount(new)
    {
        not_the_same(existing, new)?;
    }
    for one in behind_existing {
        for other in behind_new {
            not_the_same(one, other)?;
        }
    }
    match precedence(existing, new) {
        Precedence::First => all_are_reached(behind_new, behind_existing),
        Precedence::Second => all_are_reached(behind_existing, behind_new),
    }
}

/// Returns `true` for an entry whose routes are not known: a mount that leads to itself.
fn is_closed(behind: &[Leaf]) -> bool {
    behind.iter().any(is_mount)
}

/// Whether each of `leaves` has requests that the routes found before it leave it.
fn all_are_reached(leaves: &[Leaf], first: &[Leaf]) -> Result<(), RouteError> {
    for leaf in leaves {
        let mut before = first.iter();
        if let Some(by) = before.find(|by| covers(by, leaf) && by.methods.covers(&leaf.methods)) {
            return Err(RouteError::Unreachable {
                route: leaf.route.to_string(),
                by: by.route.to_string(),
            });
        }
    }
    Ok(())
}

/// Which of two entries is found first, for a path that both match.
enum Precedence {
    First,
    Second,
}

fn precedence(first: &Leaf, second: &Leaf) -> Precedence {
    let mut seconds = second.segments.iter();
    for one in &first.segments {
        match seconds.next() {
            // The one that goes on is found before the one that ends here and takes what is left.
            None => return Precedence::First,
            Some(other) if rank(one) < rank(other) => return Precedence::First,
            Some(other) if rank(one) > rank(other) => return Precedence::Second,
            Some(_) => {}
        }
    }
    // A route that ends here is found before a mount, and of two mounts the first.
    if seconds.next().is_none() && is_mount(second) {
        Precedence::First
    } else {
        Precedence::Second
    }
}

fn rank(segment: &TemplateSegment) -> u8 {
    match segment {
        TemplateSegment::Literal(_) => 0,
        TemplateSegment::Parameter { .. } => 1,
        TemplateSegment::Rest { .. } => 2,
    }
}

/// Whether both match the same paths: parameters by their place, a mount like a rest.
fn have_one_shape(one: &Leaf, other: &Leaf) -> bool {
    let (first, second) = (closed(one), closed(other));
    one.is_open() == other.is_open()
        && first.len() == second.len()
        && first
            .iter()
            .zip(second)
            .all(|(one, other)| is_alike(one, other))
}

fn is_alike(one: &TemplateSegment, other: &TemplateSegment) -> bool {
    match (one, other) {
        (TemplateSegment::Literal(one), TemplateSegment::Literal(other)) => one == other,
        (TemplateSegment::Parameter { .. }, TemplateSegment::Parameter { .. }) => true,
        _ => false,
    }
}

/// Whether `one` matches every path that `other` matches.
fn covers(one: &Leaf, other: &Leaf) -> bool {
    let (first, second) = (closed(one), closed(other));
    let ends = if one.is_open() {
        first.len() <= second.len()
    } else {
        first.len() == second.len() && !other.is_open()
    };
    ends && first.iter().zip(second).all(|pair| match pair {
        (TemplateSegment::Literal(one), TemplateSegment::Literal(other)) => one == other,
        (TemplateSegment::Parameter { .. }, _) => true,
        _ => false,
    })
}

/// The segments without the rest.
fn closed(leaf: &Leaf) -> &[TemplateSegment] {
    match leaf.segments.split_last() {
        Some((TemplateSegment::Rest { .. }, prefix)) => prefix,
        _ => &leaf.segments,
    }
}

/// The route that takes every path under `prefix`, so that nothing is left for a fallback.
pub(super) fn takes_all(
    router: &Router,
    prefix: &[TemplateSegment],
    protocol: Protocol,
) -> Option<Route> {
    let every = MethodSet::new(protocol, &[]);
    let entries = router.leaves().into_iter();
    let mut all = entries.filter(|entry| {
        entry.is_open() && closed(entry).len() == prefix.len() && entry.methods.covers(&every)
    });
    let taken = all.find(|entry| {
        let pairs = closed(entry).iter().zip(prefix);
        pairs.into_iter().all(|(one, other)| is_alike(one, other))
    });
    taken.map(|entry| entry.route)
}
