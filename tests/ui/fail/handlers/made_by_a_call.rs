//! A call is a call for each request. A call that returns a handler must be in braces.

use http4k_ws::{
    Filter, HttpHandler, Next, PolyFilter, PolyHandler, Request, WebSocket, routes,
};

fn logged() -> impl Filter + Clone {
    |request: Request, next: Next| async move { next.call(request).await }
}

async fn home(_req: Request) -> &'static str {
    "home"
}

fn checked(check: fn(&Request) -> bool) -> impl PolyFilter {
    http4k_ws::filter::guard(move |request: Request| async move {
        if check(&request) { Ok(request) } else { Err(http4k_ws::StatusCode::FORBIDDEN) }
    })
}

async fn talk(_ws: WebSocket) {}

routes! {
    pub fn app() -> PolyHandler {
        "/wrong" => http(logged().then(home)),
        "/parentheses" => http((logged().then(home))),
        "/filtered" => http(home.with(logged())),
        "/guarded" => ws(checked(|request| request.uri().path() != "/x").then(talk)),
        "/right" => http({ logged().then(home) }),
    }
}

fn main() {
    app();
}
