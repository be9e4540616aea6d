//! Entries as other languages of routes have them.

use http4k_ws::prelude::*;

async fn home() -> &'static str {
    "home"
}

async fn show(id: u64) -> String {
    id.to_string()
}

async fn chat(ws: WebSocket) -> WsResult {
    Ok(ws.send("hi").await?)
}

routes! {
    fn several_paths() -> PolyHandler {
        GET "/a" | "/b" => http(home()),
        GET "/c", "/d" => http(home()),
        "/e" if true => http(home()),
    }
}

routes! {
    fn several_targets() -> PolyHandler {
        "/a" => http(home()) | ws(chat(ws)),
        "/b" => http(home())?,
    }
}

routes! {
    fn functions() -> PolyHandler {
        route("/a", http(home())),
        get("/b", home),
        mount("/c", several_paths()),
        http("/d", home()),
    }
}

routes! {
    fn statements() -> PolyHandler {
        ..several_paths(),
        with(max_body(10)) { "/a" => http(home()) },
        let title = "home";
        GET "/b" => http(home()),
        use super::home;
    }
}

routes! {
    fn typed() -> PolyHandler {
        "/a/<id>" => http(show(id: u64)),
    }
}

fn main() {}
