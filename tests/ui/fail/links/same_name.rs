//! Two paths with one name, and names that a link cannot have.

use http4k_ws::{PolyHandler, routes};

fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    fn app() -> PolyHandler {
        GET "/users/<id>" as user => http(show(id)),
        PUT "/users/<id>" as user => http(show(id)),
        "/people/<id>" as user => http(show(id)),
        "/self/<id>" as self => http(show(id)),
        "/routes/<id>" as Routes => http(show(id)),
    }
}

fn main() {
    app();
}
