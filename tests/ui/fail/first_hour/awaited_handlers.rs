use http4k_ws::prelude::*;

async fn home() -> &'static str {
    "hiya world"
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/a" => http(home().await),
        GET "/b" => http(async { home().await }),
        GET "/c" => http(async move { "c" }),
        GET "/d" => home(),
    }
}

fn main() {}
