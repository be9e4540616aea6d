use http4k_ws::prelude::*;

routes! {
    pub fn app() -> PolyHandler {
        get "/a" => http(|| "a"),
        Post "/b" => http(|| "b"),
        Method::GET "/c" => http(|| "c"),
        purge "/d" => http(|| "d"),
    }
}

fn main() {}
