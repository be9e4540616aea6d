//! Two streams for the same requests. A stream without a method is for GET.

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

async fn feed(sse: Sse) {
    drop(sse);
}

routes! {
    pub fn app() -> PolyHandler {
        "/feed" => sse(feed(sse)),
        GET "/feed" => sse(feed(sse)),
        GET | POST "/other/<_a>" => sse(feed(sse)),
        POST "/other/<_b>" => sse(feed(sse)),
        // A page, a socket and another method may have the path.
        GET "/feed" => http(|| "page"),
        "/feed" => ws(|ws: WebSocket| drop(ws)),
        POST "/feed" => sse(feed(sse)),
    }
}

fn main() {
    app();
}
