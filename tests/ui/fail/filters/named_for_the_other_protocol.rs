//! A filter that is wrapped for one protocol does nothing before routes of the other.

use http4k_ws::filter::{http_only, ws_only};
use http4k_ws::prelude::*;

async fn over_http(request: Request, next: Next) -> Response {
    next.call(request).await
}

async fn over_ws(request: Request, next: WsNext) -> WsResponse {
    next.call(request).await
}

async fn chat(_ws: WebSocket) {}

routes! {
    fn app() -> PolyHandler {
        "/ws" with(http_only(over_http)) => ws(chat(ws)),
        GET "/" with(http4k_ws::filter::ws_only(over_ws)) => http(|| "home"),
        with(http_only(over_http)) => { "/a" => ws(chat(ws)), "/b" => ws(chat(ws)) },
        with(http_only(over_http), ws_only(over_ws)) => {
            "/both" => ws(chat(ws)),
            "/both" => http(|| "both"),
        },
    }
}

fn main() {}
