//! A route cannot have attributes other than doc comments and `#[deprecated]`.

use http4k_ws::{PolyHandler, Request, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

routes! {
    pub fn app() -> PolyHandler {
        /// Fine.
        "/a" => http(home),
        #[cfg(unix)]
        "/b" => http(home),
        #[inline]
        "/c" => http(home),
    }
}

fn main() {
    app();
}
