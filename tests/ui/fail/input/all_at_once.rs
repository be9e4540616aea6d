//! Mistakes of every kind are reported in one build, in both forms.

use http4k_ws::{PolyHandler, routes};

async fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        "/template/{id}" => http(show(id)),
        "/name/<id>" => http(shwo(id)),
        "/number/<id>" => http(show(id, 5)),
        "/type/<id: String>" => http(show(id)),
        "/syntax/<id>" => http(show(id.)),
        "/good/<id>" => http(show(id)),
    }
}

fn expression() -> PolyHandler {
    routes! {
        "/template/:id" => http(show(id)),
        "/name/<id>" => http(shwo(id)),
        "/number/<id>" => http(show()),
    }
}

fn main() {
    app();
    expression();
}
