//! One argument less than the function has.

use http4k_ws::{PolyHandler, WebSocket, routes};

async fn show(id: u64, page: u64) -> String {
    format!("{id} {page}")
}

async fn chat(ws: WebSocket, name: String) {
    drop((ws, name));
}

routes! {
    pub fn app() -> PolyHandler {
        "/users/<id>" => http(show(id)),
        "/ws" => ws(chat(ws)),
    }
}

fn main() {
    app();
}
