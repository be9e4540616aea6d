//! A link to an application that is mounted twice.

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
        "/a" => mount(other::api()),
        "/b" => mount(other::api()),
    }
}

fn main() {
    app();
    app::uri(other::api::show { id: 7 });
}
