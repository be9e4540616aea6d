//! An argument whose name is close to that of the path's parameter.

use http4k_ws::{PolyHandler, routes};

async fn show(user: u64) -> String {
    user.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        "/users/<user>" => http(show(usr)),
    }
}

fn main() {
    app();
}
