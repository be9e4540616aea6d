//! Expressions behind `=>` that are not a target.

use http4k_ws::{PolyHandler, Request, routes};

async fn home(_req: Request) -> &'static str {
    "home"
}

routes! {
    pub fn app() -> PolyHandler {
        "/a" => home,
        "/b" => htpp(home),
        "/c" => http(),
        "/d" => http(home, home),
        "/e" => "home",
        "/f" http(home),
        "/g",
        GET home => http(home),
        "/good" => http(home),
        _ => { "/x" => http(home) }
        "/block" as block => { "/y" => http(home) }
    }
}

fn main() {
    app();
}
