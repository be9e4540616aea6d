//! A function over a stream in `http(..)` and `ws(..)`.

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

async fn all(_sse: Sse) {}

async fn feed(sse: Sse, topic: String) {
    drop((sse, topic));
}

routes! {
    pub fn app() -> PolyHandler {
        "/a" => http(all),
        "/b/<topic>" => http(feed(sse, topic)),
        "/c" => ws(all),
        "/d/<topic>" => ws(feed(sse, topic)),
        "/e/<topic>" => ws(feed(ws, topic)),
    }
}

fn main() {
    app();
}
