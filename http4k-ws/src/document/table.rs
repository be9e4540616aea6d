//! The routes of an application with their descriptions, paths and schemas: what all documents are
//! made from.

use std::collections::BTreeMap;

use super::names::{Names, identifier};
use super::openapi::has_problems;
use super::path::ApiPath;
use super::problem::problem;
use super::schemas::{Direction, Schemas};
use crate::PolyHandler;
use crate::describe::{RouteDescription, SchemaOf};
use crate::routing::{Protocol, Route};

/// One route with what is known of it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) route: Route,
    pub(super) description: RouteDescription,
    pub(super) path: ApiPath,
    /// The name as an identifier. Routes of one name have the words of their paths, too.
    pub(super) id: String,
}

/// The routes in the order of the table, and the applications whose routes are unknown.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) entries: Vec<Entry>,
    /// The prefixes of applications without a table.
    pub(super) mounts: Vec<Entry>,
    pub(super) schemas: Schemas,
}

/// The place of components in both kinds of document.
pub(super) const COMPONENTS: &str = "#/components/schemas/";

impl Table {
    /// Reads all routes of `app`, for OpenAPI.
    pub(super) fn of_all(app: &PolyHandler) -> Self {
        let adds = |entry: &Entry| has_problems(entry).then(problem);
        Self::with_uses(app, |_| true, adds, uses_over_http)
    }

    /// Reads the sockets and streams of `app`, for AsyncAPI.
    pub(super) fn of_channels(app: &PolyHandler) -> Self {
        Self::of(app, Entry::is_channel, |_| None)
    }

    /// Reads all routes of `app`, for TypeScript.
    pub(super) fn of_routes(app: &PolyHandler) -> Self {
        Self::of(app, |_| true, |_| None)
    }

    /// Reads the routes that `is_listed` selects. Their types are the components, and the types
    /// that go out by `adds`.
    fn of(
        app: &PolyHandler,
        is_listed: fn(&Entry) -> bool,
        adds: fn(&Entry) -> Option<SchemaOf>,
    ) -> Self {
        Self::with_uses(app, is_listed, adds, uses)
    }

    fn with_uses(
        app: &PolyHandler,
        is_listed: fn(&Entry) -> bool,
        adds: fn(&Entry) -> Option<SchemaOf>,
        uses: fn(&Entry) -> Vec<(Direction, SchemaOf)>,
    ) -> Self {
        let routes = app.routes().into_iter().filter(Route::is_documented);
        let entries = routes.map(Entry::of).filter(is_listed);
        let is_mount = |entry: &Entry| entry.route.protocol() == Protocol::Mount;
        let (mounts, mut entries): (Vec<_>, Vec<_>) = entries.partition(is_mount);
        name(&mut entries);
        let uses = entries.iter().flat_map(|entry| {
            let added = adds(entry).map(|of| (Direction::Outgoing, of));
            uses(entry).into_iter().chain(added)
        });
        let schemas = Schemas::collected(COMPONENTS, uses);
        Self {
            entries,
            mounts,
            schemas,
        }
    }
}

impl Entry {
    fn of(route: Route) -> Self {
        let path = ApiPath::of(route.template());
        let id = match route.name() {
            "" => path.words.clone(),
            name => identifier(name),
        };
        Self {
            description: route.description(),
            path,
            id,
            route,
        }
    }

    /// Returns `true` for sockets and streams, which are channels of AsyncAPI.
    pub(super) fn is_channel(&self) -> bool {
        matches!(self.route.protocol(), Protocol::Ws | Protocol::Sse)
    }

    /// Returns the methods of HTTP; none stands for every method.
    pub(super) fn methods(&self) -> Vec<&str> {
        let methods = self.route.methods().iter().map(|method| method.as_str());
        match self.route.protocol() {
            Protocol::Http => methods.collect(),
            // A stream without a method is for GET, as an opening handshake is.
            _ if self.route.methods().is_empty() => vec!["GET"],
            _ => methods.collect(),
        }
    }
}

/// Adds the words of the path to each name that several routes of one kind have, so that the names
/// of others do not depend on the order of the table.
fn name(entries: &mut [Entry]) {
    let kind = |entry: &Entry| {
        let methods = entry.methods().join(" ");
        (entry.is_channel(), methods, entry.id.clone())
    };
    let mut counts = BTreeMap::<_, usize>::new();
    for entry in &*entries {
        *counts.entry(kind(entry)).or_default() += 1;
    }
    let mut channels = Names::default();
    for entry in entries.iter_mut() {
        if counts[&kind(entry)] > 1 && !entry.route.name().is_empty() {
            entry.id = format!("{}_{}", entry.id, entry.path.words);
        }
        if entry.is_channel() {
            entry.id = channels.unique(&entry.id);
        }
    }
}

/// Returns the schemas that OpenAPI has of a route: those of the messages of a socket are missing.
fn uses_over_http(entry: &Entry) -> Vec<(Direction, SchemaOf)> {
    let mut route = entry.description.clone();
    if entry.route.protocol() == Protocol::Ws {
        (route.receives, route.sends) = (None, None);
    }
    route.calls.clear();
    uses_of(&route)
}

/// Returns the schemas of a route, each with its direction.
fn uses(entry: &Entry) -> Vec<(Direction, SchemaOf)> {
    uses_of(&entry.description)
}

fn uses_of(route: &RouteDescription) -> Vec<(Direction, SchemaOf)> {
    let calls = route.calls.iter();
    let fields = route.fields.iter().map(|field| field.schema);
    let body = route.body.iter().map(|body| body.schema);
    let receives = route.receives.iter().map(|message| message.schema);
    let arguments = calls.clone().map(|call| call.args);
    let incoming = fields
        .chain(body)
        .chain(receives)
        .chain(arguments)
        .flatten();

    let sends = route.sends.iter().map(|message| message.schema);
    let responses = route.responses.iter().map(|response| response.schema);
    let replies = calls.map(|call| call.reply);
    let outgoing = sends.chain(responses).chain(replies).flatten();
    let incoming = incoming.map(|of| (Direction::Incoming, of));
    incoming
        .chain(outgoing.map(|of| (Direction::Outgoing, of)))
        .collect()
}
