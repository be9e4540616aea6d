//! A deprecated route has a deprecated link. The route itself causes no warning.

use http4k_ws::{PolyHandler, routes};

fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    fn app() -> PolyHandler {
        /// The old page.
        #[deprecated = "go to `/users`"]
        "/people/<id: u64>" => http(show(id)),
        "/users/<id: u64>" as user => http(show(id)),
    }
}

#[deny(deprecated)]
fn main() {
    app();
    app::user { id: 7 }.uri();
    app::show { id: 7 }.uri();
}
