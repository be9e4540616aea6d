use http4k_ws::prelude::*;

fn show(text: String) -> String {
    text
}

routes! {
    pub fn app() -> PolyHandler {
        GET "/<id>" => http(show(format!("no {id}"))),
    }
}

fn main() {}
