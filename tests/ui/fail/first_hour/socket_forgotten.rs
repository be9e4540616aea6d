use http4k_ws::prelude::*;

async fn greet(ws: WebSocket, name: String) -> WsResult {
    Ok(ws.send(name).await?)
}

async fn silent(name: String) -> WsResult {
    drop(name);
    Ok(())
}

routes! {
    pub fn app() -> PolyHandler {
        "/a/<name>" => ws(greet(name)),
        "/b/<name>" => ws(silent(name)),
    }
}

fn main() {}
