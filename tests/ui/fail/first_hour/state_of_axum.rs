use http4k_ws::prelude::*;

#[derive(Clone)]
struct Db;

async fn show(id: u64, db: Db) -> String {
    let _ = db;
    id.to_string()
}

routes! {
    pub fn app(db: Db) -> PolyHandler {
        GET "/a/<id>" => http(show(id, _)),
        GET "/b/<id>" => http(show(id)),
    }
}

fn main() {}
