//! `<name..>` matches the rest, so it must be last.

use http4k_ws::{PolyHandler, routes};

async fn show(rest: String) -> String {
    rest
}

fn inner() -> PolyHandler {
    routes! {}
}

routes! {
    pub fn app() -> PolyHandler {
        "/files/<rest..>/info" => http(show(rest)),
        "/block/<rest..>" => {
            "/info" => http(show(rest)),
            "/more" => http(show(rest)),
        }
        "/mount/<rest..>" => mount(inner()),
    }
}

fn main() {
    app();
}
