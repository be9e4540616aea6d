//! The head is none, so that there is no function; who calls it is not told of that.

use http4k_ws::{PolyHandler, routes};

routes! {
    pub fn (app) -> PolyHandler {
        "/" => http(|| "home"),
    }
}

fn main() {
    app();
}
