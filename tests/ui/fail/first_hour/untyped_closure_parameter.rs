use http4k_ws::prelude::*;

routes! {
    pub fn app() -> PolyHandler {
        GET "/<text>" => http(|text| async move { text }),
    }
}

routes! {
    pub fn other() -> PolyHandler {
        GET "/<text>" => http(|text| text),
    }
}

fn main() {}
