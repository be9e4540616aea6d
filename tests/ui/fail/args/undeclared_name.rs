//! A value that is read from the request has no name in the call.

use http4k_ws::prelude::*;

#[derive(Deserialize)]
struct Page {
    number: u32,
}

async fn list(Query(page): Query<Page>) -> String {
    page.number.to_string()
}

routes! {
    fn app() -> PolyHandler {
        GET "/list" => http(list(page)),
    }
}

fn main() {}
