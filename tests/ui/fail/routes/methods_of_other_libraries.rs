//! Words that stand for methods in other libraries.

use http4k_ws::{PolyHandler, WebSocket, routes};

async fn show() -> &'static str {
    "shown"
}

async fn chat(_ws: WebSocket) {}

routes! {
    fn app() -> PolyHandler {
        ANY "/any" => http(show()),
        ALL "/all" => http(show()),
        any "/small" => http(show()),
        SSE "/sse" => http(show()),
        WS "/ws" => ws(chat(ws)),
    }
}

fn main() {
    app();
}
