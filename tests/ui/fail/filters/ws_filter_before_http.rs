use http4k_ws::prelude::*;
use http4k_ws::WsHandler;

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
