use http4k_ws::prelude::*;

routes! {
    pub fn app() -> PolyHandler {
        GET "/a" -> http(|| "a"),
        GET "/b" = http(|| "b"),
        GET "/c": http(|| "c"),
        GET "/d", http(|| "d"),
        GET "/e" http(|| "e"),
        "/f" { GET "/" => http(|| "f") },
    }
}

fn main() {}
