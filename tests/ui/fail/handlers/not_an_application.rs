//! A mounted value must be an application.

use http4k_ws::{PolyHandler, Request, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

routes! {
    pub fn app() -> PolyHandler {
        "/api" => mount(home),
    }
}

fn main() {
    app();
}
