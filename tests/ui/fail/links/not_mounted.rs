//! A link to a route that is not mounted here.

use http4k_ws::{PolyHandler, routes};

fn show(id: u64) -> String {
    id.to_string()
}

mod other {
    http4k_ws::routes! {
        pub fn api() -> http4k_ws::PolyHandler {
            "/<id: u64>" => http(super::show(id)),
        }
    }
}

routes! {
    fn app() -> PolyHandler {
        "/users/<id: u64>" => http(show(id)),
    }
}

fn main() {
    app();
    other::api();
    app::uri(other::api::show { id: 7 });
}
