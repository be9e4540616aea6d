//! Characters that a path cannot contain.

use http4k_ws::{PolyHandler, routes};

routes! {
    pub fn app() -> PolyHandler {
        "/two words" => http(|| "space"),
        "/search?page=1" => http(|| "query"),
        "/caf%C3%A9" => http(|| "encoded"),
        "/a/../b" => http(|| "dots"),
        "/with\ttab" => http(|| "escape"),
    }
}

fn main() {
    app();
}
