//! A stream in a mount whose requests a page takes, which is found first.

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

async fn feed(sse: Sse) {
    drop(sse);
}

routes! {
    fn streams() -> PolyHandler {
        "/feed" => sse(feed(sse)),
        "/more" => sse(feed(sse)),
    }
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/api/feed" => http(|| "page"),
        POST "/api/more" => http(|| "posted"),
        "/api" => mount(streams()),
    }
}

fn main() {
    app();
}
