//! One operation: the routes that respond to requests of one method and path.

use serde_json::json;

use super::super::docs;
use super::super::names::{Names, identifier};
use super::super::parameters::{Parameter, parameters};
use super::super::schemas::Schemas;
use super::super::security;
use super::super::table::Entry;
use super::super::tree::{Members, Tree};
use super::body::{RequestBody, request_body};
use super::replies::{Replies, replies};
use crate::lens::Location;
use crate::routing::Protocol;

/// The facts of an operation. A page, a stream and a socket on one path are one operation.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    id: String,
    summary: String,
    description: String,
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    replies: Replies,
    /// The credentials of each route. A request has all of one list.
    security: Vec<Vec<String>>,
    others: Vec<Tree>,
    max_body: Option<u64>,
    /// The channel of a socket or a stream.
    channel: Option<String>,
    routes: Vec<String>,
}

impl Operation {
    /// Describes `entry` for the method `method`.
    pub(super) fn of(entry: &Entry, method: &str, schemas: &mut Schemas) -> Self {
        let route = &entry.description;
        let (summary, description) = docs::split(entry.route.docs());
        let summary = match summary {
            "" => format!("{method} {}", entry.path.address),
            summary => summary.to_owned(),
        };
        let mut body = request_body(route, schemas);
        if let ("GET" | "HEAD" | "DELETE" | "TRACE", Some(body)) = (method, &mut body) {
            // The body of such a request has no meaning of its own (RFC 9110 §9.3.1).
            body.optional();
        }
        let names = route.security.iter().filter_map(security::name);
        let mut names: Vec<_> = names.collect();
        names.sort();
        names.dedup();
        Self {
            id: format!("{}_{}", identifier(&method.to_lowercase()), entry.id),
            summary,
            description: description.to_owned(),
            parameters: parameters(entry, schemas),
            body,
            replies: replies(entry, schemas),
            security: vec![names],
            others: security::others(&route.security),
            max_body: route.max_body,
            channel: entry.is_channel().then(|| entry.id.clone()),
            routes: vec![format!(
                "{} {}",
                entry.route.protocol(),
                entry.route.template()
            )],
        }
    }

    /// Renames the parameters of the path, in their order.
    pub(super) fn rename(&mut self, names: &[String]) {
        let params = self.parameters.iter_mut();
        let params = params.filter(|param| param.location == Location::Path);
        for (param, name) in params.zip(names) {
            param.name.clone_from(name);
        }
    }

    /// Adds another route, which responds to some requests of the same method and path.
    pub(super) fn merge(&mut self, other: Self) {
        for known in &mut self.parameters {
            known.is_required &= other
                .parameters
                .iter()
                .any(|new| new.is_like(known) && new.is_required);
        }
        for mut parameter in other.parameters {
            match self
                .parameters
                .iter_mut()
                .find(|known| known.is_like(&parameter))
            {
                Some(known) if known.schema != parameter.schema => {
                    known.schema = json!({ "anyOf": [known.schema, parameter.schema] });
                }
                Some(_) => {}
                None => {
                    parameter.is_required = false;
                    self.parameters.push(parameter);
                }
            }
        }
        match (&mut self.body, other.body) {
            (Some(body), Some(other)) => body.merge(other),
            (Some(body), None) => body.optional(),
            (none, other) => {
                *none = other;
                none.iter_mut().for_each(RequestBody::optional);
            }
        }
        for (status, reply) in other.replies {
            self.replies.entry(status).or_default().merge(reply);
        }
        for names in other.security {
            if !self.security.contains(&names) {
                self.security.push(names);
            }
        }
        self.others.extend(other.others);
        self.max_body = self.max_body.max(other.max_body);
        self.channel = self.channel.take().or(other.channel);
        self.routes.extend(other.routes);
    }

    /// Returns the operation object of OpenAPI, with an id that no other operation has.
    pub(super) fn members(self, ids: &mut Names) -> Members {
        let parameters = self
            .parameters
            .iter()
            .map(|parameter| parameter.members().into());
        let parameters: Vec<Tree> = parameters.collect();
        let replies = self.replies.into_iter();
        let replies = replies.map(|(status, reply)| {
            let members = reply.members(&status);
            (status, Tree::from(members))
        });
        let is_public = self.security.iter().all(Vec::is_empty);
        let security = self.security.into_iter().map(|names| {
            let names = names.into_iter().map(|name| (name, Tree::List(Vec::new())));
            Tree::Object(names.collect())
        });
        let security = if is_public {
            Vec::new()
        } else {
            security.collect()
        };
        let routes = self.routes.into_iter().map(Tree::from).collect::<Vec<_>>();
        let routes = if routes.len() > 1 { routes } else { Vec::new() };
        Members::new()
            .with("operationId", ids.unique(&self.id))
            .with("summary", self.summary)
            .with_text("description", &self.description)
            .with_list("parameters", parameters)
            .with_some("requestBody", self.body.map(RequestBody::members))
            .with("responses", replies.collect::<Members>())
            .with_list("security", security)
            .with_list("x-security", self.others)
            .with_some("x-max-body", self.max_body)
            .with_some("x-asyncapi-channel", self.channel)
            .with_list("x-routes", routes)
    }
}

/// Returns `true` for a route that leaves a method to routes that name it.
pub(super) fn is_for_every_method(entry: &Entry) -> bool {
    entry.route.protocol() == Protocol::Http && entry.methods().is_empty()
}
