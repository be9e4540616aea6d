//! A handler value cannot receive the path's parameters. A call can.

use http4k_ws::{PolyHandler, WebSocket, routes};

async fn hello(name: String, age: u8) -> String {
    format!("{name} {age}")
}

async fn chat(ws: WebSocket, name: String) {
    drop((ws, name));
}

routes! {
    pub fn app() -> PolyHandler {
        "/hello/<name>/<age>" => http(hello),
        "/ws/<name>" => ws(chat),
    }
}

fn main() {
    app();
}
