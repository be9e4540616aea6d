use http4k_ws::prelude::*;

async fn auth(request: Request, next: Next) -> Response {
    next.call(request).await
}

fn home() -> &'static str {
    "hiya world"
}

async fn talk(_ws: WebSocket) {}

routes! {
    pub fn app() -> PolyHandler {
        "/api" with(auth) => {
            GET "/" => http(home()),
            "/inner" => {
                "/ws" => ws(talk(ws)),
            },
        },
    }
}

fn main() {}
