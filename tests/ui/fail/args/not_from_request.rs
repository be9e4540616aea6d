//! A type that cannot be read from a request.

use http4k_ws::{PolyHandler, routes};

struct Page(u64);

async fn search(page: Page) -> String {
    page.0.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        "/search" => http(search(_)),
    }
}

fn main() {
    app();
}
