use http4k_ws::prelude::*;

#[derive(Clone)]
struct Hub;

impl Hub {
    async fn join(self, ws: WebSocket, room: String) -> WsResult {
        Ok(ws.send(room).await?)
    }
}

async fn greet(ws: WebSocket, name: String) -> WsResult {
    Ok(ws.send(name).await?)
}

async fn silent(name: String) -> WsResult {
    drop(name);
    Ok(())
}

fn hello(ws: WebSocket) {
    drop(ws);
}

routes! {
    pub fn app(hub: Hub) -> PolyHandler {
        "/greet/<name>" => ws(greet(name)),
        "/silent/<name>" => ws(silent(name)),
        "/hello" => ws(hello()),
        "/read" => ws(greet(_)),
        "/closure/<name>" => ws(|name: String| async move { drop(name) }),
        "/method/<room>" => ws(hub.join(room)),
    }
}

fn main() {}
