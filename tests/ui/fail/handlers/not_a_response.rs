//! A function that returns a type which is not a response.

use http4k_ws::{PolyHandler, WebSocket, routes};

async fn count(name: String) -> usize {
    name.len()
}

async fn chat(ws: WebSocket) -> usize {
    drop(ws);
    1
}

routes! {
    pub fn app() -> PolyHandler {
        "/count/<name>" => http(count(name)),
        "/ws" => ws(chat(ws)),
    }
}

fn main() {
    app();
}
