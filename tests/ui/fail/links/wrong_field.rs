//! A field that is not a parameter of the path.

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
    app::show { di: 7 }.uri();
}
