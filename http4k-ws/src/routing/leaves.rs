//! Every route that a router leads to, those of the applications mounted in it included.

use super::route::{Route, RouteTable};
use super::router::Router;
use super::table::{MethodSet, Protocol};
use crate::handler::PolyHandler;
use crate::message::{TemplateSegment, UriTemplate};

/// One route, seen from a router.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// With its whole template.
    pub(super) route: Route,
    pub(super) segments: Vec<TemplateSegment>,
    pub(super) methods: MethodSet,
    /// Its place in this router's table, then in that of the application mounted there, and so on.
    pub(super) way: Vec<usize>,
}

impl Leaf {
    fn new(route: Route, index: usize) -> Self {
        Self {
            segments: segments(&route.template),
            methods: route.method_set(),
            route,
            way: vec![index],
        }
    }

    /// The same route, seen from the router that has `mount` in its table.
    fn under(mut self, mount: &Self) -> Self {
        self.route = self.route.in_mount(&mount.route);
        self.segments.splice(0..0, mount.segments.iter().cloned());
        self.way.splice(0..0, mount.way.iter().copied());
        self
    }

    /// How many parameters its path has.
    pub(super) fn params(&self) -> usize {
        self.segments
            .iter()
            .filter(|segment| segment.name().is_some())
            .count()
    }

    /// Whether it takes all that is left of a path.
    pub(super) fn is_open(&self) -> bool {
        self.route.protocol == Protocol::Mount
            || matches!(self.segments.last(), Some(TemplateSegment::Rest { .. }))
    }
}

/// The segments of a template that was read before.
pub(super) fn segments(template: &str) -> Vec<TemplateSegment> {
    match UriTemplate::parse(template) {
        Ok(template) => template.segments().to_vec(),
        Err(error) => {
            log::error!("a template of the route table is refused: {error}");
            Vec::new()
        }
    }
}

impl Router {
    /// Returns the route or mount `index` of the table, with the filters before it.
    pub(super) fn route(&self, index: usize) -> Route {
        let mut route = self.table().route(index);
        if let Some(filters) = self.filters(index) {
            route.filters.clone_from(filters);
        }
        route
    }

    /// The routes of the table itself.
    pub(super) fn entries(&self) -> Vec<Leaf> {
        let indexes = 0..self.table().len();
        indexes
            .map(|index| Leaf::new(self.route(index), index))
            .collect()
    }

    /// The routes that `entry` leads to: itself, or those of what is mounted there.
    pub(super) fn behind(&self, entry: Leaf) -> Vec<Leaf> {
        match entry.way.first().and_then(|&index| self.mounted(index)) {
            Some(mounted) => {
                let leaves = mounted.leaves().into_iter();
                leaves.map(|leaf| leaf.under(&entry)).collect()
            }
            None => vec![entry],
        }
    }

    /// Every route.
    pub(super) fn leaves(&self) -> Vec<Leaf> {
        let entries = self.entries().into_iter();
        entries.flat_map(|entry| self.behind(entry)).collect()
    }
}

impl PolyHandler {
    /// Lists every route, with the prefixes that it is mounted at and the filters before it. What
    /// a filter changes in a request is not known here.
    ///
    /// Empty for an application that no routes made, such as one of [`PolyHandler::new`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::routes;
    ///
    /// fn show(id: u64) -> String {
    ///     id.to_string()
    /// }
    ///
    /// let users = routes! {
    ///     /// One user.
    ///     GET "/<id>" => http(show(id)),
    /// };
    /// let app = routes! { "/users" => mount(users) };
    ///
    /// let table = app.routes();
    /// assert_eq!((table[0].template(), table[0].name()), ("/users/<id>", "show"));
    /// assert_eq!(table.to_string(), "GET  /users/<id>  http  show  One user.\n");
    /// ```
    pub fn routes(&self) -> RouteTable {
        let leaves = Router::of(self).map(Router::leaves).unwrap_or_default();
        let routes = leaves.into_iter().map(|leaf| leaf.route.behind(self));
        RouteTable(routes.collect())
    }
}
