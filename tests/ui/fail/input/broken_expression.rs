//! One route is no Rust; the others are compiled, and their mistakes told too.

use http4k_ws::{PolyHandler, Request, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

async fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    pub fn app(hub: String) -> PolyHandler {
        "/broken/<id>" => http(show(id.)),
        "/" => http(home),
        "/users/<id>" => http(show(id, hub)),
    }
}

fn main() {
    app(String::new());
}
