//! A call is made for each request; what makes a handler goes in braces.

use http4k_ws::{Filter, HttpHandler, Next, PolyHandler, Request, routes};

fn logged() -> impl Filter + Clone {
    |request: Request, next: Next| async move { next.call(request).await }
}

async fn home(_req: Request) -> &'static str {
    "home"
}

routes! {
    pub fn app() -> PolyHandler {
        "/wrong" => http(logged().then(home)),
        "/right" => http({ logged().then(home) }),
    }
}

fn main() {
    app();
}
