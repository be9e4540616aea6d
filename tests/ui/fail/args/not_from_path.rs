//! A type that cannot be read from a path segment.

use http4k_ws::{PolyHandler, routes};

struct Id(u64);

async fn show(id: Id) -> String {
    id.0.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        "/users/<id>" => http(show(id)),
    }
}

fn main() {
    app();
}
