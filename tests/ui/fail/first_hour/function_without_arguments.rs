use http4k_ws::prelude::*;

fn home() -> &'static str {
    "hiya world"
}

async fn later() -> &'static str {
    "hiya world"
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/" => http(home),
        GET "/later" => http(later),
    }
}

fn main() {}
