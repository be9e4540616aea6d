//! Calls in the description of a route, and the schemas of the messages that carry them.

use std::sync::Arc;

use http4k_ws::calls::{CallResult, CallSocket, Calls, Replies, Reply};
use http4k_ws::describe::SchemaOf;
use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

#[derive(Serialize, Deserialize, JsonSchema)]
struct Rename {
    title: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Clear;

/// A type without a schema.
#[derive(Serialize, Deserialize)]
struct Watch {
    column: String,
}

#[derive(Calls)]
#[calls(notice = u8)]
enum BoardCall {
    /// Renames a card.
    Rename(Rename, Reply<bool>),
    Clear(Clear, Reply<()>),
    Watch(Watch, Replies<u32>),
}

async fn respond(call: BoardCall) -> CallResult {
    match call {
        BoardCall::Rename(rename, reply) => reply.send(rename.title.is_empty()),
        BoardCall::Clear(Clear, reply) => reply.send(()),
        BoardCall::Watch(watch, mut replies) => {
            replies.send(u32::from(watch.column.is_empty())).await?;
            replies.end()
        }
    }
}

fn app() -> PolyHandler {
    let serve = |ws: CallSocket<BoardCall>| ws.serve_calls(respond);
    let routes = Routes::new().ws("/board", serve);
    routes.build().unwrap()
}

fn schema(of: Option<SchemaOf>) -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    of.expect("a schema").schema(&mut generator).into()
}

#[test]
fn a_route_lists_its_calls() {
    let description = app().routes()[0].description();
    let calls: Vec<_> = description
        .calls
        .iter()
        .map(|call| {
            (
                call.name,
                call.docs,
                call.is_stream,
                call.args.is_some(),
                call.reply.is_some(),
            )
        })
        .collect();
    let expected = [
        ("rename", "Renames a card.", false, true, true),
        ("clear", "", false, true, true),
        ("watch", "", true, false, true),
    ];
    assert_eq!(calls, expected);
    assert_eq!(schema(description.calls[0].reply)["type"], "boolean");
    assert_eq!(description.receives.unwrap().name, "BoardCall");
    assert_eq!(description.sends.unwrap().name, "BoardReply");
}

#[test]
fn the_schema_of_requests_has_each_call() {
    let description = app().routes()[0].description();
    let schema = schema(description.receives.unwrap().schema);
    let any = schema["anyOf"].as_array().unwrap();
    assert_eq!(any.len(), 5);
    assert_eq!(any[0]["properties"]["call"], json!({"const": "rename"}));
    assert_eq!(
        any[0]["properties"]["args"],
        json!({"$ref": "#/$defs/Rename"})
    );
    assert_eq!(any[0]["description"], "Renames a card.");
    assert_eq!(any[0]["required"], json!(["id", "call", "args"]));
    assert_eq!(any[1]["required"], json!(["id", "call"]));
    assert_eq!(any[2]["properties"]["window"]["type"], "integer");
    assert_eq!(any[3]["properties"]["cancel"], json!({"const": true}));
    assert_eq!(any[4]["required"], json!(["id", "more"]));
}

#[test]
fn the_schema_of_replies_has_each_reply_and_the_notice() {
    let description = app().routes()[0].description();
    let schema = schema(description.sends.unwrap().schema);
    let any = schema["anyOf"].as_array().unwrap();
    let second = |part: &Value| part["required"].as_array().unwrap().last().cloned();
    let parts: Vec<_> = any.iter().filter_map(second).collect();
    assert_eq!(parts, ["ok", "ok", "item", "end", "error", "notice"]);
    assert_eq!(any[5]["properties"]["notice"]["type"], "integer");
}

#[test]
fn a_set_of_calls_is_in_the_documents() {
    let app = Arc::new(app());
    let info = http4k_ws::document::Info::new("board", "1");
    let document: Value = app.asyncapi(&info).to_value();
    let channel = document["channels"]
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap();
    let calls = channel["x-calls"].as_array().unwrap();
    assert_eq!(calls[0]["name"], "rename");
    assert_eq!(calls[2]["items"]["type"], "integer");
}
