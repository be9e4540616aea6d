//! An argument of another type than the function's parameter.

use http4k_ws::{PolyHandler, routes};

#[derive(Clone)]
struct Hub;

#[derive(Clone)]
struct Db;

async fn show(id: u64, db: Db) -> String {
    let _ = db;
    id.to_string()
}

routes! {
    pub fn app(hub: Hub, db: Db) -> PolyHandler {
        "/users/<id>" => http(show(id, hub)),
        "/typed/<id: String>" => http(show(id, db)),
    }
}

fn main() {
    app(Hub, Db);
}
