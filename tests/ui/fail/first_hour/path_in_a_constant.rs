use http4k_ws::prelude::*;

const PATH: &str = "/a";

routes! {
    pub fn app() -> PolyHandler {
        GET PATH => http(|| "a"),
        GET concat!("/a", "/b") => http(|| "b"),
    }
}

fn main() {}
