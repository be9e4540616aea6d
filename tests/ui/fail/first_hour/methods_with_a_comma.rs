use http4k_ws::prelude::*;

routes! {
    pub fn app() -> PolyHandler {
        GET, POST "/a" => http(|| "a"),
        GET "/b" => http(|| "b"),
    }
}

fn main() {}
