//! Calls that seem to run for each request, but would run once.

use std::time::Instant;

use http4k_ws::{PolyHandler, routes};

async fn stamp(_at: Instant) -> &'static str {
    "stamped"
}

routes! {
    fn app() -> PolyHandler {
        GET "/call" => http(stamp(Instant::now())),
        GET "/method" => http(stamp(Instant::now().checked_add(Default::default()).unwrap())),
        GET "/meant" => http(stamp({ Instant::now() })),
    }
}

fn main() {
    app();
}
