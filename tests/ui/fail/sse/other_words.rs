//! Misspelled targets, and those of other libraries.

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

async fn feed(sse: Sse) {
    drop(sse);
}

routes! {
    pub fn app() -> PolyHandler {
        "/a" => see(feed(sse)),
        "/b" => events(feed(sse)),
        "/c" => stream(feed(sse)),
        "/d" => websocket(feed(sse)),
        "/e" => sse[feed(sse)],
        "/f" => sse(),
        SSE "/g" => sse(feed(sse)),
        GET "/h" => http(|| "page"), sse(feed(sse)),
        _ => sse(feed(sse)),
    }
}

fn main() {}
