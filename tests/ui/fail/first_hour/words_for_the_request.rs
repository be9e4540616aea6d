use http4k_ws::lens::json::Json;
use http4k_ws::prelude::*;

#[derive(Serialize, Deserialize)]
struct Order {
    item: String,
}

async fn create(order: Json<Order>) -> Json<Order> {
    order
}

async fn page(request: Request) -> String {
    request.uri().to_string()
}

async fn chat(ws: WebSocket) -> WsResult {
    Ok(ws.send("hi").await?)
}

routes! {
    fn app() -> PolyHandler {
        POST "/a" => http(create(body)),
        POST "/b" => http(create(Json(_))),
        "/c" => http(page(request)),
        "/d" => http(page(Request)),
        "/e" => ws(chat(socket)),
        "/f" => ws(chat(WebSocket)),
    }
}

fn main() {}
