//! A `macro_rules!` in front of `routes!`, which passes on parts of every kind.

use http4k_ws::{PolyHandler, WebSocket, routes};

async fn hello(name: String, greeting: &'static str) -> String {
    format!("{greeting} {name}")
}

async fn chat(_ws: WebSocket, _name: String) {}

macro_rules! api {
    ($path:literal, $handler:expr, $socket:path, $word:expr; $($more:tt)*) => {
        routes! {
            $path => http($handler),
            "/said/<name>" => http(hello(name, $word)),
            "/ws/<name>" => ws($socket(ws, name)),
            $($more)*
        }
    };
}

fn app() -> PolyHandler {
    api! {
        "/hello/<name>", hello(name, "hi"), chat, "ho";
        GET "/more/<name>" => http(hello(name, "more")),
    }
}

#[test]
fn accepted() {
    let answer = app().test_http("/hello/bob");
    assert_eq!(answer.body().as_bytes().unwrap(), "hi bob");
    let answer = app().test_http("/said/bob");
    assert_eq!(answer.body().as_bytes().unwrap(), "ho bob");
}
