//! A stream outlives the function of the routes, and so must everything that it captures.

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

async fn feed(sse: Sse, topic: &str) {
    drop((sse, topic.len()));
}

routes! {
    pub fn app(topic: &str) -> PolyHandler {
        "/feed" => sse(feed(sse, topic)),
    }
}

fn local() -> PolyHandler {
    let topic = "tea".to_owned();
    let borrowed = topic.as_str();
    routes! { "/feed" => sse(feed(sse, borrowed)) }
}

fn main() {
    local();
}
