use http4k_ws::prelude::*;
use http4k_ws::filter::{http_only, poly, ws_only};

async fn auth(request: Request, next: Next) -> Response {
    next.call(request).await
}

async fn ws_auth(request: Request, next: WsNext) -> WsResponse {
    next.call(request).await
}

fn main() {
    let _ = http_only(ws_auth);
    let _ = poly(ws_auth);
    let _ = ws_only(auth);
}
