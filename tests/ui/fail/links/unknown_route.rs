//! A name that is not that of a route.

use http4k_ws::{PolyHandler, routes};

fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    fn app() -> PolyHandler {
        "/users/<id: u64>" => http(show(id)),
    }
}

fn main() {
    app();
    app::shows { id: 7 }.uri();
}
