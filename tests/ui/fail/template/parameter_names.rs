//! Names that a parameter cannot have.

use http4k_ws::{PolyHandler, routes};

async fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        "/a/<>" => http(show(id)),
        "/b/<_>" => http(show(id)),
        "/c/<user-id>" => http(show(id)),
        "/d/<ws>" => http(show(ws)),
        "/e/<id: 7>" => http(show(id)),
        "/f/<id: u64..>" => http(show(id)),
    }
}

fn main() {
    app();
}
