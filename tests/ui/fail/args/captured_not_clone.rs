//! A captured value is cloned for each call, so it must be `Clone`.

use http4k_ws::{PolyHandler, routes};

struct Db;

async fn show(id: u64, db: Db) -> String {
    let _ = db;
    id.to_string()
}

routes! {
    pub fn app(db: Db) -> PolyHandler {
        "/users/<id>" => http(show(id, db)),
    }
}

fn main() {
    app(Db);
}
