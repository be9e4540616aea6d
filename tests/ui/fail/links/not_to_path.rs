//! A value that cannot be part of a path.

use http4k_ws::{PolyHandler, routes};

fn show(id: u64) -> String {
    id.to_string()
}

struct Opaque;

routes! {
    fn app() -> PolyHandler {
        "/users/<id>" => http(show(id)),
    }
}

fn main() {
    app();
    app::show { id: Opaque }.uri();
}
