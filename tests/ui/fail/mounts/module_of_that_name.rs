//! A plain function that shares its name with a module, in which a table is looked for.

use http4k_ws::{PolyHandler, routes};

mod pages {
    pub const TITLE: &str = "pages";
}

fn pages() -> PolyHandler {
    routes! { "/" => http(|| pages::TITLE) }
}

routes! {
    fn app() -> PolyHandler {
        "/pages" => mount(pages()),
    }
}

fn main() {
    app();
}
