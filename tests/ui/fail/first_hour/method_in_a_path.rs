use http4k_ws::prelude::*;

routes! {
    pub fn app() -> PolyHandler {
        "GET /a" => http(|| "a"),
        "ws /b" => ws(|ws: WebSocket| ws.try_send("b")),
    }
}

fn main() {}
