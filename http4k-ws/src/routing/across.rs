//! A router's table against the tables of what it mounts, compared by the compiler.
//!
//! A mounted application has what no better route of the router takes: all that goes on behind its prefix, except
//! along a route that goes before the mount by the rules of [`matching`](super::matching). So a mounted route is
//! never found if such a route of the router covers its whole path, or a mount whose table is not known. Of two
//! mounts at one prefix, the routes of the second are compared with those of the first. What is mounted deeper, or
//! at prefixes that only differ in the names of parameters, is compared when the application is built.

use super::report::{Chain, Report, Taking};
use super::table::{Protocol, RouteMeta};
use super::template::{Kind, equal, next, same};
use crate::handler::MAX_PARAMS;

/// What the compiler knows of a router.
#[derive(Debug)]
pub struct StaticTable {
    /// The routes and mounts.
    pub routes: &'static [RouteMeta],
    /// The mounts whose tables are known.
    pub mounts: &'static [Mount],
}

/// One mount, and what is mounted there.
#[derive(Debug)]
pub struct Mount {
    /// Its index among the routes.
    pub route: usize,
    /// The function that was called, as it was written.
    pub function: &'static str,
    /// The table of that function.
    pub table: &'static StaticTable,
}

impl Mount {
    /// What `R` mounts at its route `ROUTE`: the application that `function` makes.
    pub const fn of<R: Mounting<ROUTE>, const ROUTE: usize>(function: &'static str) -> Self {
        Self {
            route: ROUTE,
            function,
            table: R::Mounted::TABLE,
        }
    }
}

/// Stands for a function that has a table.
pub trait Tabled {
    /// Its routes and mounts.
    const ROUTES: &'static [RouteMeta];
    /// Its mounts whose tables are known.
    const MOUNTS: &'static [Mount] = &[];
    /// Both.
    const TABLE: &'static StaticTable = &StaticTable {
        routes: Self::ROUTES,
        mounts: Self::MOUNTS,
    };
}

/// Says which function's table is mounted at the route with this index.
pub trait Mounting<const ROUTE: usize> {
    /// What stands for it.
    type Mounted: Tabled;
}

/// Stands for a function that has no table: what it answers is known when the program runs.
#[derive(Debug)]
pub enum Unknown {}

impl Tabled for Unknown {
    const ROUTES: &'static [RouteMeta] = &[];
}

/// Fails to compile where a route behind the mount with this index is never matched.
#[track_caller]
pub const fn check_mount(table: &StaticTable, index: usize) {
    let mount = &table.mounts[index];
    let chain = mounted(table, mount, None);
    let mut report = Report::new();
    let mut i = 0;
    while i < table.routes.len() {
        let route = &table.routes[i];
        match known_mount(table, i) {
            Some(first) => {
                if i < mount.route && equal(route.template, chain.prefix) {
                    let of = mounted(table, first, None);
                    compare_all(first.table, &of, mount.table, &chain, &mut report);
                }
            }
            None => {
                if let Reach::To(at) = before(route, chain.prefix) {
                    let taking = Taking { route, of: None };
                    compare(taking, Reach::To(at), mount.table, &chain, &mut report);
                }
            }
        }
        i += 1;
    }
    let outer = table.routes[mount.route].params.len();
    count_params(outer, mount.table, &chain, &mut report);
    if !report.is_empty() {
        panic!("{}", report.text());
    }
}

/// The mount at route `index`, if its table is known. One without routes may stand for any.
const fn known_mount(table: &StaticTable, index: usize) -> Option<&Mount> {
    let mut i = 0;
    while i < table.mounts.len() {
        let mount = &table.mounts[i];
        if mount.route == index && !mount.table.routes.is_empty() {
            return Some(mount);
        }
        i += 1;
    }
    None
}

/// Reports the routes of `table` that those of `first`, which `of` mounts at the same prefix, leave
/// no request.
const fn compare_all(
    first: &StaticTable,
    of: &Chain<'_>,
    table: &StaticTable,
    chain: &Chain<'_>,
    report: &mut Report,
) {
    let mut i = 0;
    while i < first.routes.len() {
        if known_mount(first, i).is_none() {
            let taking = Taking {
                route: &first.routes[i],
                of: Some(of),
            };
            compare(taking, Reach::To(0), table, chain, report);
        }
        i += 1;
    }
}

/// How far along a path a route covers it.
#[derive(Clone, Copy)]
enum Reach {
    /// Not every request for the path is one for the route.
    Apart,
    /// The route takes all that is left.
    All,
    /// Up to here in the route's template.
    To(usize),
}

/// How far `route` goes along `prefix`, if it is asked before what is mounted there.
const fn before(route: &RouteMeta, prefix: &str) -> Reach {
    let (mut at, mut done) = (0, 0);
    while let Some(step) = next(prefix, done) {
        match next(route.template, at) {
            Some(piece) if same(route.template, &piece, prefix, &step) => at = piece.end,
            // A literal goes before a parameter, and what is deeper before what takes the rest.
            _ => return Reach::Apart,
        }
        done = step.end;
    }
    match next(route.template, at) {
        // The mount itself; the macro refuses a second one, and a rest, at the same place.
        None if matches!(route.protocol, Protocol::Mount) => Reach::Apart,
        Some(piece) if matches!(piece.kind, Kind::Rest) => Reach::Apart,
        _ => Reach::To(at),
    }
}

/// How far `route` covers `path`, of which what comes before is covered up to `reach`.
const fn covers(route: &RouteMeta, reach: Reach, path: &str) -> Reach {
    let Reach::To(mut at) = reach else {
        return reach;
    };
    let mut done = 0;
    loop {
        let step = next(path, done);
        let Some(piece) = next(route.template, at) else {
            return match (route.protocol, step) {
                (Protocol::Mount, _) => Reach::All,
                (_, None) => Reach::To(at),
                _ => Reach::Apart,
            };
        };
        let Some(step) = step else {
            return Reach::To(at);
        };
        match (piece.kind, step.kind) {
            (Kind::Rest, _) => return Reach::All,
            (_, Kind::Rest) | (Kind::Literal, Kind::Param) => return Reach::Apart,
            (Kind::Literal, _) if !same(route.template, &piece, path, &step) => {
                return Reach::Apart;
            }
            _ => (at, done) = (piece.end, step.end),
        }
    }
}

/// Whether `route`, which covers `path` up to `reach`, ends there too.
const fn ends(route: &RouteMeta, reach: Reach) -> bool {
    match reach {
        Reach::Apart => false,
        Reach::All => true,
        Reach::To(at) => match next(route.template, at) {
            None => true,
            Some(piece) => matches!(piece.kind, Kind::Rest),
        },
    }
}

/// Reports the routes of `table`, at any depth, that the route of `taking` leaves no request.
const fn compare(
    taking: Taking<'_>,
    reach: Reach,
    table: &StaticTable,
    chain: &Chain<'_>,
    report: &mut Report,
) {
    let route = taking.route;
    let mut i = 0;
    while i < table.routes.len() {
        let mounted = &table.routes[i];
        let is_mount = matches!(mounted.protocol, Protocol::Mount);
        if !is_mount && ends(route, covers(route, reach, mounted.template)) {
            report.never_asked(mounted, chain, taking);
        }
        i += 1;
    }
    let mut i = 0;
    while i < table.mounts.len() {
        let mount = &table.mounts[i];
        let inner = mounted(table, mount, Some(chain));
        let reach = covers(route, reach, inner.prefix);
        if !matches!(reach, Reach::Apart) {
            compare(taking, reach, mount.table, &inner, report);
        }
        i += 1;
    }
}

/// The chain of mounts down to `mount`, which `table` has.
const fn mounted<'a>(
    table: &StaticTable,
    mount: &Mount,
    outer: Option<&'a Chain<'a>>,
) -> Chain<'a> {
    Chain {
        outer,
        prefix: table.routes[mount.route].template,
        function: mount.function,
    }
}

/// Reports the routes that have too many parameters with the `outer` ones of the prefixes before them.
const fn count_params(outer: usize, table: &StaticTable, chain: &Chain<'_>, report: &mut Report) {
    let mut i = 0;
    while i < table.routes.len() {
        let route = &table.routes[i];
        // Where the inner prefixes alone bring too many, that is told where they are mounted.
        let inner = route.params.len() + chain.inner_params();
        if outer + inner > MAX_PARAMS && inner <= MAX_PARAMS {
            report.too_many_params(route, chain, outer + inner);
        }
        i += 1;
    }
    let mut i = 0;
    while i < table.mounts.len() {
        let mount = &table.mounts[i];
        let inner = mounted(table, mount, Some(chain));
        count_params(outer, mount.table, &inner, report);
        i += 1;
    }
}
