//! Documents of odd tables: no panic, legal and unique names, no route left out.

mod random;

use std::collections::BTreeSet;

use http4k_ws::document::Info;
use http4k_ws::prelude::*;
use http4k_ws::routing::{Methods, Routes};
use http4k_ws::sse::Sse;
use schemars::JsonSchema;
use serde_json::Value;

fn info() -> Info {
    Info::new("odd", "1").with_server("https://example.com/v1")
}

fn page(_request: Request) -> &'static str {
    "page"
}

fn talk(_request: Request) -> WsConsumer {
    WsConsumer::new(async |_ws: WebSocket| {})
}

fn feed(_sse: Sse) {}

/// Returns both documents, after the rules that hold for every table.
fn documents(routes: Routes) -> (Value, Value) {
    let app = routes.build().expect("a table");
    let (asyncapi, openapi) = (app.asyncapi(&info()), app.openapi(&info()));
    assert_eq!(asyncapi.to_json(), app.asyncapi(&info()).to_json());
    assert_eq!(openapi.to_json(), app.openapi(&info()).to_json());
    let (asyncapi, openapi) = (asyncapi.to_value(), openapi.to_value());
    for document in [&asyncapi, &openapi] {
        references_lead_somewhere(document, document);
    }
    let mut ids = BTreeSet::new();
    for id in operations(&openapi)
        .iter()
        .map(|operation| &operation["operationId"])
    {
        let id = id.as_str().expect("an id").to_owned();
        let is_legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
        assert!(id.chars().all(is_legal), "{id}");
        assert!(ids.insert(id.clone()), "{id} occurs twice");
    }
    (asyncapi, openapi)
}

fn references_lead_somewhere(root: &Value, value: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let pointer = reference.strip_prefix('#').expect("a local reference");
                assert!(root.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            members
                .values()
                .for_each(|value| references_lead_somewhere(root, value));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| references_lead_somewhere(root, item)),
        _ => {}
    }
}

fn operations(openapi: &Value) -> Vec<&Value> {
    let items = openapi["paths"].as_object().expect("paths").values();
    let methods = items.flat_map(|item| item.as_object().expect("a path item"));
    let mut all = Vec::new();
    for (method, operation) in methods {
        match method.as_str() {
            "x-additionalOperations" => {
                all.extend(operation.as_object().expect("methods").values())
            }
            _ => all.push(operation),
        }
    }
    all
}

#[test]
fn a_table_may_be_empty() {
    let (asyncapi, openapi) = documents(Routes::new());
    assert_eq!(asyncapi["channels"], Value::Object(Default::default()));
    assert_eq!(openapi["paths"], Value::Object(Default::default()));
    assert!(openapi.get("components").is_none());
}

#[test]
fn a_page_a_stream_and_a_socket_on_one_path_are_one_operation() {
    let routes = Routes::new()
        .http(Method::GET, "/feed", page)
        .sse(Method::GET, "/feed", feed)
        .ws("/feed", talk);
    let (asyncapi, openapi) = documents(routes);
    assert_eq!(asyncapi["channels"].as_object().unwrap().len(), 2);
    let operation = &openapi["paths"]["/feed"]["get"];
    let statuses: Vec<_> = operation["responses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["101", "200", "426", "default"]);
    assert!(
        operation["responses"]["200"]["content"]
            .get("text/event-stream")
            .is_some()
    );
    assert_eq!(operation["x-routes"].as_array().unwrap().len(), 3);
}

#[test]
fn paths_of_one_shape_are_one_item_with_the_names_of_the_first() {
    let routes = Routes::new()
        .http(Method::GET, "/users/<id>", page)
        .http(Method::PUT, "/users/<name>", page)
        .http(Method::GET, "/users/<rest..>", page)
        .http(Method::GET, "/<größe>/<größe_2>", page);
    let (_, openapi) = documents(routes);
    let paths: Vec<_> = openapi["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/users/{id}", "/{gr_e}/{gr_e_2}"]);
    let item = &openapi["paths"]["/users/{id}"];
    for method in ["get", "put"] {
        assert_eq!(item[method]["parameters"].as_array().unwrap().len(), 1);
        assert_eq!(item[method]["parameters"][0]["name"], "id");
    }
}

#[test]
fn unusual_methods_and_every_method_are_listed() {
    let purge = Method::from_bytes(b"PURGE").unwrap();
    let routes = Routes::new()
        .http([Method::GET, purge.clone()], "/a", page)
        .http(Methods::every(), "/a", page)
        .http(purge, "/b", page);
    let (_, openapi) = documents(routes);
    let keys = |path: &str| {
        let item = openapi["paths"][path].as_object().unwrap();
        item.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        keys("/a"),
        "delete get patch post put x-additionalOperations"
    );
    assert_eq!(keys("/b"), "x-additionalOperations");
    assert!(
        openapi["paths"]["/b"]["x-additionalOperations"]
            .get("PURGE")
            .is_some()
    );
}

#[test]
fn applications_without_a_table_are_named() {
    let unknown = PolyHandler::new(page, talk);
    let (_, openapi) = documents(Routes::new().mount("/other/<id>", unknown));
    assert_eq!(openapi["x-mounts"][0], "/other/{id}");
}

#[test]
fn names_are_unique_and_do_not_depend_on_the_order() {
    let show = || {
        let inner = Routes::new().http(Method::GET, "/<id>", page).named("show");
        inner.build().expect("a table")
    };
    let mounted = |first, second| Routes::new().mount(first, show()).mount(second, show());
    let one = mounted("/users", "/rooms");
    let other = mounted("/rooms", "/users");
    for routes in [one, other] {
        let (_, openapi) = documents(routes);
        let id = |path: &str| openapi["paths"][path]["get"]["operationId"].clone();
        assert_eq!(id("/users/{id}"), "get_show_users_id");
        assert_eq!(id("/rooms/{id}"), "get_show_rooms_id");
    }
    let channels = Routes::new()
        .ws("/a-b", talk)
        .ws("/a.b", talk)
        .ws("/日本", talk)
        .named("日本")
        .ws("/x", talk)
        .named("a_b");
    let (asyncapi, _) = documents(channels);
    let ids: Vec<_> = asyncapi["channels"].as_object().unwrap().keys().collect();
    assert_eq!(ids.len(), 4, "{ids:?}");
}

mod one {
    #[derive(
        Clone, serde::Serialize, serde::Deserialize, http4k_ws::Message, schemars::JsonSchema,
    )]
    pub(super) struct User {
        pub(super) id: u64,
    }
}

mod two {
    #[derive(
        Clone, serde::Serialize, serde::Deserialize, http4k_ws::Message, schemars::JsonSchema,
    )]
    pub(super) struct User {
        pub(super) name: String,
    }
}

/// A type whose schema differs by direction.
#[derive(Clone, Serialize, Deserialize, Message, JsonSchema)]
struct Draft {
    #[serde(default)]
    tags: Vec<String>,
}

/// A type with the name that the other one has as an input.
#[derive(Clone, Serialize, Deserialize, Message, JsonSchema)]
struct DraftInput {
    number: u8,
}

#[test]
fn types_of_one_name_are_two_messages_and_two_schemas() {
    let routes = Routes::new()
        .ws("/one", talk)
        .receives::<one::User>()
        .sends::<two::User>()
        .ws("/two", talk)
        .receives::<Draft>()
        .sends::<Draft>()
        .ws("/three", talk)
        .sends::<DraftInput>();
    let (asyncapi, _) = documents(routes);
    let keys = |kind: &str| {
        let components = asyncapi["components"][kind].as_object().unwrap();
        components.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    let expected = "Draft DraftInput DraftInput_2 User User2";
    assert_eq!(keys("schemas"), expected);
    assert_eq!(keys("messages"), expected);
    let message = |operation: &str| {
        let message = &asyncapi["operations"][operation]["messages"][0]["$ref"];
        message
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(message("receive_one"), "User");
    assert_eq!(message("send_one"), "User2");
    assert_eq!(message("receive_two"), "DraftInput_2");
    assert_eq!(message("send_two"), "Draft");
    assert_eq!(message("send_three"), "DraftInput");
}

#[test]
fn a_document_does_not_depend_on_the_thread_or_the_time() {
    let make = || {
        let routes = (0..50).fold(Routes::new(), |routes, number| {
            let routes = routes.http(Method::GET, format!("/{number}/<id>"), page);
            routes.responds::<Option<Json<Draft>>>()
        });
        let app = routes.build().unwrap();
        app.openapi(&info()).to_json() + &app.asyncapi(&info()).to_json()
    };
    let others: Vec<_> = (0..4).map(|_| std::thread::spawn(make)).collect();
    for other in others {
        assert_eq!(other.join().unwrap(), make());
    }
}
