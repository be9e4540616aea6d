//! `sse(..)` is reserved, and not supported yet.

use http4k_ws::{PolyHandler, routes};

routes! {
    pub fn app() -> PolyHandler {
        "/feed/<topic>" => sse(feed(sse, topic)),
    }
}

fn main() {
    app();
}
