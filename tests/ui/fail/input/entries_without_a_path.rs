//! Outside of a block, an entry without a path is at `/`, where a reader may not look for it.

use http4k_ws::prelude::*;

async fn list() -> &'static str {
    "list"
}

async fn show(id: u64) -> String {
    id.to_string()
}

async fn chat(ws: WebSocket) -> WsResult {
    Ok(ws.send("hi").await?)
}

async fn logged(request: Request, next: Next) -> Response {
    next.call(request).await
}

routes! {
    fn behind_a_path() -> PolyHandler {
        GET "/x" => http(list()),
        POST => http(list()),
        "/<id>" => http(show(id)),
        PUT | PATCH => http(show(id)),
        => ws(chat(ws)),
        with(logged) as logged => http(list()),
        with(logged) => {
            "/y" => http(list()),
            POST => http(list()),
        },
    }
}

routes! {
    fn blocks() -> PolyHandler {
        => { "/x" => http(list()) },
        "/y" => {
            => { GET => http(list()) },
        },
    }
}

fn main() {}
