use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;

async fn auth(request: Request, next: WsNext) -> WsResponse {
    next.call(request).await
}

fn main() {
    let app = routes! { GET "/" => http(|| "hiya world") };
    app.with(auth);
    Routes::new().with(auth);
}
