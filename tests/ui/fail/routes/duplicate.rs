//! Two routes for the same requests.

use http4k_ws::{PolyHandler, Request, WebSocket, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

async fn show(id: u64) -> String {
    id.to_string()
}

async fn talk(_ws: WebSocket) {}

routes! {
    pub fn app() -> PolyHandler {
        GET "/" => http(home),
        GET | POST "/" => http(home),
        "/users/<id>" => http(show(id)),
        "/users/<user>" => http(show(user)),
        "/ws" => ws(talk),
        "/ws" => ws(talk),
        "/ws" => http(home),
    }
}

fn main() {
    app();
}
