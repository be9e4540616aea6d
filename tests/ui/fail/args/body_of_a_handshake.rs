//! An opening handshake does not have a body.

use http4k_ws::prelude::*;

#[derive(Deserialize)]
struct Token {
    text: String,
}

async fn chat(_ws: WebSocket, _token: Json<Token>) {}

async fn talk(_ws: WebSocket, _query: Query<Token>, _body: String) {}

async fn choose(_token: Option<Json<Token>>) -> Option<WsConsumer> {
    None
}

routes! {
    fn app() -> PolyHandler {
        "/json" => ws(chat(ws, _)),
        "/text" => ws(talk(ws, _, _)),
        "/choose" => ws(choose(_)),
        "/closure" => ws(|ws: WebSocket, token: Json<Token>| drop((ws, token))),
    }
}

fn main() {}
