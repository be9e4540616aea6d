//! The future of a function over a stream must be `Send`.

use std::rc::Rc;

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

async fn pause() {}

async fn feed(sse: Sse, topic: String) {
    let count = Rc::new(1);
    pause().await;
    drop((sse, topic, count));
}

routes! {
    pub fn app() -> PolyHandler {
        "/feed/<topic>" => sse(feed(sse, topic)),
    }
}

fn main() {
    app();
}
