//! OpenAPI 3.1: the routes for HTTP, with the streams and the handshakes of sockets.
//!
//! 1. Paths that match the same segments are one path item, with the names of the first route.
//! 2. Routes that respond to one method and path are one operation: a page, a stream and a socket.
//! 3. A route for every method has an operation for each usual method that no other route names.
//! 4. Methods that OpenAPI 3.1 does not have are in `x-additionalOperations` of the path item.

mod body;
mod operation;
mod replies;

use std::collections::HashMap;

use self::operation::{Operation, is_for_every_method};
pub(super) use self::replies::has_problems;
use super::document::Document;
use super::info::Info;
use super::names::Names;
use super::security;
use super::table::Table;
use super::tree::{Members, Tree};
use crate::PolyHandler;
use crate::routing::Protocol;

/// The methods that a path item has, in the order of OpenAPI.
const METHODS: &[&str] = &[
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE",
];

/// The methods that a route for every method is described with.
const USUAL: &[&str] = &["GET", "PUT", "POST", "DELETE", "PATCH"];

impl PolyHandler {
    /// Returns the OpenAPI 3.1 document of this application: paths, parameters, bodies, responses
    /// and credentials, with the schemas of all types.
    ///
    /// The summary of an operation is the first line of the route's doc comment, or its method and
    /// path, and the rest is the description. The `operationId` is the method and the name of the
    /// route. Streams and sockets are operations, too: `x-asyncapi-channel` is their channel in
    /// [`asyncapi`](Self::asyncapi). Applications without a route table are in `x-mounts`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::document::Info;
    ///
    /// fn user(id: u64) -> Option<String> {
    ///     (id == 7).then(|| "bob".to_owned())
    /// }
    ///
    /// let app = routes! {
    ///     /// One user.
    ///     GET "/users/<id>" => http(user(id)),
    /// };
    /// let document = app.openapi(&Info::new("users", "1.0")).to_value();
    /// let operation = &document["paths"]["/users/{id}"]["get"];
    /// assert_eq!(operation["operationId"], "get_user");
    /// assert_eq!(operation["summary"], "One user.");
    /// assert_eq!(operation["parameters"][0]["schema"]["type"], "integer");
    /// ```
    pub fn openapi(&self, info: &Info) -> Document {
        let mut table = Table::of_all(self);
        let (paths, order) = path_items(&mut table);
        let mut ids = Names::default();
        let paths: Members = order
            .into_iter()
            .zip(paths)
            .map(|(address, item)| (address, item.members(&mut ids).into()))
            .collect();
        let mounts = table.mounts.iter();
        let mounts = mounts.map(|mount| Tree::from(mount.path.address.as_str()));
        let components = table.schemas.components().iter();
        let components =
            components.map(|(name, schema)| (name.clone(), Tree::schema(schema.clone())));
        let schemes = table.schemes("apiKey");
        let components = Members::new()
            .with_members("schemas", components.collect())
            .with_members("securitySchemes", schemes);
        Document::new(
            Members::new()
                .with("openapi", "3.1.0")
                .with("info", info.members(true))
                .with("servers", info.http_servers())
                .with("security", Tree::List(Vec::new()))
                .with("paths", paths)
                .with_members("components", components)
                .with_list("x-mounts", mounts.collect()),
        )
    }
}

/// The operations of one path, by method, and those methods that a route names.
#[derive(Debug, Default)]
struct PathItem {
    params: Vec<String>,
    operations: Vec<(String, Operation)>,
    named: Vec<String>,
}

/// Returns the path items in the order of the table, and their addresses.
fn path_items(table: &mut Table) -> (Vec<PathItem>, Vec<String>) {
    let (mut items, mut order): (Vec<PathItem>, Vec<String>) = (Vec::new(), Vec::new());
    let mut places = HashMap::new();
    for entry in &table.entries {
        let place = *places.entry(entry.path.shape.clone()).or_insert_with(|| {
            order.push(entry.path.address.clone());
            items.push(PathItem {
                params: entry.path.params.clone(),
                ..PathItem::default()
            });
            items.len() - 1
        });
        if entry.route.protocol() == Protocol::Http {
            let methods = entry.methods().into_iter().map(str::to_owned);
            items[place].named.extend(methods);
        }
    }
    for entry in &table.entries {
        let item = &mut items[places[&entry.path.shape]];
        let methods = if is_for_every_method(entry) {
            let usual = USUAL.iter().copied();
            let is_free = |method: &&str| !item.named.iter().any(|named| named == method);
            usual.filter(is_free).collect()
        } else {
            entry.methods()
        };
        for method in methods {
            item.add(method, Operation::of(entry, method, &mut table.schemas));
        }
    }
    (items, order)
}

impl PathItem {
    fn add(&mut self, method: &str, mut operation: Operation) {
        operation.rename(&self.params);
        match self
            .operations
            .iter_mut()
            .find(|(known, _)| known == method)
        {
            Some((_, known)) => known.merge(operation),
            None => self.operations.push((method.to_owned(), operation)),
        }
    }

    /// Returns the path item object of OpenAPI, in which methods have a fixed order.
    fn members(mut self, ids: &mut Names) -> Members {
        let rank = |method: &str| METHODS.iter().position(|known| *known == method);
        self.operations
            .sort_by_key(|(method, _)| rank(method).unwrap_or(METHODS.len()));
        let (mut item, mut additional) = (Members::new(), Members::new());
        for (method, operation) in self.operations {
            let operation = operation.members(ids);
            match rank(&method) {
                Some(_) => item.push(method.to_lowercase(), operation),
                None => additional.push(method, operation),
            }
        }
        item.with_members("x-additionalOperations", additional)
    }
}

impl Table {
    /// Returns the components of all credentials, by their names.
    pub(super) fn schemes(&self, kind_of_key: &str) -> Members {
        let schemes = self
            .entries
            .iter()
            .flat_map(|entry| &entry.description.security);
        let mut schemes: Vec<_> = schemes
            .filter_map(|scheme| Some((security::name(scheme)?, scheme)))
            .collect();
        schemes.sort_by(|(a, _), (b, _)| a.cmp(b));
        schemes.dedup_by(|(a, _), (b, _)| a == b);
        schemes
            .into_iter()
            .map(|(name, scheme)| (name, security::component(scheme, kind_of_key).into()))
            .collect()
    }
}
