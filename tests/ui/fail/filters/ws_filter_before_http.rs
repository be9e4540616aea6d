use http4k_ws::prelude::*;

async fn auth(request: Request, next: WsNext) -> WsResponse {
    next.call(request).await
}

fn home() -> &'static str {
    "hiya world"
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/" with(auth) => http(home()),
    }
}

fn main() {}
