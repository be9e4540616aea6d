//! One route is not valid Rust. The others are compiled, and their mistakes are reported too.

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
