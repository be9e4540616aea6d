use http4k_ws::prelude::*;

routes! {
    pub fn app() -> PolyHandler {
        GET "/a" => http("a"),
        GET "/b" => http(async { "b" }),
    }
}

fn main() {}
