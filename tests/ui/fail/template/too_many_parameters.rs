//! More than 16 parameters.

use http4k_ws::{PolyHandler, Request, routes};

async fn all(_req: Request) -> &'static str {
    "all"
}

routes! {
    pub fn app() -> PolyHandler {
        "/<a>/<b>/<c>/<d>/<e>/<f>/<g>/<h>/<i>/<j>/<k>/<l>/<m>/<n>/<o>/<p>/<q>" => http(all(req)),
    }
}

fn main() {
    app();
}
