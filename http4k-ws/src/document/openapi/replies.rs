//! The responses of an operation: those of the route, and those of the library by rule.
//!
//! | response | rule |
//! |---|---|
//! | 400 | the route reads a value that a request may lack, or a body |
//! | 401 | a filter requires credentials |
//! | 404 | a parameter of the path is not any text |
//! | 413 | the route reads a body |
//! | 415 | the route reads a body of certain Content-Types |
//! | 101, 426 | the route is a socket |

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::super::problem::{PROBLEM, problem};
use super::super::schemas::{Direction, Schemas};
use super::super::table::Entry;
use super::super::tree::{Members, Tree};
use super::super::values::accepts_every_text;
use crate::describe::{ResponseDescription, RouteDescription};
use crate::lens::{Format, Location};
use crate::routing::Protocol;

/// The responses with one status.
#[derive(Debug, Clone, Default)]
pub(super) struct Reply {
    descriptions: Vec<String>,
    /// The schemas of each Content-Type; an empty list for a body of any shape.
    content: Vec<(String, Vec<Value>)>,
    /// The schemas of the events of a stream.
    events: Vec<Value>,
    headers: Vec<(String, String)>,
}

/// The responses by status. The key `default` stands for any other status.
pub(super) type Replies = BTreeMap<String, Reply>;

impl Reply {
    fn new(description: &str) -> Self {
        Self {
            descriptions: vec![description.to_owned()],
            ..Self::default()
        }
    }

    fn with_content(mut self, content_type: &str, schema: Option<Value>) -> Self {
        let schemas = schema.into_iter().collect();
        self.content.push((content_type.to_owned(), schemas));
        self
    }

    /// Adds the descriptions, contents and header fields of `other`.
    pub(super) fn merge(&mut self, other: Self) {
        for description in other.descriptions {
            if !self.descriptions.contains(&description) {
                self.descriptions.push(description);
            }
        }
        for (content_type, schemas) in other.content {
            match self
                .content
                .iter_mut()
                .find(|(known, _)| *known == content_type)
            {
                // A body of any shape includes all others.
                Some((_, known)) if known.is_empty() || schemas.is_empty() => known.clear(),
                Some((_, known)) => add_new(known, schemas),
                None => self.content.push((content_type, schemas)),
            }
        }
        add_new(&mut self.events, other.events);
        for header in other.headers {
            if !self.headers.iter().any(|known| known.0 == header.0) {
                self.headers.push(header);
            }
        }
    }

    /// Returns the response object of OpenAPI.
    pub(super) fn members(self, status: &str) -> Members {
        let texts = self
            .descriptions
            .into_iter()
            .filter(|text| !text.is_empty());
        let description = match texts.collect::<Vec<_>>().join(" ") {
            none if none.is_empty() => reason(status).to_owned(),
            text => text,
        };
        let headers = self.headers.into_iter().map(|(name, docs)| {
            let header = Members::new().with_text("description", &docs);
            let header = header.with("schema", Tree::from(json!({ "type": "string" })));
            (name, Tree::from(header))
        });
        let events = one_of(self.events);
        let content = self.content.into_iter().map(|(content_type, schemas)| {
            let events = events.clone().filter(|_| content_type == EVENT_STREAM);
            let media = Members::new()
                .with_some("schema", one_of(schemas).map(Tree::schema))
                .with_some("x-event-schema", events.map(Tree::schema));
            (content_type, Tree::from(media))
        });
        Members::new()
            .with("description", description)
            .with_members("headers", headers.collect())
            .with_members("content", content.collect())
    }
}

const EVENT_STREAM: &str = "text/event-stream";

fn add_new(known: &mut Vec<Value>, new: Vec<Value>) {
    for value in new {
        if !known.contains(&value) {
            known.push(value);
        }
    }
}

/// Returns the schema of a value that has one of `schemas`.
fn one_of(mut schemas: Vec<Value>) -> Option<Value> {
    match schemas.len() {
        0 | 1 => schemas.pop(),
        _ => Some(json!({ "anyOf": schemas })),
    }
}

/// Returns the description of a response that has none of its own.
fn reason(status: &str) -> &'static str {
    let code: Option<StatusCode> = status.parse().ok();
    let reason = code.and_then(|status| status.canonical_reason());
    reason.unwrap_or("A response whose status is known only when it is made.")
}

/// Returns the responses of a route.
pub(super) fn replies(entry: &Entry, schemas: &mut Schemas) -> Replies {
    let route = &entry.description;
    let mut all = Replies::new();
    for response in &route.responses {
        let status = response
            .status
            .map_or("default".into(), |status| status.as_str().to_owned());
        all.entry(status)
            .or_default()
            .merge(described(response, schemas));
    }
    if entry.route.protocol() == Protocol::Sse {
        let mut events = Reply::new("A stream of events.")
            .with_content(EVENT_STREAM, Some(json!({ "type": "string" })));
        let message = route.sends.as_ref().and_then(|message| message.schema);
        events
            .events
            .extend(message.map(|of| schemas.schema(Direction::Outgoing, of)));
        all.entry("200".into()).or_default().merge(events);
    }
    for (status, description) in by_rule(entry) {
        // The route's own description is more precise.
        if !all.contains_key(status) {
            let reply = match status {
                "400" | "415" => {
                    let schema = schemas.schema(Direction::Outgoing, problem());
                    Reply::new(description).with_content(PROBLEM, Some(schema))
                }
                _ => Reply::new(description),
            };
            all.insert(status.into(), reply);
        }
    }
    let is_success = |status: &String| status.starts_with(['1', '2', '3']) || status == "default";
    if !all.keys().any(is_success) {
        all.insert("default".into(), Reply::new("The response of the handler."));
    }
    all
}

fn described(response: &ResponseDescription, schemas: &mut Schemas) -> Reply {
    let of = response.schema;
    let schema = of.map(|of| schemas.schema(Direction::Outgoing, of));
    let mut reply = Reply::new(&response.docs);
    for content_type in &response.content_types {
        let schema = schema
            .clone()
            .or_else(|| plain_schema(content_type, schemas));
        reply = reply.with_content(content_type, schema);
    }
    let headers = response.headers.iter();
    reply.headers = headers
        .map(|header| (header.name.to_string(), header.docs.to_string()))
        .collect();
    reply
}

/// Returns the schema of a body that is known by its Content-Type alone.
pub(super) fn plain_schema(content_type: &str, schemas: &mut Schemas) -> Option<Value> {
    if content_type == PROBLEM {
        return Some(schemas.schema(Direction::Outgoing, problem()));
    }
    Format::Text
        .is_content_type(content_type)
        .then(|| json!({ "type": "string" }))
}

/// Returns `true` if a document of the route contains a problem.
pub(in super::super) fn has_problems(entry: &Entry) -> bool {
    let responses = entry.description.responses.iter();
    let mut responses = responses.filter(|response| response.schema.is_none());
    responses.any(|response| response.content_types.iter().any(|name| name == PROBLEM))
        || by_rule(entry)
            .iter()
            .any(|(status, _)| ["400", "415"].contains(status))
}

/// Returns the statuses of the library's own responses, with their descriptions.
fn by_rule(entry: &Entry) -> Vec<(&'static str, &'static str)> {
    let route = &entry.description;
    let mut all = Vec::new();
    let is_socket = entry.route.protocol() == Protocol::Ws;
    if is_socket {
        all.push(("101", "The socket is open."));
    }
    if reads_a_fallible_value(route) {
        all.push(("400", "A value of the request is missing or invalid."));
    }
    if !route.security.is_empty() {
        all.push(("401", "The credentials are missing or invalid."));
    }
    let params = route.params.iter();
    if params
        .clone()
        .any(|param| !accepts_every_text(param.type_name, param.values))
    {
        all.push(("404", "A parameter of the path is not a valid value."));
    }
    if has_body(route) {
        all.push(("413", "The body is too large."));
    }
    let types = route.body.iter().flat_map(|body| &body.content_types);
    if types.clone().count() > 0 && types.clone().all(|name| name != "*/*" && !is_text(name)) {
        all.push(("415", "The Content-Type is not one that the route reads."));
    }
    if is_socket {
        all.push((
            "426",
            "The request is not an opening handshake of a WebSocket.",
        ));
    }
    all
}

fn is_text(content_type: &str) -> bool {
    Format::Text.is_content_type(content_type)
}

fn reads_a_fallible_value(route: &RouteDescription) -> bool {
    let mut fields = route.fields.iter();
    let body = route.body.iter().flat_map(|body| &body.content_types);
    let mut body = body.filter(|name| *name != "*/*");
    body.next().is_some()
        || fields.any(|field| {
            field.meta.location() != Location::Path
                && (field.meta.is_required() || !accepts_every_text(field.type_name, &[]))
        })
}

/// Returns `true` if the route reads a body, or the fields of a form.
pub(super) fn has_body(route: &RouteDescription) -> bool {
    let mut fields = route.fields.iter();
    route.body.is_some() || fields.any(|field| field.meta.location() == Location::Form)
}
