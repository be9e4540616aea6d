//! Misspelled methods, and methods of entries that cannot have one.

use http4k_ws::{PolyHandler, Request, WebSocket, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

async fn talk(_ws: WebSocket) {}

fn inner() -> PolyHandler {
    routes! {}
}

routes! {
    pub fn app() -> PolyHandler {
        GTE "/a" => http(home),
        get "/b" => http(home),
        purge "/c" => http(home),
        GET | GET "/d" => http(home),
        GET "/ws" => ws(talk),
        GET "/mount" => mount(inner()),
        GET "/block" => { "/e" => http(home) }
        PURGE "/good" => http(home),
    }
}

fn main() {
    app();
}
