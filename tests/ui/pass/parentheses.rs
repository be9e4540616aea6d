//! Parentheses around a handler, its function, its arguments and filters, without a warning.
#![deny(warnings)]

use std::sync::Arc;

use http4k_ws::filter::http_only;
use http4k_ws::prelude::*;

trait Store: Send + Sync {
    fn one(&self, id: u64) -> String;
}

struct Memory;

impl Store for Memory {
    fn one(&self, id: u64) -> String {
        format!("one {id}")
    }
}

#[derive(Clone)]
struct Hub(&'static str);

impl Hub {
    async fn join(self, ws: WebSocket, room: String) -> WsResult {
        Ok(ws.send(format!("{} {room}", self.0)).await?)
    }

    async fn name(&self) -> &'static str {
        self.0
    }
}

#[derive(Clone)]
struct State {
    hub: Hub,
}

async fn home() -> &'static str {
    "home"
}

async fn show(id: u64) -> String {
    format!("show {id}")
}

async fn add(id: u64, more: u64) -> String {
    (id + more).to_string()
}

async fn text(text: &str) -> String {
    text.to_owned()
}

async fn body(text: String) -> String {
    text
}

async fn talk(ws: WebSocket) -> WsResult {
    Ok(ws.send("talk").await?)
}

async fn marked(request: Request, next: Next) -> Response {
    next.call(request).await.with_header("x-marked", "yes")
}

fn inner() -> PolyHandler {
    routes! { "/" => http((home)) }
}

routes! {
    fn app(hub: Hub, state: State, word: String, store: Arc<dyn Store>) -> PolyHandler {
        // The handler.
        "/value" => http((home)),
        "/call" => http((home())),
        "/call/<id>" => http(((show(id)))),
        "/closure/<id>" => http((|id: u64| id.to_string())),
        "/async/<id>" => http((async |id: u64| id.to_string())),
        "/ws" => ws((|ws: WebSocket| async move { ws.send("closure").await })),
        "/ws/value" => ws((talk)),
        "/block" => http(({ home })),
        // Its function.
        "/function/<id>" => http((show)(id)),
        "/cast/<id>" => http((show as fn(u64) -> _)(id)),
        "/ws/function" => ws((talk)(ws)),
        // Its arguments.
        "/argument/<id>" => http(show((id))),
        "/sum/<id>" => http(add((id), (1 + 2))),
        "/product/<id>" => http(add(id, (1 + 2) * 3)),
        "/lent/<name>" => http(text(&(name))),
        "/reference/<name>" => http(text((&name))),
        "/captured" => http(text(&(word))),
        "/target" => http(text((&*(word)))),
        POST "/body" => http(body((_))),
        // The receiver of a method.
        "/method" => http((hub).name()),
        "/method/reference" => http((&hub).name()),
        "/method/field" => http((&state.hub).name()),
        "/method/base" => http((state).hub.name()),
        "/method/target/<id>" => http((*store).one(id)),
        "/method/lent/<word: String>" => http((&mut word).to_uppercase()),
        "/ws/<room>" => ws((hub).join((ws), (room))),
        // Applications and filters.
        "/mounted" with((http_only(marked))) => mount((inner())),
    }
}

#[test]
fn they_have_no_meaning() {
    let hub = Hub("hub");
    let state = State { hub: hub.clone() };
    let app = app(hub, state, "word".to_owned(), Arc::new(Memory));
    for (path, expected) in [
        ("/value", "home"),
        ("/call", "home"),
        ("/call/1", "show 1"),
        ("/closure/2", "2"),
        ("/async/3", "3"),
        ("/block", "home"),
        ("/function/4", "show 4"),
        ("/cast/5", "show 5"),
        ("/argument/6", "show 6"),
        ("/sum/1", "4"),
        ("/product/1", "10"),
        ("/lent/ann", "ann"),
        ("/reference/ann", "ann"),
        ("/captured", "word"),
        ("/target", "word"),
        ("/method", "hub"),
        ("/method/reference", "hub"),
        ("/method/field", "hub"),
        ("/method/base", "hub"),
        ("/method/target/7", "one 7"),
        ("/method/lent/ann", "ANN"),
        ("/mounted", "home"),
    ] {
        assert_eq!(app.test_http(path).body(), expected, "{path}");
    }
    assert_eq!(app.test_http("/mounted").header("x-marked"), Some("yes"));
    let posted = app.test_http(Request::post("/body").body("text"));
    assert_eq!(posted.body(), "text");
    for (path, expected) in [
        ("/ws", "closure"),
        ("/ws/value", "talk"),
        ("/ws/function", "talk"),
        ("/ws/blue", "hub blue"),
    ] {
        let mut client = app.test_ws(path);
        let first = client.received().next().unwrap().unwrap();
        assert_eq!(first.text(), expected, "{path}");
    }
}
