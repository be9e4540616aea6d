//! Two mounts at one prefix with routes for the same requests.

use http4k_ws::{PolyHandler, routes};

mod readers {
    http4k_ws::routes! {
        pub fn api() -> http4k_ws::PolyHandler {
            GET "/items/<_id>" => http(|| "one"),
            GET "/items" => http(|| "all"),
        }
    }
}

mod writers {
    http4k_ws::routes! {
        pub fn api() -> http4k_ws::PolyHandler {
            POST "/items" => http(|| "made"),
            GET "/items/new" => http(|| "a form"),
        }
    }
}

routes! {
    fn app() -> PolyHandler {
        "/api" as readers => mount(readers::api()),
        "/api" as writers => mount(writers::api()),
    }
}

fn main() {
    app();
}
