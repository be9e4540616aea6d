//! A consumer's future must be `Send`.

use std::rc::Rc;

use http4k_ws::{PolyHandler, WebSocket, routes};

async fn pause() {}

async fn chat(ws: WebSocket, name: String) {
    let count = Rc::new(1);
    pause().await;
    drop((ws, name, count));
}

routes! {
    pub fn app() -> PolyHandler {
        "/ws/<name>" => ws(chat(ws, name)),
    }
}

fn main() {
    app();
}
