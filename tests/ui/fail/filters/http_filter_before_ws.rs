use http4k_ws::prelude::*;

async fn auth(request: Request, next: Next) -> Response {
    next.call(request).await
}

async fn talk(_ws: WebSocket) {}

routes! {
    pub fn app() -> PolyHandler {
        "/ws" with(auth) => ws(talk(ws)),
    }
}

fn main() {}
