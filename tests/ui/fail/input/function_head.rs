//! Mistakes in the function of the item form.

use http4k_ws::{Request, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

routes! {
    pub fn no_return_type() {
        "/" => http(home),
    }
}

routes! {
    pub async fn later() -> http4k_ws::PolyHandler {
        "/" => http(home),
    }
}

routes! {
    pub fn other_type() -> String {
        "/" => http(home),
    }
}

fn main() {
    no_return_type();
    later();
    other_type();
}
