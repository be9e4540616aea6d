//! Derives as users of serde write them first.

use std::collections::BTreeMap;

use http4k_ws::lens::json::Json;
use http4k_ws::prelude::*;
use http4k_ws::{FromRequest, PathParam};

/// The names of serde, without its derives.
#[derive(Debug, Clone, Copy, PartialEq, PathParam)]
#[serde(rename_all = "kebab-case")]
enum Color {
    DarkRed,
    #[serde(rename = "lime")]
    Green,
}

#[derive(PathParam)]
struct Id<T>(T);

#[derive(Serialize, Deserialize, Message, Debug, PartialEq)]
struct Point(u32, u32);

#[derive(Serialize, Deserialize, Message, Debug, PartialEq)]
struct Ping;

#[derive(Serialize, Deserialize, Message, Debug, PartialEq)]
#[serde(tag = "kind", content = "of")]
enum Event<T> {
    Moved(T),
    Named { name: String },
    Gone,
}

#[derive(Serialize, Deserialize)]
struct Order {
    item: String,
}

#[derive(FromRequest)]
struct Search {
    #[param]
    color: Color,
    #[query]
    tag: Vec<String>,
    #[query(default)]
    page: u32,
    #[header]
    accept: Option<String>,
    #[body]
    order: Json<Order>,
}

async fn search(search: Search) -> String {
    let Search {
        color,
        tag,
        page,
        accept,
        order,
    } = search;
    format!("{color:?} {tag:?} {page} {accept:?} {}", order.0.item)
}

async fn paint(mut ws: WebSocket<Event<Point>, Event<Ping>>, color: Color) -> WsResult {
    while let Some(event) = ws.recv().await? {
        match event {
            Event::Moved(_) => ws.send(Event::Moved(Ping)).await?,
            Event::Named { name } => {
                ws.send(Event::Named {
                    name: format!("{name} is {color}"),
                })
                .await?;
            }
            Event::Gone => ws.send(Event::Gone).await?,
        }
    }
    Ok(())
}

routes! {
    fn app() -> PolyHandler {
        POST "/search/<color>" => http(search(_)),
        "/id/<id: Id<u8>>" => http(|id: Id<u8>| id.0.to_string()),
        "/paint/<color>" => ws(paint(ws, color)),
        "/map" => http(|| Json(BTreeMap::from([("a", 1)]))),
    }
}

#[test]
fn accepted() {
    assert_eq!("dark-red".parse(), Ok(Color::DarkRed));
    assert_eq!(Color::Green.to_string(), "lime");
    let app = app();
    let request =
        Request::post("/search/lime?tag=a&tag=b").header("content-type", "application/json");
    let response = app.test_http(request.body(r#"{"item":"tea"}"#));
    assert_eq!(response.body(), r#"Green ["a", "b"] 0 None tea"#);
    assert_eq!(app.test_http("/id/7").body(), "7");
    assert_eq!(app.test_http("/map").body(), r#"{"a":1}"#);
    let mut client = app.test_ws("/paint/dark-red");
    for (sent, received) in [
        (
            r#"{"kind":"Moved","of":[1,2]}"#,
            r#"{"kind":"Moved","of":null}"#,
        ),
        (
            r#"{"kind":"Named","of":{"name":"it"}}"#,
            r#"{"kind":"Named","of":{"name":"it is dark-red"}}"#,
        ),
        (r#"{"kind":"Gone"}"#, r#"{"kind":"Gone"}"#),
    ] {
        client.send(sent).expect("open");
        let message = client.received().next().unwrap().unwrap();
        assert_eq!(message.text(), received);
    }
}
