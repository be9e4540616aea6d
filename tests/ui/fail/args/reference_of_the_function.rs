//! The routes outlive the function that builds them, and so do the values that they capture.

use http4k_ws::prelude::*;

trait Store: Send + Sync {}

async fn named(name: &str) -> String {
    name.to_owned()
}

async fn count(items: &[String]) -> String {
    items.len().to_string()
}

async fn stored(_store: &dyn Store) {}

struct Db;

async fn show(_db: &Db) {}

routes! {
    fn app(name: &str, items: &[String], store: &dyn Store, db: &Db) -> PolyHandler {
        GET "/name" => http(named(name)),
        GET "/items" => http(count(items)),
        GET "/store" => http(stored(store)),
        GET "/db" => http(show(db)),
    }
}

fn main() {}
