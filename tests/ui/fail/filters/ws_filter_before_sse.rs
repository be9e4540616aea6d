use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseResult};

async fn auth(request: Request, next: WsNext) -> WsResponse {
    next.call(request).await
}

async fn feed(sse: Sse) -> SseResult {
    sse.send("news").await?;
    Ok(())
}

routes! {
    pub fn app() -> PolyHandler {
        "/feed" with(auth) => sse(feed(sse)),
    }
}

fn main() {}
