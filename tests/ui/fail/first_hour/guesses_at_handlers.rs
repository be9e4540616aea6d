use http4k_ws::prelude::*;

#[derive(Clone)]
struct Lobby;

impl Lobby {
    fn room(&self, name: String) -> Lobby {
        drop(name);
        Lobby
    }

    async fn join(self, ws: WebSocket) -> WsResult {
        Ok(ws.send("hi").await?)
    }
}

fn home() -> &'static str {
    "home"
}

fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    fn values() -> PolyHandler {
        GET "/a" => http("hello"),
        GET "/b" => http(StatusCode::NO_CONTENT),
        GET "/c" => http((StatusCode::CREATED, "created")),
        GET "/d" => http(()),
    }
}

routes! {
    fn calls(lobby: Lobby) -> PolyHandler {
        "/a/<id>" => http(show(id).to_uppercase()),
        "/b/<name>" => ws(lobby.room(name).join(ws)),
        "/c/<id>" => http(|x: u64| show(x)),
        "/d/<id>" => http(fn(id: u64) -> String { id.to_string() }),
        "/e" => http(GET, home()),
    }
}

routes! {
    fn paths() -> PolyHandler {
        "/a/<int:id>" => http(show(id)),
        "/b/<id?>" => http(show(id)),
        "/c", => http(home()),
    }
}

routes! {
    mod app { "/a" => http(home()) }
}

fn main() {}
