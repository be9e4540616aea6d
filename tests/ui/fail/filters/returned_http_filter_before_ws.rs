use http4k_ws::prelude::*;

fn logged() -> impl Filter + Clone {
    |request: Request, next: Next| async move { next.call(request).await }
}

struct Auth;

impl Filter for Auth {
    async fn filter(&self, request: Request, next: Next) -> Response {
        next.call(request).await
    }
}

async fn talk(_ws: WebSocket) {}

routes! {
    pub fn app() -> PolyHandler {
        "/a" with(logged()) => ws(talk(ws)),
        "/b" with(Auth) => ws(talk(ws)),
    }
}

fn main() {}
