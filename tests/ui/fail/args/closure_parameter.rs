//! A closure's parameters bind by name.

use http4k_ws::{PolyHandler, routes};

routes! {
    pub fn app() -> PolyHandler {
        "/echo/<text>" => http(|txt: String| async move { txt }),
        "/other/<text>" => http(|something: String| async move { something }),
    }
}

fn main() {
    app();
}
