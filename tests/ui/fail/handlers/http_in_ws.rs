//! A function that responds to a request in `ws(..)`.

use http4k_ws::{PolyHandler, Request, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

async fn hello(name: String) -> String {
    name
}

routes! {
    pub fn app() -> PolyHandler {
        "/value" => ws(home),
        "/call/<name>" => ws(hello(name)),
    }
}

fn main() {
    app();
}
