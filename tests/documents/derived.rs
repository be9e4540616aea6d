//! The descriptions of types that derive a trait.

use http4k_ws::describe::RouteDescription;
use http4k_ws::lens::{Format, Location};
use http4k_ws::prelude::*;
use http4k_ws::topics::Feed;
use http4k_ws::{FromRequest, PathParam, Sse, SseResult};
use schemars::JsonSchema;

use crate::{described, responses, text};

/// A note.
///
/// It may be long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message, JsonSchema)]
#[message(json, msgpack)]
struct Note {
    text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
struct Opaque {
    raw: String,
}

/// A message of any type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message, JsonSchema)]
struct Envelope<T> {
    content: T,
}

#[derive(Clone, Copy, Debug, PartialEq, PathParam)]
#[path_param(rename_all = "kebab-case")]
enum Sort {
    NewestFirst,
    OldestFirst,
}

#[derive(Debug, FromRequest)]
struct Search {
    /// The page, counted from 1.
    #[query(default = 1)]
    page: u32,
    #[query]
    tag: Vec<String>,
    #[header("x-key")]
    key: Option<String>,
    #[cookie]
    session: String,
}

#[derive(Debug, FromRequest)]
struct NewNote {
    #[body]
    note: Note,
}

#[derive(Debug, FromRequest)]
struct Login {
    #[form]
    name: String,
    #[form(checkbox)]
    stay: bool,
}

async fn list(sort: Sort, search: Search) -> Envelope<Note> {
    let Search {
        page,
        tag,
        key,
        session,
    } = search;
    let text = format!("{sort} {page} {tag:?} {key:?} {session}");
    Envelope {
        content: Note { text },
    }
}

async fn create(new: NewNote) -> Option<Note> {
    Some(new.note)
}

async fn login(login: Login) -> (StatusCode, Opaque) {
    let raw = format!("{} {}", login.name, login.stay);
    (StatusCode::CREATED, Opaque { raw })
}

async fn follow(_ws: WebSocket<Envelope<Note>, Feed<Note>>) {}

async fn events(sse: Sse<Note>) -> SseResult {
    sse.send(Note {
        text: String::new(),
    })
    .await?;
    Ok(())
}

fn app() -> PolyHandler {
    routes! {
        GET "/notes/<sort>" => http(list(sort, _)),
        POST "/notes" => http(create(_)),
        POST "/login" => http(login(_)),
        "/follow" => ws(follow(ws)),
        "/handler" => ws(follow),
        "/events" => sse(events(sse)),
        "/stream" => sse(events),
    }
}

fn route(template: &str) -> RouteDescription {
    described(&app(), template)
}

#[test]
fn an_enum_in_the_path_has_its_texts() {
    let param = &route("/notes/<sort>").params[0];
    assert_eq!(param.values, ["newest-first", "oldest-first"]);
    assert!(param.type_name.ends_with("::Sort"), "{}", param.type_name);
}

#[test]
fn fields_have_their_places_types_defaults_and_docs() {
    let fields = route("/notes/<sort>").fields;
    let known: Vec<_> = fields
        .iter()
        .map(|field| {
            let meta = &field.meta;
            (
                meta.location(),
                meta.name(),
                meta.is_required(),
                meta.is_multiple(),
            )
        })
        .collect();
    assert_eq!(
        known,
        [
            (Location::Query, "page", false, false),
            (Location::Query, "tag", false, true),
            (Location::Header, "x-key", false, false),
            (Location::Cookie, "session", true, false),
        ]
    );
    let page = &fields[0];
    assert_eq!(
        (page.type_name, page.default.as_deref()),
        ("u32", Some("1"))
    );
    assert_eq!(page.meta.description(), Some("The page, counted from 1."));
    assert!(text(page.schema).contains(r#""type":"integer""#));
}

#[test]
fn a_body_and_a_response_have_the_docs_and_the_schema_of_their_message() {
    let created = route("/notes");
    let body = created.body.as_ref().expect("a body");
    assert_eq!(
        body.content_types,
        ["application/json", "application/msgpack"]
    );
    assert_eq!(
        (&*body.name, body.docs),
        ("Note", "A note.\n\nIt may be long.")
    );
    assert!(body.is_required && text(body.schema).contains(r#""required":["text"]"#));
    let statuses = [(Some(200), "Note".to_owned()), (Some(404), String::new())];
    assert_eq!(responses(&created), statuses);
    assert!(text(created.responses[0].schema).contains(r#""text""#));
}

#[test]
fn a_generic_message_has_the_schema_of_its_arguments() {
    let list = route("/notes/<sort>");
    assert!(text(list.responses[0].schema).contains(r#""content""#));
    let receives = route("/follow").receives.expect("messages");
    assert!(text(receives.schema).contains(r#""content""#));
}

#[test]
fn a_form_is_a_body_of_fields() {
    let login = route("/login");
    let body = login.body.as_ref().expect("a body");
    assert_eq!(body.content_types, ["application/x-www-form-urlencoded"]);
    let fields = login.fields.iter();
    let names: Vec<_> = fields
        .map(|field| (field.meta.location(), field.meta.name()))
        .collect();
    assert_eq!(names, [(Location::Form, "name"), (Location::Form, "stay")]);
    assert_eq!(responses(&login), [(None, "Opaque".to_owned())]);
    assert!(login.responses[0].schema.is_none());
}

#[test]
fn a_feed_has_the_schema_of_its_messages() {
    for template in ["/follow", "/handler"] {
        let sends = route(template).sends.expect("messages");
        assert_eq!(&*sends.name, "Feed");
        let schema = text(sends.schema);
        assert!(
            schema.contains("caughtUp") && schema.contains("Note"),
            "{schema}"
        );
    }
}

#[test]
fn events_are_described_by_a_call_and_by_a_handler_value() {
    for template in ["/events", "/stream"] {
        let sends = route(template).sends.expect("events");
        assert_eq!((&*sends.name, sends.formats[0]), ("Note", Format::Json));
        assert!(sends.schema.is_some() && route(template).receives.is_none());
    }
}
