//! The channel of a socket or a stream, and its operations.

use serde_json::{Value, json};

use super::super::parameters::{Parameter, object_of, parameters};
use super::super::schemas::{Direction, Schemas};
use super::super::security;
use super::super::table::Entry;
use super::super::tree::{Members, Tree};
use super::draft7::draft7;
use super::messages::Messages;
use crate::lens::Location;
use crate::routing::Protocol;

/// A channel with its operations.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) members: Members,
    pub(super) operations: Vec<(String, Members)>,
}

/// The statuses that a socket of this library is closed with, unless the application closes it with
/// another.
const CLOSE: &[(u16, &str)] = &[
    (1000, "The conversation has ended."),
    (1001, "The server is stopping."),
    (1007, "A message is not of the described type."),
    (
        1008,
        "The client broke a rule of the server, or its credentials have expired.",
    ),
    (1009, "A message is too large."),
    (1011, "The server has failed."),
    (
        1013,
        "The server is too busy, or the client reads too slowly.",
    ),
];

impl Channel {
    /// Describes `entry`. `servers` are the names of the servers with its protocol.
    pub(super) fn of(
        entry: &Entry,
        servers: Vec<Tree>,
        messages: &mut Messages,
        schemas: &mut Schemas,
    ) -> Self {
        let route = &entry.description;
        let is_socket = entry.route.protocol() == Protocol::Ws;
        let parameters = parameters(entry, schemas);
        let head = Head::of(&parameters, &route.subprotocols);

        let directions = [
            ("receive", Direction::Incoming, &route.receives),
            ("send", Direction::Outgoing, &route.sends),
        ];
        let (mut refs, mut operations) = (Members::new(), Vec::new());
        for (action, direction, message) in directions {
            let Some(message) = message else { continue };
            let name = messages.add(message, direction, schemas);
            if refs.get_mut(&name).is_none() {
                refs.push(
                    name.clone(),
                    reference(&format!("#/components/messages/{name}")),
                );
            }
            let binding = (!is_socket).then(|| head.over_http(entry));
            let operation = operation(entry, action, &name, binding);
            operations.push((format!("{action}_{}", entry.id), operation));
        }

        let params = parameters.iter().filter(|p| p.location == Location::Path);
        let binding = is_socket.then(|| Members::new().with("ws", head.over_ws()));
        let members = Members::new()
            .with("address", entry.path.address.as_str())
            .with_docs(entry.route.docs())
            .with_list("servers", servers)
            .with_members("parameters", params.map(parameter).collect())
            .with_members("messages", refs)
            .with_some("bindings", binding)
            .with_some(
                "x-cookies",
                object_of(&parameters, Location::Cookie).map(|o| Tree::schema(draft7(o))),
            )
            .with_list("x-security", security::others(&route.security))
            .with_some("x-max-message", route.max_message)
            .with_list("x-close", close_statuses(is_socket))
            .with_list("x-calls", calls(entry, schemas));
        Self {
            members,
            operations,
        }
    }
}

/// Returns the statuses that a channel is closed with. A stream has none.
fn close_statuses(is_socket: bool) -> Vec<Tree> {
    let statuses = if is_socket { CLOSE } else { &[] };
    let statuses = statuses.iter().map(|(code, description)| {
        let status = Members::new().with("code", *code);
        status.with("description", *description).into()
    });
    statuses.collect()
}

/// The query and the header fields of a request, as schemas.
struct Head {
    query: Option<Value>,
    headers: Option<Value>,
}

impl Head {
    fn of(parameters: &[Parameter], subprotocols: &[String]) -> Self {
        let mut headers = object_of(parameters, Location::Header);
        if !subprotocols.is_empty() {
            let headers =
                headers.get_or_insert_with(|| json!({ "type": "object", "properties": {} }));
            headers["properties"]["Sec-WebSocket-Protocol"] =
                json!({ "type": "string", "enum": subprotocols });
        }
        Self {
            query: object_of(parameters, Location::Query).map(draft7),
            headers: headers.map(draft7),
        }
    }

    /// Returns the binding of a socket.
    fn over_ws(&self) -> Members {
        Members::new()
            .with("method", "GET")
            .with_some("query", self.query.clone().map(Tree::schema))
            .with_some("headers", self.headers.clone().map(Tree::schema))
            .with("bindingVersion", "0.1.0")
    }

    /// Returns the binding of a stream. Its header fields have no place in the specification.
    fn over_http(&self, entry: &Entry) -> Members {
        let method = entry.methods().into_iter().next().unwrap_or("GET");
        Members::new()
            .with("method", method)
            .with_some("query", self.query.clone().map(Tree::schema))
            .with("bindingVersion", "0.3.0")
            .with_some("x-headers", self.headers.clone().map(Tree::schema))
    }
}

fn reference(to: &str) -> Members {
    Members::new().with("$ref", to)
}

fn operation(entry: &Entry, action: &str, message: &str, binding: Option<Members>) -> Members {
    let id = &entry.id;
    let security = entry.description.security.iter().filter_map(security::name);
    let security = security
        .map(|name| reference(&format!("#/components/securitySchemes/{name}")).into())
        .collect();
    let message = reference(&format!("#/channels/{id}/messages/{message}"));
    Members::new()
        .with("action", action)
        .with("channel", reference(&format!("#/channels/{id}")))
        .with_list("security", security)
        .with_some(
            "bindings",
            binding.map(|http| Members::new().with("http", http)),
        )
        .with("messages", vec![Tree::from(message)])
}

/// Returns a parameter of the path. In AsyncAPI it is always a text, so `x-schema` has its type.
fn parameter(parameter: &Parameter) -> (String, Tree) {
    let schema = &parameter.schema;
    let values = schema.get("enum").cloned().map(Tree::from);
    let is_any_text = *schema == json!({ "type": "string" });
    let schema = (!is_any_text && values.is_none()).then(|| Tree::schema(schema.clone()));
    let members = Members::new()
        .with_text("description", &parameter.description)
        .with_some("enum", values)
        .with_some("x-schema", schema);
    (parameter.name.clone(), members.into())
}

/// Returns the calls over the socket, with the schemas of their arguments and replies.
fn calls(entry: &Entry, schemas: &mut Schemas) -> Vec<Tree> {
    let calls = entry.description.calls.iter().map(|call| {
        let args = call
            .args
            .map(|of| draft7(schemas.schema(Direction::Incoming, of)));
        let reply = call
            .reply
            .map(|of| draft7(schemas.schema(Direction::Outgoing, of)));
        let reply_name = if call.is_stream { "items" } else { "reply" };
        let call = Members::new()
            .with("name", call.name)
            .with_docs(call.docs)
            .with_some("args", args.map(Tree::schema))
            .with_some(reply_name, reply.map(Tree::schema));
        Tree::from(call)
    });
    calls.collect()
}
