//! The interface `Routes`, and the table of what its types do not state at run time.

use std::collections::BTreeMap;

use http::Method;

use super::docs::comment;
use super::message::{Kind, Writer, event_kind, is_feed, offered};
use super::names::{property, quoted};
use super::types::braces;
use crate::describe::{BodyDescription, ResponseDescription, RouteDescription};
use crate::document::path::ApiPath;
use crate::document::schemas::Direction;
use crate::document::table::Entry;
use crate::lens::Location;
use crate::routing::Protocol;

/// The members of `Routes`, and of the table `wire`, in the order of the route table.
#[derive(Debug, Default)]
pub(super) struct Listing {
    sockets: Section,
    requests: Section,
    streams: Section,
}

#[derive(Debug, Default)]
struct Section {
    /// Each with its documentation.
    types: Vec<(String, String)>,
    wire: Vec<(String, String)>,
}

impl Section {
    fn add(&mut self, key: &str, docs: &str, members: &[(&str, String)], wire: &[(&str, String)]) {
        let lines: Vec<(String, String)> = members
            .iter()
            .map(|(name, text)| (String::new(), format!("{name}: {text}")))
            .collect();
        let key = quoted(key);
        let text = format!("{key}: {}", braces(&lines, 2));
        if self
            .types
            .iter()
            .any(|(_, other)| other.starts_with(&format!("{key}:")))
        {
            return;
        }
        self.types.push((comment(docs, 2), text));
        if !wire.is_empty() {
            let members: Vec<String> = wire
                .iter()
                .map(|(name, text)| format!("{name}: {text}"))
                .collect();
            self.wire.push((
                String::new(),
                format!("{key}: {{ {} }}", members.join(", ")),
            ));
        }
    }
}

/// The depth of the members of a route.
const DEPTH: usize = 3;

impl Writer<'_> {
    /// Adds a route to the listing.
    pub(super) fn route(&mut self, entry: &Entry, listing: &mut Listing) {
        match entry.route.protocol() {
            Protocol::Ws => self.socket(entry, &mut listing.sockets),
            Protocol::Sse => self.stream(entry, &mut listing.streams),
            Protocol::Http => self.requests(entry, &mut listing.requests),
            Protocol::Mount => {}
        }
    }

    fn socket(&mut self, entry: &Entry, section: &mut Section) {
        let of = &entry.description;
        let subprotocols = &of.subprotocols;
        let (sent, send) = self.message(
            Direction::Incoming,
            of.receives.as_ref(),
            subprotocols,
            DEPTH,
        );
        let (received, receive) =
            self.message(Direction::Outgoing, of.sends.as_ref(), subprotocols, DEPTH);
        let mut members = vec![
            ("params", self.head(entry, Location::Path, DEPTH)),
            ("query", self.head(entry, Location::Query, DEPTH)),
            ("send", send),
            ("receive", receive),
        ];
        let mut wire = Vec::new();
        for (name, kind) in [("send", sent), ("receive", received)] {
            if kind != Kind::Json {
                wire.push((name, quoted(kind.as_str())));
            }
        }
        if let Some(subprotocol) = offered(of) {
            wire.push(("protocols", format!("[{}]", quoted(subprotocol))));
        }
        if received == Kind::Json && of.sends.as_ref().is_some_and(is_feed) {
            members.push(("resumes", "true".into()));
            wire.push(("topic", "true".into()));
        }
        if !of.calls.is_empty() {
            members.push(("calls", self.calls(of)));
            wire.push(("calls", "true".into()));
        }
        section.add(&path(&entry.path), entry.route.docs(), &members, &wire);
    }

    /// Returns the calls of a socket, each with its arguments and its reply.
    fn calls(&mut self, of: &RouteDescription) -> String {
        let depth = DEPTH + 1;
        let mut members = Vec::new();
        for call in &of.calls {
            let args = self.value(Direction::Incoming, call.args, depth + 1);
            let reply = self.value(Direction::Outgoing, call.reply, depth + 1);
            let member = if call.is_stream { "item" } else { "reply" };
            let text = format!(
                "{}: {{ args: {args}; {member}: {reply} }}",
                property(call.name)
            );
            members.push((comment(call.docs, depth), text));
        }
        braces(&members, DEPTH)
    }

    fn stream(&mut self, entry: &Entry, section: &mut Section) {
        let of = &entry.description;
        let kind = event_kind(of.sends.as_ref());
        let data = match kind {
            Kind::Json => {
                let schema = of.sends.as_ref().and_then(|message| message.schema);
                self.value(Direction::Outgoing, schema, DEPTH)
            }
            _ => "string".into(),
        };
        let members = [
            ("params", self.head(entry, Location::Path, DEPTH)),
            ("query", self.head(entry, Location::Query, DEPTH)),
            ("data", data),
        ];
        let wire = [("data", quoted(kind.as_str()))];
        let wire = &wire[usize::from(kind == Kind::Json)..];
        section.add(&path(&entry.path), entry.route.docs(), &members, wire);
    }

    fn requests(&mut self, entry: &Entry, section: &mut Section) {
        let of = &entry.description;
        let (format, body) = self.body(entry);
        let (statuses, replies) = self.replies(&of.responses);
        let members = [
            ("params", self.head(entry, Location::Path, DEPTH)),
            ("query", self.head(entry, Location::Query, DEPTH)),
            ("headers", self.head(entry, Location::Header, DEPTH)),
            ("body", body),
            ("replies", replies),
        ];
        let mut wire = Vec::new();
        if let Some(format) = format {
            wire.push(("body", quoted(format)));
        }
        if !statuses.is_empty() {
            let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
            wire.push(("statuses", format!("[{}]", statuses.join(", "))));
        }
        let every = match format {
            Some(_) => [Method::POST],
            None => [Method::GET],
        };
        let methods = match entry.route.methods() {
            [] => &every[..],
            methods => methods,
        };
        let path = path(&entry.path);
        // A response to HEAD has no body to type.
        for method in methods.iter().filter(|method| *method != Method::HEAD) {
            section.add(
                &format!("{method} {path}"),
                entry.route.docs(),
                &members,
                &wire,
            );
        }
    }

    /// Returns the format of the body and its type.
    fn body(&mut self, entry: &Entry) -> (Option<&'static str>, String) {
        let form = self.form(entry, DEPTH);
        let Some(body) = &entry.description.body else {
            return match form {
                Some(form) => (Some("form"), form),
                None => (None, "undefined".into()),
            };
        };
        let (format, text) = match body_format(body) {
            "multipart" => ("raw", "FormData".into()),
            "form" => match (form, body.schema) {
                (Some(form), _) => ("form", form),
                (None, None) => ("form", "{ [name: string]: unknown }".into()),
                (None, schema) => ("form", self.value(Direction::Incoming, schema, DEPTH)),
            },
            "json" => ("json", self.value(Direction::Incoming, body.schema, DEPTH)),
            "text" => ("raw", "string".into()),
            _ => ("raw", "BodyInit".into()),
        };
        let text = match body.is_required {
            true => text,
            false => format!("{text} | undefined"),
        };
        (Some(format), text)
    }

    /// Returns the statuses of the replies and the type of their bodies. Without statuses, any
    /// success is a reply.
    fn replies(&mut self, responses: &[ResponseDescription]) -> (Vec<u16>, String) {
        // Each `application/problem+json` is an error of the client's type.
        let responses = responses.iter().filter(|response| !is_problem(response));
        let mut bodies: BTreeMap<u16, Vec<String>> = BTreeMap::new();
        let mut any = Vec::new();
        for response in responses {
            let body = self.reply(response);
            let bodies = match response.status.map(|status| status.as_u16()) {
                Some(status) => bodies.entry(status).or_default(),
                None => &mut any,
            };
            if !bodies.contains(&body) {
                bodies.push(body);
            }
        }
        if !any.is_empty() || bodies.is_empty() {
            any.extend(bodies.into_values().flatten());
            any.dedup();
            let text = if any.is_empty() {
                "unknown".into()
            } else {
                any.join(" | ")
            };
            return (Vec::new(), format!("{{ [status: number]: {text} }}"));
        }
        let members: Vec<(String, String)> = bodies
            .iter()
            .map(|(status, bodies)| (String::new(), format!("{status}: {}", bodies.join(" | "))))
            .collect();
        (bodies.into_keys().collect(), braces(&members, DEPTH))
    }

    fn reply(&mut self, response: &ResponseDescription) -> String {
        let Some(content_type) = response.content_types.first() else {
            return "undefined".into();
        };
        match content_type.split(';').next().unwrap_or_default().trim() {
            json if json == "application/json" || json.ends_with("+json") => {
                self.value(Direction::Outgoing, response.schema, DEPTH + 1)
            }
            text if text.starts_with("text/") => "string".into(),
            _ => "Blob".into(),
        }
    }
}

impl Listing {
    /// Returns the interface `Routes`.
    pub(super) fn interface(&self) -> String {
        let sections = [
            ("The sockets, by their paths.", "sockets", &self.sockets),
            (
                "The HTTP routes, by methods and paths.",
                "requests",
                &self.requests,
            ),
            (
                "The streams of events, by their paths.",
                "streams",
                &self.streams,
            ),
        ];
        let members: Vec<(String, String)> = sections
            .into_iter()
            .map(|(docs, name, section)| (comment(docs, 1), nested(name, &section.types, ";")))
            .collect();
        format!("export interface Routes {}\n", braces(&members, 0))
    }

    /// Returns the table `wire`.
    pub(super) fn wire(&self) -> String {
        let sections = [
            ("sockets", &self.sockets),
            ("requests", &self.requests),
            ("streams", &self.streams),
        ];
        let mut text = String::from("const wire: Wire = {\n");
        for (name, section) in sections {
            text += &format!("  {},\n", nested(name, &section.wire, ","));
        }
        text + "};\n"
    }
}

/// Returns members with their documentation in braces, each on its line.
fn nested(name: &str, members: &[(String, String)], end: &str) -> String {
    if members.is_empty() {
        return format!("{name}: {{}}");
    }
    let lines: Vec<String> = members
        .iter()
        .map(|(docs, member)| format!("{docs}    {member}{end}\n"))
        .collect();
    format!("{name}: {{\n{}  }}", lines.concat())
}

/// Returns the path with its parameters in braces: `/users/{id}`, or `/files/{path..}` with a rest.
fn path(path: &ApiPath) -> String {
    match path.address.strip_suffix('}') {
        Some(start) if path.has_rest => format!("{start}..}}"),
        _ => path.address.clone(),
    }
}

fn is_problem(response: &ResponseDescription) -> bool {
    let problem = "application/problem+json";
    let types = &response.content_types;
    !types.is_empty() && types.iter().all(|one| one.starts_with(problem))
}

/// Returns the format that a client writes a body in: JSON if it is read at all.
fn body_format(body: &BodyDescription) -> &'static str {
    let has = |format: &str| body.content_types.iter().any(|one| one.contains(format));
    match () {
        () if has("json") => "json",
        () if has("x-www-form-urlencoded") => "form",
        () if has("multipart/form-data") => "multipart",
        () if has("text/plain") => "text",
        () => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_its_parameters_in_braces() {
        for (template, expected) in [
            ("/", "/"),
            ("/users/<id>", "/users/{id}"),
            ("/a/<id: u64>/b", "/a/{id}/b"),
            ("/files/<path..>", "/files/{path..}"),
        ] {
            assert_eq!(path(&ApiPath::of(template)), expected);
        }
    }
}
