//! `<` without `>`, and the reverse.

use http4k_ws::{PolyHandler, routes};

async fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        "/users/<id" => http(show(id)),
        "/users/id>" => http(show(id)),
        "/users/user-<id>" => http(show(id)),
    }
}

fn main() {
    app();
}
