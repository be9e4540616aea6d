use http4k_ws::prelude::*;
use http4k_ws::filter::max_body;

routes! {
    pub fn app() -> PolyHandler {
        GET "/a" => http(|| "a").with(max_body(4)),
        GET "/b" => http(|| "b"),
    }
}

fn main() {}
