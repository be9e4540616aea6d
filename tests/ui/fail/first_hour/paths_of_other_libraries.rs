use http4k_ws::prelude::*;

async fn show(id: u64) -> String {
    id.to_string()
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/a/:id" => http(show(id)),
        GET "/b/{id}" => http(show(id)),
        GET "/c/*rest" => http(show(rest)),
        GET "/d/{*rest}" => http(show(rest)),
        GET "/e/<...rest>" => http(show(rest)),
        GET "/f/[id]" => http(show(id)),
        GET "/g/**" => http(show(1)),
        GET "/h/<id>.json" => http(show(id)),
        GET "" => http(|| "i"),
    }
}

fn main() {}
