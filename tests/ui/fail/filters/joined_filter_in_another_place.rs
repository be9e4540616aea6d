use http4k_ws::filter::max_body;
use http4k_ws::prelude::*;

async fn uncached(request: Request, next: Next) -> Response {
    next.call(request).await
}

async fn known(request: Request, next: WsNext) -> WsResponse {
    next.call(request).await
}

async fn talk(ws: WebSocket) -> WsResult {
    Ok(ws.send("hi").await?)
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/http" with(known.and(known)) => http(|| "hello"),
        "/ws" with(uncached.and(uncached)) => ws(talk(ws)),
        "/both" with(uncached.and(uncached)) => {
            GET "/" => http(|| "hello"),
            "/ws" => ws(talk(ws)),
        },
        GET "/mixed" with(uncached.and(max_body(4))) => http(|| "hello"),
    }
}

fn main() {
    app();
}
