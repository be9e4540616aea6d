//! Fields of several values in the documents.

use http4k_ws::FromRequest;
use http4k_ws::document::Info;
use http4k_ws::prelude::*;
use serde_json::{Value, json};

/// Several values in each place.
#[derive(Debug, FromRequest)]
struct Lists {
    #[query]
    id: Vec<u64>,
    #[header("x-tag")]
    tag: Vec<String>,
    #[cookie]
    mark: Vec<bool>,
    #[form]
    line: Vec<String>,
    #[query]
    page: Option<u64>,
}

/// The values of the head that a socket reads.
#[derive(Debug, FromRequest)]
struct Tags {
    #[query]
    tag: Vec<String>,
    #[header("x-tag")]
    more: Vec<String>,
}

fn show(lists: Lists) -> String {
    let Lists {
        id,
        tag,
        mark,
        line,
        page,
    } = lists;
    format!("{id:?} {tag:?} {mark:?} {line:?} {page:?}")
}

async fn say(ws: WebSocket<String, String>, tags: Tags) -> WsResult {
    ws.send(format!("{:?} {:?}", tags.tag, tags.more)).await?;
    Ok(())
}

fn app() -> PolyHandler {
    routes! {
        POST "/lists" => http(show(_)),
        "/tags" => ws(say(ws, _)),
    }
}

fn info() -> Info {
    Info::new("lists", "1")
}

/// Returns the type of a schema, and that of its items.
fn types(schema: &Value) -> (&Value, &Value) {
    (&schema["type"], &schema["items"]["type"])
}

#[test]
fn lists_are_arrays_in_openapi() {
    let openapi = app().openapi(&info()).to_value();
    let operation = &openapi["paths"]["/lists"]["post"];
    let parameters = operation["parameters"].as_array().expect("parameters");
    let found: Vec<_> = parameters
        .iter()
        .map(|one| (&one["name"], types(&one["schema"])))
        .collect();
    let array = json!("array");
    assert_eq!(
        found,
        [
            (&json!("id"), (&array, &json!("integer"))),
            (&json!("x-tag"), (&array, &json!("string"))),
            (&json!("mark"), (&array, &json!("boolean"))),
            (&json!("page"), (&json!("integer"), &Value::Null)),
        ]
    );
    let form = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"];
    let line = &form["schema"]["properties"]["line"];
    assert_eq!(types(line), (&array, &json!("string")));
}

#[test]
fn lists_are_arrays_in_asyncapi() {
    let asyncapi = app().asyncapi(&info()).to_value();
    let channels = asyncapi["channels"].as_object().expect("channels");
    let channel = channels.values().next().expect("a channel");
    let binding = &channel["bindings"]["ws"];
    for (place, name) in [("query", "tag"), ("headers", "x-tag")] {
        let schema = &binding[place]["properties"][name];
        assert_eq!(types(schema), (&json!("array"), &json!("string")));
    }
}

#[test]
fn lists_are_arrays_in_typescript() {
    let client = app().typescript();
    for member in [
        "id?: (number | bigint)[]",
        "page?: number | bigint",
        "\"x-tag\"?: string[]",
        "line?: string[]",
        "tag?: string[]",
    ] {
        assert!(client.contains(member), "{member}\n{client}");
    }
}

#[test]
fn repeated_values_are_read_as_lists() {
    let request = Request::post("/lists?id=1&id=2")
        .header("x-tag", "a")
        .header("x-tag", "b")
        .header("cookie", "mark=true; mark=false")
        .header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(Body::from("line=x&line=y")).unwrap();
    let response = app().test_http(request);
    let expected = r#"[1, 2] ["a", "b"] [true, false] ["x", "y"] None"#;
    assert_eq!(response.body(), expected);
}
