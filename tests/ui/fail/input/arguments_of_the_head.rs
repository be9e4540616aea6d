//! Arguments of the function whose names have another meaning in a call.

use http4k_ws::{PolyHandler, routes};

async fn show() -> &'static str {
    "shown"
}

routes! {
    fn app(req: u8, ws: String) -> PolyHandler {
        "/" => http(show()),
    }
}

struct Api;

impl Api {
    routes! {
        fn table(&self) -> PolyHandler {
            "/" => http(show()),
        }
    }
}

fn main() {}
