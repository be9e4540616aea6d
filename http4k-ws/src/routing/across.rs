//! The comparison of a route table with the tables of mounted applications, at compile time.
//!
//! The rules are those of [`http4k_ws_grammar`]. Here they are applied to tables that call each
//! other as constants, so nothing is allocated: a path through several mounts is a [`Chain`] of
//! prefixes, and a route is followed along it prefix by prefix.
//!
//! Invariants:
//!
//! 1. A mounted route is reported if a route of the router is found before the mount, matches each
//!    of its paths, and accepts one of its methods.
//! 2. A route of the router is found before the mount only if it has the shape of the mount's
//!    prefix and continues, or ends there. In all other cases it matches other paths, or is found
//!    later.
//! 3. A mount whose table is unknown counts as a route that matches everything below its prefix. A
//!    mount with a known table is replaced by the routes of that table.
//! 4. Of two mounts, only those with equal prefixes are compared here. Prefixes that differ in the
//!    names of parameters, and deeper ones, are compared when the application is built.
//! 5. Every mistake is reported once, at the mount that joins the tables.

use http4k_ws_grammar::{Reach, text_equals};

use super::report::{Chain, Report, Taking};
use super::table::{Protocol, RouteMeta};
use crate::handler::MAX_PARAMS;

/// The routes of a router as the compiler knows them.
#[derive(Debug)]
pub struct StaticTable {
    /// The routes and mounts.
    pub routes: &'static [RouteMeta],
    /// The mounts whose tables are known.
    pub mounts: &'static [Mount],
}

/// A mount and the table mounted there.
#[derive(Debug)]
pub struct Mount {
    /// Its index among the routes.
    pub route: usize,
    /// The function that is called, as in the source.
    pub function: &'static str,
    /// The table of that function.
    pub table: &'static StaticTable,
}

impl Mount {
    /// Returns the mount of `R` at the route with index `ROUTE`.
    pub const fn of<R: Mounting<ROUTE>, const ROUTE: usize>(function: &'static str) -> Self {
        Self {
            route: ROUTE,
            function,
            table: R::Mounted::TABLE,
        }
    }
}

/// A stand-in for a function that returns an application with a known table.
pub trait Tabled {
    /// The routes and mounts.
    const ROUTES: &'static [RouteMeta];
    /// The mounts whose tables are known.
    const MOUNTS: &'static [Mount] = &[];
    /// Both.
    const TABLE: &'static StaticTable = &StaticTable {
        routes: Self::ROUTES,
        mounts: Self::MOUNTS,
    };
}

/// Names the function whose table is mounted at the route with this index.
pub trait Mounting<const ROUTE: usize> {
    /// The stand-in for that function.
    type Mounted: Tabled;
}

/// A stand-in for a function without a table. Its routes are known at run time only.
#[derive(Debug)]
pub enum Unknown {}

impl Tabled for Unknown {
    const ROUTES: &'static [RouteMeta] = &[];
}

/// Fails to compile if a route behind the mount with this index is never matched.
///
/// `before` has the indices of the routes that may be found before the mount. The macro selects
/// them, because the compiler would take long to compare each route with each mount as constants.
#[track_caller]
pub const fn check_mount(table: &StaticTable, index: usize, before: &[usize]) {
    let mount = &table.mounts[index];
    let chain = mounted(table, mount, None);
    let mut report = Report::new();
    let mut i = 0;
    while i < before.len() {
        let route = &table.routes[before[i]];
        match known_mount(table, before[i]) {
            // Of two mounts at one prefix, the first one is found first.
            Some(first) => {
                if before[i] < mount.route && text_equals(route.path.template, chain.prefix) {
                    let of = mounted(table, first, None);
                    compare_all(first.table, &of, mount.table, &chain, &mut report);
                }
            }
            None => {
                let taking = Taking { route, of: None };
                let reach = route.pattern().before_mount(chain.prefix);
                compare(taking, reach, mount.table, &chain, &mut report);
            }
        }
        i += 1;
    }
    let outer = table.routes[mount.route].path.params.len();
    count_params(outer, mount.table, &chain, &mut report);
    if !report.is_empty() {
        panic!("{}", report.text());
    }
}

/// Returns the mount at route `index` if its table is known. An empty table may be that of
/// [`Unknown`].
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

/// Compares each route of `first`, which `of` mounts, with the routes of `table`, which `chain`
/// mounts at the same prefix.
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
            compare(taking, Reach::START, table, chain, report);
        }
        i += 1;
    }
}

/// Reports the routes of `table`, at any depth, whose requests go to the route of `taking`, which
/// was followed to `reach`.
const fn compare(
    taking: Taking<'_>,
    reach: Reach,
    table: &StaticTable,
    chain: &Chain<'_>,
    report: &mut Report,
) {
    // A route that differs from the prefix has no paths behind it.
    if matches!(reach, Reach::Apart) {
        return;
    }
    let pattern = taking.route.pattern();
    let mut i = 0;
    while i < table.routes.len() {
        let mounted = &table.routes[i];
        let template = mounted.path.template;
        let is_apart = matches!(mounted.protocol, Protocol::Mount)
            || pattern.is_apart_at_once(template, reach);
        if !is_apart && pattern.ends_at(pattern.follow(template, reach)) {
            report.never_matched(mounted, chain, taking);
        }
        i += 1;
    }
    let mut i = 0;
    while i < table.mounts.len() {
        let mount = &table.mounts[i];
        let inner = mounted(table, mount, Some(chain));
        let reach = pattern.follow(inner.prefix, reach);
        compare(taking, reach, mount.table, &inner, report);
        i += 1;
    }
}

/// Returns the chain of mounts that ends with `mount`, an entry of `table`.
const fn mounted<'a>(
    table: &StaticTable,
    mount: &Mount,
    outer: Option<&'a Chain<'a>>,
) -> Chain<'a> {
    Chain {
        outer,
        prefix: table.routes[mount.route].path.template,
        function: mount.function,
    }
}

/// Reports the routes that exceed the limit of parameters together with the `outer` ones of the
/// router's own prefix.
const fn count_params(outer: usize, table: &StaticTable, chain: &Chain<'_>, report: &mut Report) {
    let mut i = 0;
    while i < table.routes.len() {
        let route = &table.routes[i];
        // If the inner prefixes alone exceed the limit, the router that mounts them reports it.
        let inner = route.path.params.len() + chain.inner_params();
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
