//! An expression that is evaluated once cannot use a value of each request.

use http4k_ws::{PolyHandler, routes};

async fn show(id: Option<u64>) -> String {
    format!("{id:?}")
}

routes! {
    pub fn app() -> PolyHandler {
        "/users/<id>" => http(show(Some(id))),
    }
}

fn main() {
    app();
}
