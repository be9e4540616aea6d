//! A function over a socket in `http(..)`.

use http4k_ws::{PolyHandler, WebSocket, routes};

async fn talk(_ws: WebSocket) {}

async fn chat(ws: WebSocket, name: String) {
    drop((ws, name));
}

routes! {
    pub fn app() -> PolyHandler {
        "/value" => http(talk),
        "/call/<name>" => http(chat(ws, name)),
    }
}

fn main() {
    app();
}
