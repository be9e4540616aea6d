//! Every route that a router leads to, including those of mounted applications.

use http4k_ws_grammar::{Kind, Pattern, pieces};

use super::method_set::MethodSet;
use super::route::{Route, RouteTable};
use super::router::Router;
use super::table::Protocol;
use crate::handler::PolyHandler;

/// One route as seen from a router.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// The route with its complete template.
    pub(super) route: Route,
    pub(super) methods: MethodSet,
    /// The index in this router's table, then in that of the application mounted there, and so on.
    pub(super) indexes: Vec<usize>,
}

impl Leaf {
    fn new(route: Route, index: usize) -> Self {
        Self {
            methods: route.method_set(),
            route,
            indexes: vec![index],
        }
    }

    /// Returns the same route as seen from the router whose table has `mount`.
    fn under(mut self, mount: &Self) -> Self {
        self.route = self.route.in_mount(&mount.route);
        self.indexes.splice(0..0, mount.indexes.iter().copied());
        self
    }

    /// Returns the paths of this route.
    pub(super) fn pattern(&self) -> Pattern<'_> {
        self.route.pattern()
    }

    /// Returns `true` for a mount, and for the only leaf of an application without known routes.
    pub(super) fn is_mount(&self) -> bool {
        self.route.protocol == Protocol::Mount
    }

    /// Returns the number of parameters in the path.
    pub(super) fn params(&self) -> usize {
        let pieces = pieces(&self.route.template);
        pieces.filter(|piece| piece.kind != Kind::Literal).count()
    }
}

impl Router {
    /// Returns the route or mount with this index, with the filters before it.
    pub(super) fn route(&self, index: usize) -> Route {
        let mut route = self.table().route(index);
        if let Some(endpoint) = self.endpoint(index) {
            route.filters.clone_from(&endpoint.filters);
            route.described.clone_from(&endpoint.described);
            route.described.own_params = self.params(index);
        }
        route
    }

    /// Returns the routes and mounts of the table itself.
    pub(super) fn entries(&self) -> Vec<Leaf> {
        let indexes = 0..self.table().len();
        indexes
            .map(|index| Leaf::new(self.route(index), index))
            .collect()
    }

    /// Returns the routes that `entry` leads to: itself, or those of the application mounted there.
    pub(super) fn behind(&self, entry: Leaf) -> Vec<Leaf> {
        match entry.indexes.first().and_then(|&index| self.mounted(index)) {
            Some(mounted) => {
                let leaves = mounted.leaves().into_iter();
                leaves.map(|leaf| leaf.under(&entry)).collect()
            }
            None => vec![entry],
        }
    }

    /// Returns every route.
    pub(super) fn leaves(&self) -> Vec<Leaf> {
        let entries = self.entries().into_iter();
        entries.flat_map(|entry| self.behind(entry)).collect()
    }
}

impl PolyHandler {
    /// Lists every route with its complete path and the filters before it.
    ///
    /// Filters that change the path of a request are not taken into account. The list is empty for
    /// an application without a route table, such as one of [`PolyHandler::new`].
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
