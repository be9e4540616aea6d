use http4k_ws::prelude::*;

routes! {
    pub fn app() -> PolyHandler {
        GET "/<text>" => http(|text| async move { text }),
    }
}

fn main() {}
