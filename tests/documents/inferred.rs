//! The types that `routes!` infers from a route's function.

use http4k_ws::describe::RouteDescription;
use http4k_ws::lens::json::Json;
use http4k_ws::prelude::*;
use schemars::JsonSchema;

use crate::{described, responses, text};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct User {
    id: u64,
    name: String,
}

/// A type without a schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Opaque {
    raw: String,
}

#[derive(Clone)]
struct Config {
    title: String,
}

#[derive(Clone, Default)]
struct Hub;

impl Hub {
    async fn join(self, mut ws: WebSocket<Json<User>, Json<Opaque>>, room: String) -> WsResult {
        while let Some(Json(user)) = ws.recv().await? {
            ws.send(Json(Opaque {
                raw: format!("{room} {}", user.name),
            }))
            .await?;
        }
        Ok(())
    }

    fn count(&self, room: String) -> Json<usize> {
        Json(room.len())
    }
}

/// A response that borrows what it shows.
fn title(config: &Config) -> Json<&str> {
    Json(&config.title)
}

/// A response of a hidden type, which borrows from its argument and is invariant in its lifetime.
fn opaque(name: &str) -> impl IntoResponse {
    name.to_owned()
}

async fn greeting(name: &str) -> Json<User> {
    Json(User {
        id: 1,
        name: name.to_owned(),
    })
}

async fn show(id: u64, config: &Config) -> Option<Json<User>> {
    let name = config.title.clone();
    (id > 0).then_some(Json(User { id, name }))
}

async fn create(Json(user): Json<User>) -> Result<Json<User>, Json<Opaque>> {
    Ok(Json(user))
}

fn store(body: Option<Json<Opaque>>) -> StatusCode {
    body.map_or(StatusCode::OK, |_| StatusCode::CREATED)
}

async fn search(query: Query<User>, req: Request) -> Response {
    (query.0.name, req).0.into_response()
}

fn own(ws: WebSocket<String, Json<User>>, id: u8) {
    let _ = (ws, id);
}

routes! {
    fn app(hub: Hub, config: Config) -> PolyHandler {
        "/rooms/<room>" => ws(hub.join(ws, room)),
        "/own/<id>" => ws(own(ws, id)),
        GET "/count/<room>" => http(hub.count(room)),
        GET "/title" => http(title(&config)),
        GET "/opaque/<name>" => http(opaque(&name)),
        GET "/greeting/<name>" => http(greeting(&name)),
        GET "/users/<id>" => http(show(id, &config)),
        POST "/users" => http(create(_)),
        POST "/store" => http(store(_)),
        GET "/search/<_kind>" => http(search(_, req)),
        GET "/echo/<text>" => http(|text: String| async move { text }),
        GET "/numbers/<n: u32>" => http(|n| format!("{n}")),
        "/api/<team: u16>" => {
            GET "/hello" => http(|| "hi"),
            GET "/members/<id: i64>" => http(|team, id| format!("{team} {id}")),
        },
    }
}

fn route(template: &str) -> RouteDescription {
    let config = Config {
        title: "tea".to_owned(),
    };
    described(&app(Hub, config), template)
}

fn types(route: &RouteDescription) -> Vec<(&str, &str)> {
    let params = route.params.iter();
    params
        .map(|param| (param.name.as_ref(), param.type_name))
        .collect()
}

#[test]
fn parameters_have_the_types_of_arguments() {
    assert_eq!(types(&route("/users/<id>")), [("id", "u64")]);
    assert_eq!(types(&route("/own/<id>")), [("id", "u8")]);
    assert_eq!(types(&route("/numbers/<n>")), [("n", "u32")]);
    assert_eq!(
        types(&route("/rooms/<room>")),
        [("room", "alloc::string::String")]
    );
    assert_eq!(
        types(&route("/greeting/<name>")),
        [("name", "alloc::string::String")]
    );
    let in_block = route("/api/<team>/members/<id>");
    assert_eq!(types(&in_block), [("team", "u16"), ("id", "i64")]);
}

#[test]
fn a_parameter_that_no_argument_reads_is_text() {
    assert_eq!(types(&route("/search/<_kind>")), [("_kind", "str")]);
    // Its type is that of the path, and checked.
    assert_eq!(types(&route("/api/<team>/hello")), [("team", "u16")]);
}

#[test]
fn parameters_of_mounts_come_before_those_of_the_route() {
    let config = Config {
        title: "tea".to_owned(),
    };
    let inner = app(Hub, config);
    let outer = routes! { "/sites/<site>" => mount(inner) };
    let route = described(&outer, "/sites/<site>/users/<id>");
    assert_eq!(types(&route), [("site", "str"), ("id", "u64")]);
}

#[test]
fn responses_have_the_statuses_of_their_wrappers() {
    let user = |status| (Some(status), "User".to_owned());
    let missing = (Some(404), String::new());
    assert_eq!(responses(&route("/users/<id>")), [user(200), missing]);
    let failed = (Some(200), "Opaque".to_owned());
    assert_eq!(responses(&route("/users")), [user(200), failed]);
    assert_eq!(responses(&route("/greeting/<name>")), [user(200)]);
    assert_eq!(responses(&route("/store")), [(None, String::new())]);
}

#[test]
fn an_unknown_response_is_not_described() {
    assert_eq!(responses(&route("/search/<_kind>")), []);
    assert_eq!(responses(&route("/opaque/<name>")), []);
}

#[test]
fn a_borrowed_response_is_described() {
    let title = route("/title");
    assert_eq!(responses(&title), [(Some(200), "&str".to_owned())]);
    assert!(text(title.responses[0].schema).contains(r#""type":"string""#));
}

#[test]
fn types_with_a_schema_have_it_and_others_have_none() {
    let created = route("/users");
    assert!(text(created.responses[0].schema).contains(r#""required":["id","name"]"#));
    assert!(created.responses[1].schema.is_none());
    let body = created.body.expect("a body");
    assert_eq!((body.name.as_ref(), body.is_required), ("User", true));
    assert!(text(body.schema).contains(r#""required":["id","name"]"#));
    let stored = route("/store").body.expect("a body");
    assert_eq!(
        (stored.name.as_ref(), stored.is_required),
        ("Opaque", false)
    );
    assert!(stored.schema.is_none());
}

#[test]
fn the_fields_of_a_query_are_those_of_its_schema() {
    let fields = route("/search/<_kind>").fields;
    assert!(fields[0].is_flattened);
    assert!(text(fields[0].schema).contains(r#""id""#));
}

#[test]
fn sockets_have_the_messages_of_both_directions() {
    let room = route("/rooms/<room>");
    let (receives, sends) = (room.receives.unwrap(), room.sends.unwrap());
    assert_eq!((&*receives.name, &*sends.name), ("User", "Opaque"));
    assert!(text(receives.schema).contains(r#""name""#));
    assert!(sends.schema.is_none());
    let own = route("/own/<id>");
    assert_eq!(own.receives.unwrap().name, "String");
    assert!(own.sends.unwrap().schema.is_some());
}

#[test]
fn a_described_application_serves_as_before() {
    let app = app(
        Hub,
        Config {
            title: "tea".to_owned(),
        },
    );
    let _descriptions: Vec<_> = app
        .routes()
        .iter()
        .map(|route| route.description())
        .collect();
    assert_eq!(app.test_http("/title").body(), r#""tea""#);
    assert_eq!(app.test_http("/opaque/ann").body(), "ann");
    assert_eq!(app.test_http("/users/0").status(), 404);
    let mut client = app.test_ws("/rooms/1");
    client
        .send(r#"{"id":1,"name":"ann"}"#)
        .expect("the socket is open");
    let message = client
        .received()
        .next()
        .expect("a message")
        .expect("the socket is open");
    assert_eq!(message.text(), r#"{"raw":"1 ann"}"#);
}
