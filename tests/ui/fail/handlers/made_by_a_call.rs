//! A call is a call for each request. A call that returns a handler must be in braces.

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
        "/parentheses" => http((logged().then(home))),
        "/right" => http({ logged().then(home) }),
    }
}

fn main() {
    app();
}
