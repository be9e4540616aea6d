//! Tables that newcomers write, each with its responses.

use std::sync::Arc;

use http4k_ws::FromRequest;
use http4k_ws::http::HeaderMap;
use http4k_ws::lens::json::Json;
use http4k_ws::lens::{LensFailure, Query};
use http4k_ws::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Page {
    number: Option<u32>,
    #[serde(default)]
    tag: Vec<String>,
}

#[derive(Serialize, Deserialize, Message, Debug)]
struct Order {
    item: String,
}

trait Store: Send + Sync + 'static {
    fn show(&self, id: u64) -> String;
}

#[derive(Clone)]
struct Memory(&'static str);

impl Store for Memory {
    fn show(&self, id: u64) -> String {
        format!("{} {id}", self.0)
    }
}

impl Memory {
    async fn one(self, id: u64) -> String {
        self.show(id)
    }

    async fn talk(self, ws: WebSocket, room: String) -> WsResult {
        ws.send(format!("{} {room}", self.0)).await?;
        Ok(())
    }
}

#[derive(FromRequest)]
struct Search {
    #[param]
    shop: String,
    #[query]
    limit: Option<u32>,
}

const LIMIT: u32 = 3;
static SITE: &str = "site";

fn limited(limit: u32, site: &str) -> String {
    format!("{site} {limit}")
}

async fn optional(page: Option<Query<Page>>, result: Result<Json<Order>, LensFailure>) -> String {
    format!("{} {}", page.is_some(), result.is_ok())
}

async fn tags(Query(page): Query<Page>) -> String {
    page.tag.join("+")
}

async fn search(search: Search, headers: HeaderMap) -> String {
    format!("{} {:?} {}", search.shop, search.limit, headers.len())
}

async fn create(Json(order): Json<Order>, list: Vec<u8>) -> Json<Order> {
    assert_eq!(list, [1, 2]);
    Json(order)
}

async fn join(ws: WebSocket, search: Search, name: Arc<str>) -> WsResult {
    ws.send(format!("{name} joins {}", search.shop)).await?;
    Ok(())
}

fn generic<S: Store>(store: &S, id: u64) -> String {
    store.show(id)
}

routes! {
    /// An application with every part.
    fn app<S: Store + Clone>(store: S, memory: Memory, name: Arc<str>) -> PolyHandler {
        /// A constant and a static.
        GET "/limit" => http(limited(LIMIT, SITE)),
        GET "/optional" => http(optional(_, _)),
        GET "/tags" => http(tags(_)),
        GET "/there" => http(|| "there"),
        "/shops/<shop>" => {
            GET "/" => http(search(_, _)),
            "/" => ws(join(ws, _, name)),
            "/deep" => {
                GET "/<id: u64>" => http(generic(&store, id)),
            },
        },
        POST "/orders" => http(create(_, vec![1, 2])),
        GET "/method/<id>" => http(memory.one(id)),
        GET "/path/<id>" => http(Memory::one(memory, id)),
        GET "/trait/<id>" => http(Store::show(&store, id)),
        "/talk/<room>" => ws(memory.talk(ws, room)),
        "/closure/<type>" => http(async |r#type: String| format!("it is {type}", type = r#type)),
        "/env" => http(limited(LIMIT, env!("CARGO_PKG_NAME"))),
        PUT "/echo" => http(|Json(order): Json<Order>| async move { order }),
    }
}

#[test]
fn accepted() {
    let app = app(Memory("generic"), Memory("memory"), "ann".into());
    for (path, expected) in [
        ("/limit", "site 3"),
        ("/optional", "true false"),
        ("/tags?tag=a&tag=b", "a+b"),
        ("/there", "there"),
        ("/shops/tea?limit=2", "tea Some(2) 0"),
        ("/shops/tea/deep/7", "generic 7"),
        ("/method/1", "memory 1"),
        ("/path/1", "memory 1"),
        ("/trait/1", "generic 1"),
        ("/closure/x", "it is x"),
    ] {
        assert_eq!(app.test_http(path).body(), expected, "{path}");
    }
    for (path, expected) in [
        ("/shops/tea", "ann joins tea"),
        ("/talk/blue", "memory blue"),
    ] {
        let mut client = app.test_ws(path);
        let message = client.received().next().unwrap().unwrap();
        assert_eq!(message.as_text(), Some(expected), "{path}");
    }
}
