//! A function over a socket in `sse(..)`.

use http4k_ws::prelude::*;

async fn talk(_ws: WebSocket) {}

async fn chat(ws: WebSocket, topic: String) {
    drop((ws, topic));
}

routes! {
    pub fn app() -> PolyHandler {
        "/value" => sse(talk),
        "/call/<topic>" => sse(chat(ws, topic)),
        "/typed/<topic>" => sse(chat(sse, topic)),
    }
}

fn main() {
    app();
}
