//! Two parameters with one name, which a call cannot distinguish.

use http4k_ws::{PolyHandler, routes};

async fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        "/users/<id>/posts/<id>" => http(show(id)),
        "/rooms/<room>" => {
            "/seats/<room>" => http(show(room)),
        }
    }
}

fn main() {
    app();
}
