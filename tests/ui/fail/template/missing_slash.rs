//! A path that does not start with `/`.

use http4k_ws::{PolyHandler, routes};

routes! {
    pub fn app() -> PolyHandler {
        "users/all" => http(|| "users"),
        "" => http(|| "empty"),
    }
}

fn main() {
    app();
}
