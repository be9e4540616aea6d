//! Parameters in the style of other libraries.

use http4k_ws::{PolyHandler, routes};

async fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        "/users/{id}" => http(show(id)),
        "/users/:id" => http(show(id)),
        "/files/*path" => http(show(path)),
        "/files/{*path}" => http(show(path)),
    }
}

fn main() {
    app();
}
