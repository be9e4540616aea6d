//! Two routes for the same requests, one of them in a block.

use http4k_ws::{PolyHandler, Request, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

async fn pair(a: u64, b: u64) -> String {
    format!("{a} {b}")
}

fn inner() -> PolyHandler {
    routes! {}
}

routes! {
    pub fn app() -> PolyHandler {
        "/api" => {
            "/health" => http(home),
            "/<a>" => { "/<b>" => http(pair(a, b)) }
        }
        "/api/health" => http(home),
        "/api/<x>/<y>" => http(pair(x, y)),
        "/files/<_path..>" => http(home),
        "/files" => mount(inner()),
    }
}

fn main() {
    app();
}
