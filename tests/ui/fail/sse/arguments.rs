//! Missing, further and unknown arguments beside the stream.

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

async fn feed(sse: Sse, topic: String) {
    drop((sse, topic));
}

routes! {
    pub fn app() -> PolyHandler {
        "/a" => sse(feed(sse)),
        "/b/<topic>" => sse(feed(sse, topic, 1)),
        "/c/<topic>" => sse(feed(sse, topik)),
        "/d/<topic>" => sse(feed(sse.clone(), topic)),
    }
}

fn main() {}
