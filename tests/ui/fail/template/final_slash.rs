//! A path that ends in `/`, and one with an empty segment.

use http4k_ws::{PolyHandler, routes};

routes! {
    pub fn app() -> PolyHandler {
        "/users/" => http(|| "users"),
        "/a//b" => http(|| "empty segment"),
    }
}

fn main() {
    app();
}
