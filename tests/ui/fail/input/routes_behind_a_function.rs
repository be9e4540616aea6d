//! Only functions follow a function, and each is checked.

use http4k_ws::{PolyHandler, routes};

async fn home() -> &'static str {
    "home"
}

routes! {
    fn first() -> PolyHandler {
        "/<id>" => http(home()),
    }

    fn second() -> PolyHandler {
        "/<name>" => http(home()),
    }

    GET "/third" => http(home()),
}

fn main() {
    first();
    second();
}
