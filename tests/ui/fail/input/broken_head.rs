//! The head is broken, so the function is not defined. Calls of it are not reported.

use http4k_ws::{PolyHandler, routes};

routes! {
    pub fn (app) -> PolyHandler {
        "/" => http(|| "home"),
    }
}

fn main() {
    app();
}
