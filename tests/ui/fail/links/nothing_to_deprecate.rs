//! `#[deprecated]` on routes without a link.

use http4k_ws::{PolyHandler, routes};

fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    fn app() -> PolyHandler {
        #[deprecated]
        "/closure/<id>" => http(|id: u64| show(id)),
        #[deprecated]
        "/a/<id>" => http(show(id)),
        "/b/<id>" => http(show(id)),
        #[deprecated]
        "/block" => { "/c" => http(|| "c") }
        #[deprecated]
        _ => http(|| "none"),
    }
}

fn main() {
    app();
    drop(routes! { #[deprecated] "/" as home => http(|| "home") });
}
