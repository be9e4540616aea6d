//! Outside of a block, an entry without a path would be at `/`.

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

fn inner() -> PolyHandler {
    routes! { "/" => http(list()) }
}

routes! {
    fn behind_a_path() -> PolyHandler {
        GET "/x" => http(list()),
        POST => http(list()),
        "/<id>" => http(show(id)),
        PUT | PATCH => http(show(id)),
        => ws(chat(ws)),
        with(logged) as logged => http(list()),
        => mount(inner()),
    }
}

routes! {
    fn before_a_path() -> PolyHandler {
        GET => http(list()),
        with(logged) => {
            POST => http(list()),
            "/y" => http(list()),
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
