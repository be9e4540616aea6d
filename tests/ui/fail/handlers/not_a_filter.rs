//! What stands in `with(..)` is no filter; the function that makes one is not called.

use http4k_ws::{Filter, Next, PolyHandler, Request, routes};

fn logged() -> impl Filter + Clone {
    |request: Request, next: Next| async move { http4k_ws::HttpHandler::call(&next, request).await }
}

async fn home(_req: Request) -> &'static str {
    "home"
}

routes! {
    pub fn app() -> PolyHandler {
        "/" with(logged) => http(home),
        "/api" with("logged") => { "/x" => http(home) }
        "/good" with(logged()) => http(home),
    }
}

fn main() {
    app();
}
