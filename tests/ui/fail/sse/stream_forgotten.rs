//! Functions over a stream that are called without it.

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

#[derive(Clone)]
struct Hub;

impl Hub {
    async fn feed(self, sse: Sse, topic: String) {
        drop((sse, topic));
    }
}

async fn feed(sse: Sse, topic: String) {
    drop((sse, topic));
}

routes! {
    pub fn app(hub: Hub) -> PolyHandler {
        "/a/<topic>" => sse(feed(topic)),
        "/b/<topic>" => sse(feed(see, topic)),
        "/c/<topic>" => sse(hub.feed(topic)),
        "/d/<topic>" => sse(feed(&topic, _)),
        "/e/<topic>" => sse(|topic: String| async move { drop(topic) }),
        "/f/<topic>" => sse(|stream: Sse, topic: String| async move { drop((stream, topic)) }),
        "/g/<topic>" => sse(feed),
        "/h/<topic>" => sse(feed(sse)),
    }
}

fn main() {}
