//! The expression form compares mounted tables too, and finds those of other crates.

use http4k_ws::{PolyHandler, Request, routes};

pub mod library {
    pub mod users {
        http4k_ws::routes! {
            pub fn api() -> http4k_ws::PolyHandler {
                DELETE "/" as clear => http(|| "cleared"),
            }
        }
    }
    pub use users::api;
}

fn anything(_req: Request) -> &'static str {
    "anything"
}

fn app() -> PolyHandler {
    routes! {
        "/<_team>/users" => http(anything),
        "/<_team>/users" => mount(library::api()),
    }
}

fn main() {
    app();
    http4k_ws::routes! {
        fn local() -> PolyHandler {
            "/" => http(anything),
        }
    }
    drop(routes! { "/" => http(anything), "/" => { "/x" => mount(local()) } });
}
