//! A path parameter that the function does not receive.

use http4k_ws::{PolyHandler, WebSocket, routes};

async fn show() -> &'static str {
    "someone"
}

async fn chat(_ws: WebSocket) {}

async fn about(name: String) -> String {
    name
}

routes! {
    pub fn app() -> PolyHandler {
        "/users/<id>" => http(show()),
        "/ws/<name>" => ws(chat(ws)),
        "/closure/<text>" => http(|| "nothing"),
        "/block/<room>" => {
            "/a" => http(show()),
            "/b/<name>" => http(about(name)),
        }
    }
}

fn main() {
    app();
}
