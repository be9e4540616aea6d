//! An unknown function whose name is close to that of another.

use http4k_ws::{PolyHandler, routes};

async fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/users/<id>" => http(shwo(id)),
        GET "/good/<id>" => http(show(id)),
    }
}

fn main() {
    app();
}
