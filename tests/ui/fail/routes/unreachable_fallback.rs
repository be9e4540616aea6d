//! A fallback that never matches.

use http4k_ws::{PolyHandler, Request, WsConsumer, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

fn choose(_req: Request) -> Option<WsConsumer> {
    None
}

routes! {
    pub fn app() -> PolyHandler {
        "/<_rest..>" => http(home),
        _ => http(home),
    }
}

routes! {
    pub fn other() -> PolyHandler {
        "/" => http(home),
        _ => http(home),
        _ => http(home),
        GET _ as refused => ws(choose),
    }
}

fn main() {
    app();
    other();
}
