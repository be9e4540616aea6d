//! One argument more than the function has.

use http4k_ws::{PolyHandler, routes};

async fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    pub fn app(db: String) -> PolyHandler {
        "/users/<id>" => http(show(id, db)),
    }
}

fn main() {
    app(String::new());
}
