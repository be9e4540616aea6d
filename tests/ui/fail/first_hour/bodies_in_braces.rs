use http4k_ws::prelude::*;

async fn show(id: u64) -> String {
    id.to_string()
}

fn home() -> &'static str {
    "home"
}

routes! {
    fn app() -> PolyHandler {
        GET "/a" => { "hello" },
        GET "/b/<id>" => { show(id).await },
        GET "/c/<id>" => { show(id) },
        GET "/d" => { let text = home(); text },
        GET "/e" => { home },
        GET "/f/<name>" => http(format!("hello {name}")),
    }
}

fn main() {}
